"""A psql that stays: most statements take less time than starting one."""

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

DONE = "the statement has ended"


class StatementFailed(Exception):
    """The server refused a statement, or is gone; the message is what psql said."""


class Psql:
    """Runs one statement after the other, from any thread."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._turn = threading.Lock()

    def run(self, statement: str) -> None:
        """Return when the statement has been carried out. Raises StatementFailed."""
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        with self._turn:
            asked.write(f"{statement};\n\\echo {DONE} :ERROR\n")
            asked.flush()
            said: list[str] = []
            for line in answered:
                if line == f"{DONE} false\n":
                    return
                if line == f"{DONE} true\n":
                    break
                said.append(line)
        raise StatementFailed(f"{statement}: {''.join(said)}")


@contextmanager
def running_psql(command: Sequence[str]) -> Iterator[Psql]:
    """Keep the session that `command` opens until the context is left."""
    process = subprocess.Popen(
        [*command, "-X", "-q"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Psql(process)
    finally:
        process.communicate()  # it ends with its input
