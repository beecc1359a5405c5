"""Blobs that are encrypted in whatever store they lie in.

The key of a blob says with which of the storage keys it is sealed (`sealed_name`). Keys stand in the gateway's rows: so
nothing that somebody has put into the store, or sent as the contents of a file, can pass for a sealed blob or make one
pass for plain. Blobs whose keys say nothing are not touched, whether new ones are sealed or not.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from relaypacs.adapters.storage.base import BlobDamaged, Storage, StoredBlob, StoredPrefix
from relaypacs.adapters.storage.cells import (
    CELL,
    CIPHER_KEY_BYTES,
    SLOT,
    STRIDE,
    CellCipher,
    SealedFile,
    place,
    start_in,
)
from relaypacs.core.errors import StorageKeyMissing, StoredFileDamaged
from relaypacs.core.keys import StorageKey

MARK = "~"
CELLS_AT_ONCE = 16  # what is opened together: 1 MiB, the longest piece that the port allows
IN_THREAD = 256 * 1024  # bytes whose sealing takes longer than it takes to have another thread do it
DAMAGED = "A file in the gateway's storage is not as it was written: it was damaged, or changed."


def sealed_name(name: str, number: int | None) -> str:
    """Return the key of a blob that is sealed with the storage key of this number; with None it is plain."""
    return name if number is None else f"{name}{MARK}{number}"


@dataclass(frozen=True, slots=True)
class SealedBlob:
    """A handle that opens one blob, and has the key of no other."""

    blob: StoredBlob
    key: bytes = field(repr=False)

    def open(self) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(SealedFile(self.blob.open(), CellCipher(self.key)), CELL))


class SealedStorage:
    """The `Storage` port over another store: what is sealed is written and read there sealed."""

    def __init__(self, inner: Storage, keys: Sequence[StorageKey]) -> None:
        self._inner = inner
        self._keys = {each.number: each.key for each in keys}

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        if (blob_key := self._blob_key(key)) is None:
            await self._inner.write(key, offset, data, must_exist=must_exist)
            return
        seal = partial(CellCipher(blob_key).seal, offset, data)
        sealed = await asyncio.to_thread(seal) if len(data) >= IN_THREAD else seal()
        await self._inner.write(key, place(offset), sealed, must_exist=must_exist)

    def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        if (blob_key := self._blob_key(key)) is None:
            return self._inner.read(key, offset, length)
        return self._read(key, CellCipher(blob_key), offset, length)

    async def _read(self, key: str, cipher: CellCipher, offset: int, length: int) -> AsyncIterator[bytes]:
        begin, end = offset, offset + length
        async for piece in self._pieces(key, cipher, offset, end):
            yield piece
            offset += len(piece)
        if offset == begin and offset % CELL and offset < end:
            # A store without holes ends where nothing lies yet, so that the cell must be read from its second segment.
            index = offset // CELL
            yield (piece := _opened(cipher, index, await self._second_segment(key, index), offset, end))
            offset += len(piece)
            async for piece in self._pieces(key, cipher, offset, end):
                yield piece
                offset += len(piece)
        if offset < end:
            raise EOFError(f"the blob ends {end - offset} bytes before the range does")

    async def _pieces(self, key: str, cipher: CellCipher, offset: int, end: int) -> AsyncIterator[bytes]:
        """Yield what is there of a range, up to the first gap or the end of the blob."""
        first, beyond = offset // CELL, -(-end // CELL) if offset < end else offset // CELL
        async for index, cells in _in_cells(self._inner.read(key, first * STRIDE, (beyond - first) * STRIDE), first):
            until = min(end, (index + -(-len(cells) // STRIDE)) * CELL)
            if piece := _opened(cipher, index, cells, offset, until):
                yield piece
            offset += len(piece)
            if offset < until:
                break

    async def _second_segment(self, key: str, index: int) -> bytes:
        """Return a cell without what comes before its second segment. Raises EOFError when it has none."""
        beyond = (index + 1) * STRIDE
        slot = b"".join([piece async for piece in self._inner.read(key, beyond - SLOT, SLOT)])
        begin = index * STRIDE + SLOT + start_in(slot)
        there = b"".join([piece async for piece in self._inner.read(key, begin, beyond - begin)])
        return bytes(STRIDE - len(there)) + there

    @asynccontextmanager
    async def blob(self, key: str) -> AsyncIterator[StoredBlob]:
        blob_key = self._blob_key(key)
        async with self._inner.blob(key) as blob:
            yield blob if blob_key is None else SealedBlob(blob, blob_key)

    async def delete(self, prefix: str) -> None:
        await self._inner.delete(prefix)

    async def remove(self, key: str) -> None:
        await self._inner.remove(key)

    def prefixes(self) -> AsyncIterator[StoredPrefix]:
        return self._inner.prefixes()

    async def free_bytes(self) -> int | None:
        return await self._inner.free_bytes()

    async def total_bytes(self) -> int | None:
        return await self._inner.total_bytes()

    async def check(self) -> None:
        await self._inner.check()

    def _blob_key(self, key: str) -> bytes | None:
        """Return the key of one blob, derived from the storage key (HKDF, RFC 5869). Raises StorageKeyMissing."""
        _, mark, number = key.rpartition(MARK)
        if not mark:
            return None
        storage_key = self._keys.get(int(number))
        if storage_key is None:
            raise StorageKeyMissing(f"The storage key {number}, which sealed a file, is not among the gateway's keys.")
        info = f"relaypacs stored file {key}".encode()
        return HKDF(algorithm=SHA256(), length=CIPHER_KEY_BYTES, salt=None, info=info).derive(storage_key)


async def _in_cells(pieces: AsyncIterator[bytes], index: int) -> AsyncIterator[tuple[int, bytes]]:
    """Yield whole cells, CELLS_AT_ONCE or fewer, and the index of the first of them; the blob's last may be shorter."""
    most, buffer = CELLS_AT_ONCE * STRIDE, bytearray()
    try:
        async for piece in pieces:
            buffer += piece
            while len(buffer) >= most:
                yield index, bytes(buffer[:most])
                del buffer[:most]
                index += CELLS_AT_ONCE
    except EOFError:
        pass  # whole cells were asked for, and the last one of a blob need not be whole
    if buffer:
        yield index, bytes(buffer)


def _opened(cipher: CellCipher, index: int, cells: bytes, offset: int, end: int) -> bytes:
    """Return what there is from `offset` to `end` of the blob in some of its cells. Raises StoredFileDamaged."""
    view, found = memoryview(cells), []
    try:
        for number, begin in enumerate(range(0, len(view), STRIDE), index):
            start, stop = max(0, offset - number * CELL), min(CELL, end - number * CELL)
            found.append(cipher.open(number, view[begin : begin + STRIDE], start, stop))
            if len(found[-1]) < stop - start:
                break
    except BlobDamaged:
        raise StoredFileDamaged(DAMAGED) from None
    return b"".join(found)
