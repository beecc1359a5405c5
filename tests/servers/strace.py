"""System calls of a child process, in the order in which they happened."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

CALL = re.compile(r"^(?:\d+\s+)?(\w+)\((\d+)<([^>]*)>(.*)$")


@dataclass(frozen=True)
class SystemCall:
    """One call on a file descriptor: its name, what the descriptor stands for, the other arguments as text."""

    name: str
    target: str
    arguments: str


def available() -> str | None:
    return None if which("strace") else "strace is not installed: apt-get install strace"


def tracing(log: Path, calls: Sequence[str]) -> list[str]:
    """Return the command to put before another one, so that its `calls` are written to `log`."""
    return [
        "strace",
        "-f",
        "-y",
        "-qq",
        "-s",
        "64",
        "-e",
        "signal=none",
        "-e",
        f"trace={','.join(calls)}",
        "-o",
        str(log),
    ]


def traced(log: Path) -> list[SystemCall]:
    """Return the calls in the order in which they ended: an interrupted one counts where it resumes."""
    begun: dict[str, str] = {}
    found = []
    for line in log.read_text(errors="replace").splitlines():
        thread, _, rest = line.partition(" ")
        call = rest.strip()
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>")
            continue
        if call.startswith("<... "):
            call = begun.pop(thread, "") + call.partition("resumed>")[2]
        if match := CALL.match(call):
            found.append(SystemCall(match[1], match[3], match[4]))
    return found


def stop_tracee(process: subprocess.Popen[bytes]) -> None:
    """End the traced program; strace ends with it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)
    process.wait(30)
