"""Blobs of a store elsewhere, brought to this machine for as long as a child process reads them."""

import asyncio
import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from relaypacs.adapters.storage.local import FULL, LocalBlob
from relaypacs.core.errors import StorageFull, StorageUnavailable

NAME = "relaypacs-blob-"
BEING_MADE_SECONDS = 60.0
NO_ROOM = "There is no room on this machine for a copy of what is to be checked. What has been acknowledged is safe."
NO_COPY = "No copy of what is to be checked can be made on this machine. What has been acknowledged is safe."


class LocalCopies:
    """Makes copies in the system's temporary folder (`TMPDIR`), a few at a time, readable by their owner alone.

    A copy is locked while it is used, and removed afterwards. A process that was killed leaves its own behind: whoever
    comes next removes those that nobody locks.
    """

    def __init__(self, at_once: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        _remove_left_behind(Path(tempfile.gettempdir()))

    @asynccontextmanager
    async def copy(self, size: int, pieces: AsyncIterator[bytes]) -> AsyncIterator[LocalBlob]:
        """Give a copy of `pieces`, `size` bytes in all.

        Raises StorageFull, StorageUnavailable, and what `pieces` raises.
        """
        async with self._turns:
            with _named_faults():
                file = await asyncio.to_thread(_make, size)
            try:
                async for piece in pieces:
                    with _named_faults():
                        await asyncio.to_thread(file.write, piece)
                with _named_faults():
                    await asyncio.to_thread(file.flush)
                yield LocalBlob(Path(file.name))
            finally:
                _remove(file)


def _make(size: int) -> IO[bytes]:
    folder = Path(tempfile.gettempdir())
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    descriptor, name = tempfile.mkstemp(prefix=NAME, dir=folder)
    os.close(descriptor)
    file = Path(name).open("wb")  # noqa: SIM115 - the caller closes it
    fcntl.flock(file.fileno(), fcntl.LOCK_EX)
    return file


def _remove(file: IO[bytes]) -> None:
    Path(file.name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # what could not be written was told already
        file.close()


def _remove_left_behind(folder: Path) -> None:
    """Remove copies that no process uses. One that was made just now may not be locked yet."""
    for path in folder.glob(f"{NAME}*"):
        with contextlib.suppress(OSError):  # somebody else's, or removed meanwhile
            if time.time() - path.stat().st_mtime < BEING_MADE_SECONDS:
                continue
            with path.open("rb") as file:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()


@contextlib.contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (StorageFull(NO_ROOM) if error.errno in FULL else StorageUnavailable(NO_COPY)) from error
