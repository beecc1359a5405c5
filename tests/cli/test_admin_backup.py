"""`relaypacs admin backup` and `restore`: all that the rows name, whole or not at all, and never over anything."""

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from relaypacs.core.database import Base
from relaypacs.core.one_process import AlreadyServed, alone_in
from relaypacs.features.admin.backup_rows import BackupRepository
from tests.builders.dicom import make_dicom
from tests.builders.gateway import GatewayClient
from tests.cli.admin import admin, done, events, refused
from tests.conftest import SECRET
from tests.servers.postgres import Postgres

KEY = "report-0199aaaa-0000-7000-8000-000000000000/0199bbbb"


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a gateway with one instance in its archive, and with the page of one report."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "relaypacs.db")
    (folder / "secret.key").write_text(SECRET)
    for name in ("archive/1.2/1.2.3/1.2.3.4.dcm", f"uploads/{KEY}", "archive/.incoming/half.part"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(name.encode())
    with closing(sqlite3.connect(folder / "relaypacs.db")) as connection, connection:
        row = (uuid4().hex, uuid4().hex, "1.2.3", "1.2.4", KEY, 1, "0" * 64)
        columns = "id, report_id, sop_instance_uid, sop_class_uid, blob_key, size, sha256"
        connection.execute(f"INSERT INTO report_documents ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(folder))
    return folder


@pytest.fixture(params=["backup", "backup.tar"])
def backup(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> Path:
    target = tmp_path / str(request.param)
    done("backup", target)
    assert data.is_dir()
    return target


def files(folder: Path) -> dict[str, bytes]:
    """Return every file that counts; SQLite's own and the lock come and go."""
    paths = (
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(("relaypacs.db", "serv"))
    )
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def actions(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT action FROM audit_events ORDER BY position")]


def test_what_is_restored_is_what_was_there(data: Path, backup: Path, tmp_path: Path) -> None:
    before = files(data)
    del before["archive/.incoming/half.part"]
    shutil.rmtree(data)
    assert "Start the gateway now." in done("restore", backup)
    assert files(data) == before
    assert actions(data / "relaypacs.db") == ["backup.made"]
    assert oct((data / "secret.key").stat().st_mode & 0o777) == "0o600"
    assert {path.name for path in tmp_path.iterdir()} == {"data", backup.name}


def test_a_backup_is_for_its_owner_alone_and_in_the_trail(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    assert [(event["action"], event["actor_name"][:4]) for event in events()[:1]] == [("backup.made", "cli:")]


def test_a_backup_is_never_written_over(backup: Path) -> None:
    assert refused("backup", backup) == f"{backup} is there already. Give each backup a name of its own."


def test_the_archive_can_be_left_out(data: Path, tmp_path: Path) -> None:
    done("backup", tmp_path / "small", "--no-archive")
    assert not (tmp_path / "small/archive").exists()
    assert (data / "archive").exists()


def test_what_the_rows_name_and_the_storage_has_not_is_told(data: Path, tmp_path: Path) -> None:
    (data / f"uploads/{KEY}").unlink()
    result = admin("backup", tmp_path / "backup")
    assert (result.exit_code, KEY in result.stderr) == (1, True)
    assert done("backup", tmp_path / "backup", "--verify").startswith("The backup is whole")


def test_one_that_can_not_be_finished_leaves_nothing_behind(data: Path, tmp_path: Path) -> None:
    (data / f"uploads/{KEY}").unlink()
    (data / f"uploads/{KEY}").mkdir()
    assert "Is a directory" in refused("backup", tmp_path / "backup")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def spoil(backup: Path, name: str) -> None:
    """Flip one bit of a file in a folder or a TAR file."""
    path, offset = backup / name, 0
    if backup.is_file():
        with tarfile.open(backup) as tar:
            path, offset = backup, tar.getmember(name).offset_data
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["relaypacs.db", f"uploads/{KEY}", "archive/1.2/1.2.3/1.2.3.4.dcm", "secret.key"])
def test_a_flipped_bit_is_found_and_nothing_is_restored(data: Path, backup: Path, name: str) -> None:
    spoil(backup, name)
    sentence = f"{name} is not what was saved: it was changed, or damaged."
    assert refused("backup", backup, "--verify") == sentence
    shutil.rmtree(data)
    assert refused("restore", backup) == f"The backup is not whole, and nothing was restored. {sentence}"
    assert not data.exists()


def test_nothing_is_restored_over_something_else(data: Path, backup: Path) -> None:
    before = files(data)
    assert refused("restore", backup).startswith(f"{data} is not empty")
    assert files(data) == before


def test_a_restore_that_did_not_end_keeps_the_gateway_from_beginning_anew(data: Path, backup: Path) -> None:
    shutil.rmtree(data)
    data.mkdir()
    (data / "relaypacs.db.restoring").touch()
    assert "left by a restore that did not end" in refused("restore", backup)
    with pytest.raises(AlreadyServed, match="has not ended"), alone_in(data):
        pass


def test_a_key_that_was_given_is_not_in_it_and_must_be_given_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "secret.key").unlink()
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    assert "keep it elsewhere" in done("backup", tmp_path / "backup")
    assert SECRET.encode() not in b"".join(files(tmp_path / "backup").values())
    shutil.rmtree(data)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", "the secret key of some other gateway")
    assert "is not the key that the gateway had" in refused("restore", tmp_path / "backup")
    monkeypatch.delenv("RELAYPACS_SECRET_KEY")
    assert "Give RELAYPACS_SECRET_KEY." in refused("restore", tmp_path / "backup")
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    done("restore", tmp_path / "backup")
    assert not (data / "secret.key").exists()


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "uploads/../../outside", "elsewhere/file", "uploads"])
def test_a_manifest_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    done("backup", tmp_path / "backup")
    change_manifest(tmp_path / "backup", entries=[{"name": name, "size": 0, "sha256": "0" * 64}])
    assert "is no part of a backup" in refused("backup", tmp_path / "backup", "--verify")


@pytest.mark.usefixtures("data")
def test_backups_of_newer_programs_and_what_is_none(tmp_path: Path) -> None:
    done("backup", tmp_path / "backup")
    change_manifest(tmp_path / "backup", revision="9999")
    assert "revision 9999: restore it with the newer program" in refused("restore", tmp_path / "backup")
    change_manifest(tmp_path / "backup", format=2)
    assert "made by a newer program" in refused("backup", tmp_path / "backup", "--verify")
    (tmp_path / "backup/manifest.json").unlink()
    assert "not finished" in refused("restore", tmp_path / "backup")
    assert "neither a folder nor a TAR file" in refused("restore", tmp_path / "data/secret.key")


def change_manifest(backup: Path, **members: Any) -> None:
    path = backup / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def test_a_database_that_is_postgresql(
    postgres: Postgres, postgres_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create_database(postgres_template)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", url)
    assert "PostgreSQL, which has a backup of its own" in refused("backup", tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []
    postgres.drop_database(url)


def test_every_column_that_names_a_blob_is_asked() -> None:
    """A table that gets such a column must be added to the queries of backups."""
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("blob_key", "pdf_key"))
    }
    assert named == {"instances.blob_key", "report_documents.blob_key", "report_versions.pdf_key"}


async def test_the_rows_name_what_is_needed_and_nothing_else(gateway: GatewayClient) -> None:
    sent, answer = await gateway.send([("a.dcm", make_dicom())])
    assert answer.json()["stage"] == "verified"
    begun, untouched, cancelled = [await gateway.open([("scan.dcm", bytes(600_000))]) for _ in range(3)]
    for upload in (begun, cancelled):
        (await gateway.put(upload, "scan", 0, bytes(524288))).raise_for_status()
    (await gateway.http.delete(f"/upload/{cancelled.upload_id}")).raise_for_status()
    async with gateway.infrastructure.database.read() as session:
        keys = await BackupRepository(session).blob_keys()
    assert keys == sorted(f"{upload.upload_id}/0" for upload in (sent, begun))
    assert untouched.upload_id not in str(keys)
