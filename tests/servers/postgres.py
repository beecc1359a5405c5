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

    def __init__(self, psql: Psql, port: int) -> None:
        self._psql = psql
        self._numbers = count(1)
        self.port = port

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
        process = _start(programs, folder, port)
        try:
            wait_until_ready(process, lambda: _answers(programs, port), folder / "log")
            with running_psql(f"{programs}/psql {_address(port)} -d postgres".split()) as psql:
                yield Postgres(psql, port)
        finally:
            stop(process, polite=signal.SIGINT)  # "fast shutdown": sessions are ended, not waited for
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path | None:
    """Return a folder in memory, None where it is short: each database has 300 files to make and to remove.

    ext4 searches ever longer for an inode when many have just been freed: half a second for each database.
    """
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def _start(programs: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Make a cluster in `folder` and start its server; both run as postgres where we are root."""
    owner = "postgres" if os.geteuid() == 0 else None
    groups: list[str] | None = [] if owner else None
    if owner:
        shutil.chown(folder, owner)
    initdb = f"{programs}/initdb -D {folder}/data -U {OWNER} -A trust -E UTF8 --locale=C --no-sync".split()
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, user=owner, group=owner, extra_groups=groups)
    settings = (*FAST, "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", f"port={port}")
    server = [f"{programs}/postgres", "-D", f"{folder}/data", *(f"--{setting}" for setting in settings)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            server, cwd=folder, user=owner, group=owner, extra_groups=groups, stdout=log, stderr=log
        )


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
