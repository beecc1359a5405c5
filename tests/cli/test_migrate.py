"""`relaypacs migrate`: the schema, and what the exit code says of it."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from relaypacs.core.database import Database
from relaypacs.migrations.run import newest_revision
from tests.cli.commands import RELAYPACS, environment
from tests.migrations.test_rolling import set_ahead
from tests.servers.ports import free_port

NEWEST = newest_revision()


def migrate(folder: Path, url: str, *options: str) -> tuple[int, str]:
    """Return exit code and what was said: the log goes before it."""
    settings = environment(folder, RELAYPACS_DATA_DIR=str(folder / "data"), RELAYPACS_DATABASE_URL=url)
    ended = subprocess.run([RELAYPACS, "migrate", *options], env=settings, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout.strip() or ended.stderr.splitlines()[-1]


def test_a_database_is_made_and_looked_at(tmp_path: Path) -> None:
    assert migrate(tmp_path, "", "--check") == (1, "There is no database yet.")
    assert not (tmp_path / "data").exists()
    assert migrate(tmp_path, "") == (0, f"The database was at revision none, and is at {NEWEST} now.")
    assert migrate(tmp_path, "") == (0, f"The database is at revision {NEWEST} already.")
    assert migrate(tmp_path, "", "--check") == (0, f"The database is at revision {NEWEST}, as this program is.")


@pytest.mark.parametrize(
    ("floor", "code", "said"),
    [
        (NEWEST, 0, f"The database is at revision 9000; this program, at {NEWEST}, can work with that."),
        ("8999", 3, f"The database, at revision 9000, is too new for this program, at {NEWEST}."),
    ],
)
async def test_a_database_of_a_later_version(
    tmp_path: Path, database_url: str, floor: str, code: int, said: str
) -> None:
    database = Database(database_url)
    await set_ahead(database, floor=floor)
    await database.close()
    assert await asyncio.to_thread(migrate, tmp_path, database_url, "--check") == (code, said)
    assert (await asyncio.to_thread(migrate, tmp_path, database_url))[0] == code


def test_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"postgresql://relay@127.0.0.1:{free_port()}/relay"
    assert migrate(tmp_path, url) == (9, "The database does not answer. Try again in a moment.")
