"""Blobs as files of a local folder.

The order that makes a write durable: the bytes into the file, `fdatasync` of the file, and, when the file
may be new, `fsync` of each folder that leads to it. Only then does `write` return.
"""

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from relaypacs.adapters.storage.base import StoredPrefix
from relaypacs.core.errors import StorageFull, StorageUnavailable
from relaypacs.core.files import make_folder, sync_folder

READ_PIECE = 1024 * 1024
WRITE_THREADS = 8
WRITE_ATTEMPTS = 5
KNOWN_BLOBS = 10_000  # how many keys are remembered as having a durable directory entry
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LocalBlob:
    path: Path

    def open(self) -> BinaryIO:
        return self.path.open("rb")


class LocalStorage:
    """The `Storage` port over a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._threads = ThreadPoolExecutor(WRITE_THREADS, thread_name_prefix="storage")
        self._durable_entries: dict[str, None] = {}
        self._is_made = False

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        if must_exist:
            await self._run(lambda: self._write_once(key, offset, data, os.O_WRONLY))
        else:
            await self._run(lambda: self._write(key, offset, data))

    def _write(self, key: str, offset: int, data: bytes) -> None:
        for _ in range(WRITE_ATTEMPTS):
            try:
                return self._write_once(key, offset, data, os.O_WRONLY | os.O_CREAT)
            except (FileNotFoundError, FileExistsError):
                # A delete took the folder away meanwhile (mkdir says that it exists when it goes right after the
                # attempt); make it again, the caller sorts out who was right.
                self._durable_entries.pop(key, None)
        raise StorageUnavailable("The gateway's storage is being removed. Try again later.")

    def _write_once(self, key: str, offset: int, data: bytes, flags: int) -> None:
        path = self._path(key)
        entry_is_durable = key in self._durable_entries
        if flags & os.O_CREAT and not entry_is_durable:
            self._make_root()
            path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
        try:
            _write_fully(descriptor, data, offset)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        if not entry_is_durable:
            self._sync_folders(path)
            self._remember(key)

    def _make_root(self) -> None:
        """Make the root once. One that vanishes later was removed, or its disk has gone: another would hide that."""
        if not self._is_made:
            make_folder(self._root)
            self._is_made = True
        elif not self._root.is_dir():
            raise StorageUnavailable("The gateway's storage is gone. What was acknowledged is where it went.")

    def _sync_folders(self, path: Path) -> None:
        """Make the entries durable that lead from the root to the file."""
        for folder in path.parents:
            sync_folder(folder)
            if folder == self._root.parent:
                break

    def _remember(self, key: str) -> None:
        self._durable_entries[key] = None
        if len(self._durable_entries) > KNOWN_BLOBS:
            self._durable_entries.pop(next(iter(self._durable_entries)), None)

    async def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        file = await self._run(lambda: self._path(key).open("rb"))
        try:
            end = offset + length
            while offset < end:
                piece = await self._run(partial(os.pread, file.fileno(), min(READ_PIECE, end - offset), offset))
                if not piece:
                    raise EOFError(f"the blob ends {end - offset} bytes before the range does")
                offset += len(piece)
                yield piece
        finally:
            file.close()

    @asynccontextmanager
    async def blob(self, key: str) -> AsyncIterator[LocalBlob]:
        yield LocalBlob(self._path(key))

    async def delete(self, prefix: str) -> None:
        await self._run(lambda: self._delete(prefix))

    def _delete(self, prefix: str) -> None:
        folder = self._path(prefix)
        while folder.exists():
            try:
                shutil.rmtree(folder)
            except FileNotFoundError:
                continue  # somebody else removes it too
            except OSError as error:
                if error.errno != errno.ENOTEMPTY:  # a late chunk was written into it
                    raise
        for key in [known for known in list(self._durable_entries) if known.startswith(f"{prefix}/")]:
            self._durable_entries.pop(key, None)
        if folder.parent.exists():
            sync_folder(folder.parent)

    async def remove(self, key: str) -> None:
        await self._run(lambda: self._path(key).unlink(missing_ok=True))
        self._durable_entries.pop(key, None)

    async def prefixes(self) -> AsyncIterator[StoredPrefix]:
        for prefix in await self._run(self._prefixes):
            yield prefix

    def _prefixes(self) -> Sequence[StoredPrefix]:
        found = []
        with suppress(FileNotFoundError), os.scandir(self._root) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # removed meanwhile
                    if entry.is_dir(follow_symlinks=False):
                        changed_at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
                        found.append(StoredPrefix(entry.name, changed_at))
        return found

    async def free_bytes(self) -> int:
        return await self._run(lambda: free_bytes(self._root))

    async def total_bytes(self) -> int:
        return await self._run(lambda: total_bytes(self._root))

    async def check(self) -> None:
        await self._run(self._check)

    def _check(self) -> None:
        self._make_root()
        with tempfile.NamedTemporaryFile(dir=self._root, prefix=".probe-") as probe:
            probe.write(b"relaypacs")
            probe.flush()

    def _path(self, key: str) -> Path:
        path = self._root.joinpath(*key.split("/"))
        if self._root not in path.parents or ".." in path.parts:
            raise ValueError("a key must stay inside the store")
        return path

    async def _run(self, work: Callable[[], T]) -> T:
        """Run blocking work in a thread, and name its errors. When cancelled, let it end first.

        Whoever is cancelled may close the file that the thread works on, or let somebody else write there.
        """
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise
        except FileNotFoundError:
            raise
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull("The gateway's disk is full. What has been acknowledged is safe.") from error
            raise StorageUnavailable("The gateway cannot write to its storage. Try again later.") from error


def free_bytes(folder: Path) -> int:
    """Return how many more bytes fit beside a folder, which need not exist yet."""
    found = _disk_of(folder)
    return found.f_bavail * found.f_frsize


def total_bytes(folder: Path) -> int:
    """Return how many bytes there are on the disk of a folder, which need not exist yet."""
    found = _disk_of(folder)
    return found.f_blocks * found.f_frsize


def _disk_of(folder: Path) -> os.statvfs_result:
    return os.statvfs(next(path for path in (folder, *folder.parents) if path.exists()))


def _write_fully(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of `data`: the kernel may take less at a time, for instance when a disk gets full."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
