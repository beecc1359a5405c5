"""Blobs in an S3-compatible object store (docs/adr/0028-object-storage.md).

An object can't be written in parts from several processes. So each range of a blob is an object of its own, named by
where the range *ends*, in bytes: `<prefix>/<key>/<end>`. Its size says where it begins, so a listing of the blob tells
which object holds what, and no replica needs to know what the others have written.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

from relaypacs.adapters.storage.base import StoredPrefix
from relaypacs.adapters.storage.local import LocalBlob
from relaypacs.adapters.storage.local_copies import LocalCopies
from relaypacs.adapters.storage.s3_objects import CHANGES, Objects, open_bucket
from relaypacs.adapters.storage.s3_ranges import KnownRanges, Range
from relaypacs.core.errors import StorageUnavailable
from relaypacs.core.s3_address import S3Address

PIECE = 1024 * 1024
AHEAD_BYTES = 4 * 1024 * 1024  # what is asked for while earlier bytes are still used, in each reading
KNOWN_SECONDS = 60.0  # for so long a blob is taken to be there after it was last seen
MOST_BYTES = 10**15 - 1  # of a blob
PROBES = ".probe"


class S3Storage:
    """The `Storage` port over one part of a bucket. `copies` blobs at most are brought to this machine at a time."""

    def __init__(self, address: S3Address, copies: int) -> None:
        self._objects = Objects(open_bucket(address))
        self._known = KnownRanges()
        self._copies = LocalCopies(copies)

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        folder = _folder(key)
        if must_exist and not await self._is_there(folder):
            raise FileNotFoundError(key)
        if data:
            await self._objects.put(_name(folder, offset + len(data)), data)
            self._known.add(folder, Range(offset + len(data), offset))

    async def _is_there(self, folder: str) -> bool:
        """Say whether there is a blob: as somebody has seen within a minute, or by asking."""
        if self._known.seen_within(folder, KNOWN_SECONDS):
            return True
        self._known.forget(folder)
        await self._look(folder, for_all=False)
        return self._known.seen_within(folder, KNOWN_SECONDS)

    async def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        folder, end = _folder(key), offset + length
        found = await self._ranges(folder, offset, end)
        if not found and not await self._is_there(folder):
            raise FileNotFoundError(key)
        position = offset
        async for content in self._contents(folder, found, offset, end):
            for start in range(0, len(content), PIECE):
                yield content[start : start + PIECE]
            position += len(content)
        if position < end:
            raise EOFError(f"the blob ends {end - position} bytes before the range does")

    async def _ranges(self, folder: str, offset: int, end: int) -> Sequence[Range]:
        """Return what holds bytes `offset` to `end` of a blob, in order, up to a gap. Asks for what it lacks."""
        found = self._known.covering(folder, offset, end)
        if (found[-1].end if found else offset) < end:
            await self._look(folder)
            found = self._known.covering(folder, offset, end)
        return found

    async def _look(self, folder: str, *, for_all: bool = True) -> None:
        """Ask the store which ranges of a blob there are: all, or some when only whether it is there is asked."""
        async for page in self._objects.pages(f"{folder}/"):
            for found in page:
                end = int(found["path"].rpartition("/")[2])
                self._known.add(folder, Range(end, end - found["size"]))
            if not for_all:
                return

    async def _contents(self, folder: str, ranges: Sequence[Range], offset: int, end: int) -> AsyncIterator[bytes]:
        """Yield what the objects hold of bytes `offset` to `end`, asking for the next ones ahead of need."""
        waiting: deque[tuple[Range, asyncio.Task[bytes]]] = deque()
        try:
            for held in ranges:
                waiting.append((held, self._objects.fetch(_name(folder, held.end), held.end - held.start)))
                while held.end - waiting[0][0].start > AHEAD_BYTES and len(waiting) > 1:
                    yield await _part(*waiting.popleft(), offset, end)
            while waiting:
                yield await _part(*waiting.popleft(), offset, end)
        except (FileNotFoundError, StorageUnavailable):
            self._known.forget(folder)  # another process has deleted it, or is at it
            raise

    @asynccontextmanager
    async def blob(self, key: str) -> AsyncIterator[LocalBlob]:
        folder = _folder(key)
        await self._look(folder)
        ranges = self._known.covering(folder, 0, MOST_BYTES)
        if not ranges:
            raise FileNotFoundError(key)
        end = ranges[-1].end
        async with self._copies.copy(end, self._contents(folder, ranges, 0, end)) as copy:
            yield copy

    async def delete(self, prefix: str) -> None:
        folder = _folder(prefix)
        self._known.forget_below(folder)
        await self._delete_below(folder)

    async def remove(self, key: str) -> None:
        folder = _folder(key)
        self._known.forget(folder)
        await self._delete_below(folder)

    async def _delete_below(self, folder: str) -> None:
        async for page in self._objects.pages(f"{folder}/"):
            await self._objects.delete([found["path"] for found in page])

    async def prefixes(self) -> AsyncIterator[StoredPrefix]:
        """List every object once, as S3 tells no times of prefixes. A removal leaves no trace there.

        S3 lists in the order of names, so that a page's prefixes are whole but for the last. Of a store that does not,
        all are kept in memory until the end.
        """
        waiting: dict[str, datetime] = {}
        latest, in_order = "", True
        async for page in self._objects.pages(None):
            for found in page:
                name, changed_at = found["path"].partition("/")[0], found["last_modified"]
                if name != PROBES:
                    in_order, latest = in_order and name >= latest, name
                    waiting[name] = max(waiting.get(name, changed_at), changed_at)
            for name in list(waiting)[:-1] if in_order else []:
                yield StoredPrefix(name, waiting.pop(name))
        for name, changed_at in waiting.items():
            yield StoredPrefix(name, changed_at)

    async def free_bytes(self) -> None:
        """Return None: an object store tells no bounds."""

    async def total_bytes(self) -> None:
        """Return None, as above."""

    async def check(self) -> None:
        path = f"{PROBES}/{uuid4()}"
        await self._objects.put(path, b"relaypacs")
        await self._objects.delete([path])


async def _part(held: Range, fetching: asyncio.Task[bytes], offset: int, end: int) -> bytes:
    content = await asyncio.shield(fetching)
    if len(content) != held.end - held.start:
        raise StorageUnavailable(CHANGES)
    return content[max(offset - held.start, 0) : end - held.start]


def _folder(key: str) -> str:
    if any(part in ("", ".", "..") for part in key.split("/")):
        raise ValueError("a key must stay inside the store")
    return key


def _name(folder: str, end: int) -> str:
    return f"{folder}/{end:015}"
