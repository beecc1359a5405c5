"""A real PostgreSQL: one cluster in a temporary folder, a fresh database for whoever asks."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.servers.ports import free_port
from tests.servers.processes import stop, wait_until_ready
from tests.servers.psql import Psql, running_psql

INSTALLED = Path("/usr/lib/postgresql")
OWNER = "relay"

# Tests never survive a power failure, so the cluster need not either.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 1024**3  # some ten times what a cluster of tests has been seen to take


def available() -> str | None:
    if _programs() is None:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if os.geteuid() == 0 and not _has_postgres_user():
        return "PostgreSQL refuses to run as root: add a user named postgres, or test as another user"
    return None


class Postgres:
    """A running cluster whose one superuser needs no password on the loopback interface."""

    def __init__(self, psql: Psql, server: "_Server") -> None:
        self._psql = psql
        self._server = server
        self._numbers = count(1)
        self.port = server.port

    def stop(self) -> None:
        """End all sessions, and the server. What `execute` needs ends with it."""
        self._server.stop(signal.SIGINT)

    def start_again(self) -> None:
        """Start it on the same port, and return when it answers."""
        self._server.start()

    def create_database(self, template: str = "template1") -> str:
        """Copy the database `template` (an empty one) and return the URL, `postgresql://relay@127.0.0.1:<port>/<name>`."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database made by `create_database`, ending the sessions that still use it."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, from any thread. Raises StatementFailed."""
        self._psql.run(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a cluster until the context is left. Takes about two seconds to start."""
    programs = _programs()
    assert programs is not None, available()
    folder, port = Path(tempfile.mkdtemp(prefix="relaypacs-postgres-", dir=_place())), free_port()
    try:
        server = _Server(programs, folder, port)
        try:
            server.start()
            with running_psql(f"{programs}/psql {_address(port)} -d postgres".split()) as psql:
                yield Postgres(psql, server)
        finally:
            server.stop(signal.SIGINT)  # "fast shutdown": sessions are ended, not waited for
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path | None:
    """Return a folder in memory, None where it is short: each database has 300 files to make and to remove.

    ext4 searches ever longer for an inode when many have just been freed: half a second for each database.
    """
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


class _Server:
    """The server of a cluster that is made in `folder`; both run as postgres where we are root."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self.port = port
        self._programs = programs
        self._folder = folder
        self._owner = "postgres" if os.geteuid() == 0 else None
        self._groups: list[str] | None = [] if self._owner else None
        self._process: subprocess.Popen[bytes] | None = None
        if self._owner:
            shutil.chown(folder, self._owner)
        initdb = f"{programs}/initdb -D {folder}/data -U {OWNER} -A trust -E UTF8 --locale=C --no-sync".split()
        subprocess.run(
            initdb,
            check=True,
            capture_output=True,
            cwd=folder,
            user=self._owner,
            group=self._owner,
            extra_groups=self._groups,
        )

    def start(self) -> None:
        """Return when the server answers."""
        settings = (
            *FAST,
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            f"port={self.port}",
        )
        command = [
            f"{self._programs}/postgres",
            "-D",
            f"{self._folder}/data",
            *(f"--{setting}" for setting in settings),
        ]
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                user=self._owner,
                group=self._owner,
                extra_groups=self._groups,
                stdout=output,
                stderr=output,
            )
        wait_until_ready(self._process, lambda: _answers(self._programs, self.port), log)

    def stop(self, how: signal.Signals) -> None:
        if self._process:
            stop(self._process, polite=how)


def _answers(programs: Path, port: int) -> bool:
    question = f"{programs}/pg_isready -q {_address(port)} -d postgres".split()
    return subprocess.run(question, check=False).returncode == 0


def _address(port: int) -> str:
    return f"-h 127.0.0.1 -p {port} -U {OWNER}"


def _programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    versions = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    return versions[-1].parent if versions else None


def _has_postgres_user() -> bool:
    return any(entry.pw_name == "postgres" for entry in pwd.getpwall())
