"""`relaypacs admin` where it can't work: a sentence, exit code 1, and nothing made or changed."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relaypacs.core.database import Database
from relaypacs.migrations.run import migrate, newest_revision
from tests.cli.admin import done, refused
from tests.conftest import SECRET
from tests.servers.gateway import running_gateway
from tests.servers.ports import free_port
from tests.servers.processes import ServerFailed

COMMAND = ("create-user", "rosa", "--role", "clinician")


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a gateway."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "relaypacs.db")
    (folder / "secret.key").write_text(SECRET)
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(folder))
    return folder


def test_no_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "wrong"))
    assert refused(*COMMAND).startswith(f"There is no secret key at {tmp_path}/wrong/secret.key.")
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    assert refused(*COMMAND).startswith(f"There is no database at {tmp_path}/wrong/relaypacs.db.")
    assert list(tmp_path.iterdir()) == []


def test_a_secret_key_that_is_lost_is_not_made_anew(data: Path) -> None:
    (data / "secret.key").unlink()
    assert "There is no secret key" in refused(*COMMAND)
    (data / "secret.key").touch()
    assert "does not hold a secret key any more" in refused(*COMMAND)
    assert (data / "secret.key").read_text() == ""


def test_a_secret_key_that_can_not_be_read(data: Path) -> None:
    (data / "secret.key").unlink()
    (data / "secret.key").mkdir()
    said = refused(*COMMAND)
    assert said == f"{data}/secret.key can't be read: Is a directory. Run this as the gateway's user."


@pytest.mark.usefixtures("data")
def test_a_secret_key_of_another_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    done(*COMMAND)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", "the secret key of some other gateway")
    assert refused("set-role", "rosa", "admin").startswith("The audit trail was written with another secret key.")
    monkeypatch.delenv("RELAYPACS_SECRET_KEY")
    assert "The trail is whole." in done("audit", "verify")


def test_a_database_that_is_not_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def make() -> None:
        database = Database(f"sqlite:///{tmp_path}/old.db")
        await migrate(database, "0001")
        await database.close()

    asyncio.run(make())
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", "sqlite:///old.db")
    said = refused(*COMMAND)
    assert said.startswith(f"The database is at revision 0001, and this program works with {newest_revision()}.")


def test_a_database_without_tables(database_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", database_server)
    assert refused(*COMMAND) == "The database has no tables yet. Start the gateway once: it makes them."


@pytest.fixture(params=["sqlite", "postgresql"])
def database_server(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    (tmp_path / "empty.db").touch()
    return f"sqlite:///{tmp_path}/empty.db"


def test_a_database_of_a_newer_program(data: Path) -> None:
    with closing(sqlite3.connect(data / "relaypacs.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done(*COMMAND)
    with closing(sqlite3.connect(data / "relaypacs.db")) as connection, connection:
        connection.execute("UPDATE schema_floor SET revision = '9998'")
    assert "The database is at revision 9999" in refused(*COMMAND)


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", f"postgresql://relay:sesame@127.0.0.1:{free_port()}/relay")
    assert refused(*COMMAND) == "The database does not answer. Try again in a moment."


def test_settings_that_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", "short")
    assert refused(*COMMAND, code=2) == "RELAYPACS_SECRET_KEY: must have at least 32 characters"


def test_a_users_number_without_a_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 2)
    done(*COMMAND)
    with closing(sqlite3.connect(data / "relaypacs.db")) as connection:
        assert connection.execute("SELECT DISTINCT actor_name FROM audit_events").fetchall() == [("cli:2147483646",)]


def test_a_gateway_with_another_key_than_its_database_says_so_and_ends(tmp_path: Path) -> None:
    with running_gateway(tmp_path / "data", SECRET_KEY=SECRET):
        pass
    new = "Kx7-another-key-that-somebody-made-anew-2f9"
    with (
        pytest.raises(ServerFailed, match="The database was sealed with another secret key"),
        running_gateway(tmp_path / "data", SECRET_KEY=new),
    ):
        pass
