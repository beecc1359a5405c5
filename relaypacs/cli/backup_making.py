"""Makes a backup of the embedded set-up while the gateway runs.

First the rows, then the files that they name. A byte is durable before the row that acknowledges it, and is never
written over, so whatever the copied rows promise lies in the files that are copied after them. The other way round a
row could promise what came too late for the copy. The archive comes last for the same reason: it may hold more than the
rows know, which a restored gateway finds out by asking; less, and it would take a study for delivered that is nowhere.

What is deleted in between, because its upload was cancelled or its retention time was over, is looked up in the
running gateway's rows: only what they still name is missing.

Files in an object store stay there: a lost machine does not take them along, and the store has means of its own.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from relaypacs import __version__
from relaypacs.adapters.backups.manifest import (
    ARCHIVE,
    DATABASE,
    SECRET_KEY,
    UPLOADS,
    Entry,
    Manifest,
)
from relaypacs.adapters.backups.reading import check_database
from relaypacs.adapters.backups.writing import BackupWriter, open_writer
from relaypacs.adapters.storage.base import StoredBlob
from relaypacs.cli.admin_desk import NotReady, actor
from relaypacs.core.clock import now
from relaypacs.core.database import Database, sqlite_file
from relaypacs.core.keys import secret_key_id
from relaypacs.core.settings import Settings
from relaypacs.features.admin.backup_rows import BackupRepository
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.audit.service.trail import AuditTrail
from relaypacs.features.audit.service.trail import Entry as Event
from relaypacs.infrastructure import Infrastructure


async def make_backup(infrastructure: Infrastructure, target: Path, *, with_archive: bool) -> Manifest:
    """Write a backup. Raises NotReady, BackupBroken and OSError; nothing is left of one that could not be finished."""
    file = sqlite_file(infrastructure.settings.effective_database_url)
    if file is None:
        raise NotReady(
            "This gateway's database is PostgreSQL, which has a backup of its own: see the section Backup in the "
            "administrator's guide."
        )
    with open_writer(target) as writer:
        # Before the copy, so that who has taken a copy of everything stands also in the copy.
        await AuditTrail(infrastructure).note(Event(Action.BACKUP_MADE, actor(), "backup"))
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            manifest = await _write(infrastructure, writer, file, Path(folder) / DATABASE, with_archive=with_archive)
        await asyncio.to_thread(writer.finish, manifest)
    return manifest


async def _write(
    infrastructure: Infrastructure, writer: BackupWriter, file: Path, copied: Path, *, with_archive: bool
) -> Manifest:
    settings, made_at = infrastructure.settings, now()
    await asyncio.to_thread(_copy_database, file, copied)
    revision = await asyncio.to_thread(check_database, copied)
    keys, head = await _read_rows(f"sqlite:///{copied}")
    entries = [await asyncio.to_thread(_add, writer, DATABASE, copied)]
    if not settings.secret_key.get_secret_value():
        entries.append(await asyncio.to_thread(_add, writer, SECRET_KEY, settings.data_dir / SECRET_KEY))
    bucket = "" if isinstance(settings.storage_place, Path) else settings.storage_place.shown
    received, gone = await _add_received(infrastructure, writer, [] if bucket else keys)
    entries += received
    if with_archive:
        entries += await asyncio.to_thread(_add_archive, writer, settings)
    return Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        version=__version__,
        revision=revision,
        secret_key_id=secret_key_id(settings.effective_secret_key),
        audit_position=head[0],
        audit_seal=head[1],
        absent=tuple(await _still_named(infrastructure.database, gone)),
        bucket=bucket,
        entries=tuple(entries),
    )


def _copy_database(file: Path, target: Path) -> None:
    """Copy all rows as they are at one moment, without keeping anybody from writing meanwhile."""
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


async def _read_rows(url: str) -> tuple[Sequence[str], tuple[int, str]]:
    """Return what the copy names, and how far its audit trail reaches."""
    database = Database(url, pool=1)
    try:
        async with database.read() as session:
            keys = await BackupRepository(session).blob_keys()
            head = await AuditRepository(session).head()
            return keys, (head.position, head.seal)
    finally:
        await database.close()


async def _still_named(database: Database, gone: Sequence[str]) -> list[str]:
    if not gone:
        return []
    async with database.read() as session:
        named = set(await BackupRepository(session).blob_keys())
    return [key for key in gone if key in named]


async def _add_received(
    infrastructure: Infrastructure, writer: BackupWriter, keys: Sequence[str]
) -> tuple[list[Entry], list[str]]:
    """Copy blobs as they lie in the storage; return also the keys of those that are not there."""
    entries, gone = [], []
    for key in keys:
        try:
            async with infrastructure.bare_storage.blob(key) as blob:
                entries.append(await asyncio.to_thread(_add_blob, writer, f"{UPLOADS}/{key}", blob))
        except FileNotFoundError:
            gone.append(key)
    return entries, gone


def _add_archive(writer: BackupWriter, settings: Settings) -> list[Entry]:
    root = settings.data_dir / ARCHIVE
    return [_add(writer, f"{ARCHIVE}/{path.relative_to(root).as_posix()}", path) for path in _files(root)]


def _files(root: Path) -> Iterator[Path]:
    """Yield what is in the archive under its name, and not what is still on its way there."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def _add_blob(writer: BackupWriter, name: str, blob: StoredBlob) -> Entry:
    with blob.open() as file:
        return writer.add(name, file)


def _add(writer: BackupWriter, name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        return writer.add(name, file)
