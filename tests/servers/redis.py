"""A real Redis that keeps nothing on disk."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import redis

from tests.servers.ports import free_port
from tests.servers.processes import stop, wait_until_ready

PROGRAM = "redis-server"


def available() -> str | None:
    if shutil.which(PROGRAM) is None:
        return "Redis is not installed: apt-get install --no-install-recommends redis-server"
    return None


class RedisServer:
    """One Redis; its port stays the same when it is stopped and started again, its keys do not."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._prefixes = count(1)
        self.port = free_port()
        self.client = redis.Redis(port=self.port, decode_responses=True, socket_timeout=5)

    def url(self, prefix: str) -> str:
        return f"redis://127.0.0.1:{self.port}/0?prefix={prefix}"

    def fresh_url(self) -> str:
        """Return an address under whose prefix nothing is: tests need no more to keep out of each other's way."""
        return self.url(f"test{next(self._prefixes)}")

    def start(self) -> None:
        log = self._folder / "log"
        settings = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [PROGRAM, *settings, "--dir", str(self._folder), *self._options], stdout=output, stderr=output
            )
        wait_until_ready(self._process, self._answers, log)

    def stop(self) -> None:
        """End the process, and with it everything that it knew. Idempotent."""
        if self._process is not None:
            stop(self._process, polite=signal.SIGKILL)

    def freeze(self) -> None:
        """Have it take connections, and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ensure_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.start()

    def pass_time(self, prefix: str, seconds: float) -> None:
        """Have all keys of a prefix be so much nearer to their end."""
        for key in self.client.scan_iter(f"{prefix}:*"):
            if (left := self.client.pttl(key)) > 0:
                self.client.pexpire(key, max(0, left - round(seconds * 1000)))

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False


@contextmanager
def running_redis(*options: str) -> Iterator[RedisServer]:
    """Run an empty Redis until the context is left; `options` are arguments of its command line."""
    folder = Path(tempfile.mkdtemp(prefix="relaypacs-redis-"))
    server = RedisServer(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.client.close()
        shutil.rmtree(folder, ignore_errors=True)
