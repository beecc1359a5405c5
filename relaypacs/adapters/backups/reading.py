"""Reads a backup, from a folder or a TAR file, and finds what is wrong with it."""

import hashlib
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Protocol

from relaypacs.adapters.backups.manifest import MANIFEST, BackupBroken, Entry, Manifest, decode_manifest
from relaypacs.adapters.backups.writing import PIECE


class BackupReader(Protocol):
    def open(self, name: str) -> IO[bytes]:
        """Open one file of the backup. Raises FileNotFoundError and OSError."""
        ...


class _FolderReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes]:
        return self._folder.joinpath(*name.split("/")).open("rb")


class _TarReader:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def open(self, name: str) -> IO[bytes]:
        try:
            file = self._tar.extractfile(name)
        except KeyError:
            raise FileNotFoundError(name) from None
        if file is None:  # a folder, or a device
            raise FileNotFoundError(name)
        return file


@contextmanager
def open_reader(source: Path) -> Iterator[BackupReader]:
    """Open a backup. Raises BackupBroken when there is none."""
    if source.is_dir():
        yield _FolderReader(source)
        return
    try:
        tar = tarfile.open(source, "r:")  # noqa: SIM115 - closed below
    except (OSError, tarfile.TarError) as fault:
        raise BackupBroken(f"{source} is no backup: neither a folder nor a TAR file that can be read.") from fault
    with tar:
        yield _TarReader(tar)


def read_manifest(reader: BackupReader) -> Manifest:
    """Raises BackupBroken, for instance of a backup that was not finished."""
    try:
        with reader.open(MANIFEST) as file:
            return decode_manifest(file.read())
    except OSError as fault:
        raise BackupBroken(f"There is no {MANIFEST}: this is no backup, or one that was not finished.") from fault


def pieces_of(reader: BackupReader, entry: Entry) -> Iterator[bytes]:
    """Yield one file. Raises BackupBroken, at its end at the latest, when it is not what the manifest says."""
    digest, size = hashlib.sha256(), 0
    try:
        with reader.open(entry.name) as file:
            while data := file.read(PIECE):
                digest.update(data)
                size += len(data)
                yield data
    except FileNotFoundError:
        raise BackupBroken(f"{entry.name} is missing.") from None
    except (OSError, tarfile.TarError) as fault:
        raise BackupBroken(f"{entry.name} can't be read: {fault}") from fault
    if (size, digest.hexdigest()) != (entry.size, entry.sha256):
        raise BackupBroken(f"{entry.name} is not what was saved: it was changed, or damaged.")


def faults_of(reader: BackupReader, manifest: Manifest) -> Iterator[str]:
    """Read all of the backup, and yield a sentence for each file that is not what was saved."""
    for entry in manifest.entries:
        try:
            for _ in pieces_of(reader, entry):
                pass
        except BackupBroken as fault:
            yield str(fault)


def check_database(path: Path) -> str:
    """Return the revision of a database's schema. Raises BackupBroken when it is damaged. It is not changed."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as fault:
        raise BackupBroken("The database in it is damaged, or none of ours.") from fault
    if said != "ok" or row is None:
        raise BackupBroken("The database in it is damaged, or none of ours.")
    return str(row[0])
