"""Writes a backup. It has its name only when it is whole: before that it is `<name>.partial` beside it."""

import hashlib
import io
import os
import shutil
import tarfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from relaypacs.adapters.backups.manifest import MANIFEST, BackupBroken, Entry, Manifest, encode_manifest
from relaypacs.core.files import sync_folder

PIECE = 1024 * 1024
TAR = ".tar"


class _Hashing:
    """A file that is read once, and knows afterwards what it was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class BackupWriter(ABC):
    """Takes files one after the other; leaving it without `finish` leaves nothing behind."""

    def __init__(self, target: Path) -> None:
        self._target = target.absolute()
        self._partial = self._target.with_name(f"{self._target.name}.partial")
        self._discard()  # of an earlier one that was cut off

    def __enter__(self) -> "BackupWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._discard()

    def add(self, name: str, file: BinaryIO) -> Entry:
        """Copy a file as long as it is now: what is appended meanwhile was promised to nobody. Raises OSError."""
        size = os.fstat(file.fileno()).st_size
        hashing = _Hashing(file)
        self._write(name, hashing, size)
        return Entry(name, size, hashing.sha256)

    def finish(self, manifest: Manifest) -> None:
        """Make all of it durable, and give it its name. Raises OSError."""
        text = encode_manifest(manifest)
        self._write(MANIFEST, _Hashing(io.BytesIO(text)), len(text))
        self._close()
        os.sync()  # of tens of thousands of files, one by one, it would take minutes
        self._partial.rename(self._target)
        sync_folder(self._target.parent)

    @abstractmethod
    def _write(self, name: str, source: _Hashing, size: int) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    @abstractmethod
    def _discard(self) -> None: ...


class FolderWriter(BackupWriter):
    def __init__(self, target: Path) -> None:
        super().__init__(target)
        self._partial.mkdir(mode=0o700)

    def _write(self, name: str, source: _Hashing, size: int) -> None:
        path = self._partial.joinpath(*name.split("/"))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            copy(source, file, size, name)

    def _close(self) -> None:
        """Every file is closed already."""

    def _discard(self) -> None:
        if self._partial.exists():
            shutil.rmtree(self._partial)


class TarWriter(BackupWriter):
    def __init__(self, target: Path) -> None:
        super().__init__(target)
        descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def _write(self, name: str, source: _Hashing, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        try:
            self._tar.addfile(member, source)
        except OSError as fault:
            if fault.errno is not None:
                raise
            raise _cut_short(name) from fault

    def _close(self) -> None:
        self._tar.close()
        self._file.close()

    def _discard(self) -> None:
        self._partial.unlink(missing_ok=True)


def open_writer(target: Path) -> BackupWriter:
    """Begin a TAR file where the name ends so, else a folder. Raises BackupBroken when it is there, and OSError."""
    if target.exists() or target.is_symlink():
        raise BackupBroken(f"{target} is there already. Give each backup a name of its own.")
    return TarWriter(target) if target.suffix == TAR else FolderWriter(target)


def copy(source: _Hashing, target: BinaryIO, size: int, name: str) -> None:
    left = size
    while left:
        data = source.read(min(PIECE, left))
        if not data:
            raise _cut_short(name)
        target.write(data)
        left -= len(data)


def _cut_short(name: str) -> BackupBroken:
    return BackupBroken(f"{name} became shorter while it was copied.")
