"""Puts a backup into empty folders. All of it is read and checked before anything is made.

The database is copied first, under another name, and gets its own one as the last thing: until then `serve` refuses the
folder, so that no gateway begins anew beside what is still being copied.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from alembic.script import ScriptDirectory

from relaypacs.adapters.backups.manifest import ARCHIVE, DATABASE, SECRET_KEY, UPLOADS, BackupBroken, Entry, Manifest
from relaypacs.adapters.backups.reading import (
    BackupReader,
    check_database,
    faults_of,
    open_reader,
    pieces_of,
    read_manifest,
)
from relaypacs.cli.admin_desk import NotReady
from relaypacs.core.database import sqlite_file
from relaypacs.core.files import make_folder, sync_folder
from relaypacs.core.keys import secret_key_id
from relaypacs.core.one_process import RESTORING
from relaypacs.core.settings import Settings
from relaypacs.migrations.run import alembic_config


def verify_backup(source: Path) -> tuple[Manifest, list[str]]:
    """Read all of a backup; return its manifest, and a sentence for each thing that is wrong. Raises BackupBroken."""
    with open_reader(source) as reader:
        manifest = read_manifest(reader)
        return manifest, list(faults_of(reader, manifest))


def restore_backup(source: Path, settings: Settings) -> Manifest:
    """Put a backup where the settings say. Raises NotReady, BackupBroken and OSError; then nothing has changed."""
    if (database := sqlite_file(settings.effective_database_url)) is None:
        raise NotReady("A backup is for SQLite; RELAYPACS_DATABASE_URL names another database.")
    data = settings.data_dir.absolute()
    places = {
        DATABASE: database.absolute(),
        SECRET_KEY: data / SECRET_KEY,
        ARCHIVE: data / ARCHIVE,
    }
    if folder := settings.storage_dir:
        places[UPLOADS] = folder.absolute()
    with open_reader(source) as reader:
        manifest = read_manifest(reader)
        _check_revision(manifest.revision)
        _check_key(manifest, settings)
        _check_files(manifest, has_folder=UPLOADS in places)
        _check_places({data, database.absolute().parent, places.get(UPLOADS, data)}, data, manifest.size)
        if faults := list(faults_of(reader, manifest)):
            raise BackupBroken(" ".join(["The backup is not whole, and nothing was restored.", *faults]))
        _copy_all(reader, manifest, places, data / RESTORING)
    return manifest


def _check_revision(revision: str) -> None:
    """Raise BackupBroken for a database of a newer program than this one. An older one is migrated by the gateway."""
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if revision not in known:
        raise BackupBroken(f"The database in it is at revision {revision}: restore it with the newer program.")


def _check_key(manifest: Manifest, settings: Settings) -> None:
    """Raise NotReady unless the restored gateway will have the key that its database was sealed with."""
    given = settings.secret_key.get_secret_value()
    if not given and not manifest.has(SECRET_KEY):
        raise NotReady("The backup holds no secret key: that gateway was given its own. Give RELAYPACS_SECRET_KEY.")
    if given and secret_key_id(given) != manifest.secret_key_id:
        raise NotReady("RELAYPACS_SECRET_KEY is not the key that the gateway had when the backup was made.")


def _check_files(manifest: Manifest, *, has_folder: bool) -> None:
    """Raise NotReady where the restored gateway would look for its files elsewhere than they are."""
    if manifest.bucket and has_folder:
        raise NotReady(f"That gateway's files are in {manifest.bucket}: give RELAYPACS_STORAGE_URL as it had it.")
    if not (manifest.bucket or has_folder):
        raise NotReady("The backup holds files for a folder, and RELAYPACS_STORAGE_URL names an object store.")


def _check_places(folders: set[Path], data: Path, size: int) -> None:
    """Raise NotReady where something is in the way, or there is too little room."""
    for folder in sorted(folders):
        if folder.exists() and any(folder.iterdir()):
            left = " What is in it was left by a restore that did not end: remove it." if _is_left(folder) else ""
            raise NotReady(f"{folder} is not empty, and nothing is restored over something else.{left}")
    free = shutil.disk_usage(next(path for path in (data, *data.parents) if path.exists())).free
    if free < size:
        raise NotReady(f"The backup has {size} bytes, and {data} has room for {free}.")


def _is_left(folder: Path) -> bool:
    return (folder / RESTORING).exists()


def _copy_all(reader: BackupReader, manifest: Manifest, places: Mapping[str, Path], database: Path) -> None:
    """Copy everything, or leave the folders as empty as they were."""
    folders = {path.parent if name in (DATABASE, SECRET_KEY) else path for name, path in places.items()}
    try:
        for entry in manifest.entries:
            first, *rest = entry.name.split("/")
            _copy(reader, entry, database if first == DATABASE else places[first].joinpath(*rest))
        _check_copied(database, manifest)
        os.sync()
        database.rename(places[DATABASE])
        sync_folder(places[DATABASE].parent)
    except BaseException:
        for folder in folders:
            _empty(folder)
        raise


def _check_copied(database: Path, manifest: Manifest) -> None:
    if check_database(database) != manifest.revision:
        raise BackupBroken("The database in it is another one than the manifest says.")


def _copy(reader: BackupReader, entry: Entry, path: Path) -> None:
    make_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces_of(reader, entry):
            file.write(piece)


def _empty(folder: Path) -> None:
    if not folder.exists():
        return
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
