"""How a sealed blob lies in the store: AES-256-GCM in cells, so that any range is written and read by itself.

A cell is 64 KiB of the blob. In the store it takes STRIDE bytes: a slot, the cell's bytes, another slot. What lies in
one cell of one range that was written is a segment; a slot says where in the cell it is, and holds nonce and tag.

    | slot A |                  64 KiB                    | slot B |
    | 0..m   | segment that begins with the cell ][ other | m..    |

A segment that begins with its cell has slot A. One that begins inside has slot B, and is filled up with zeros should it
end before the cell does. That this is enough for any ranges that the port allows (disjoint or the same; each of them
at least a cell long, but the blob's last one):

- Two ends of ranges inside one cell (its first byte not counted) would be less than a cell apart. So there is at most
  one, m, beside the end of the whole blob. Hence at most two segments: one from 0, one from m.
- The place of a byte depends on its offset alone, and grows with it. A range that ends at m ends in the store where m
  lies; the next one begins there. One that ends with a cell ends after that cell's slot B, where the next cell begins.
  So what ranges take in the store is disjoint as they are, each is one write without a gap, and none needs to know of
  the others.
- Only the blob's last range can begin and end inside one cell, so nothing lies in what it is filled up with.

The key is of this blob and of no other (`sealed.py`); the position of the segment is authenticated with it. So no
segment passes for one of another blob, or of another place. A blob that was cut off between two segments is only
shorter: whoever knows its size notices.

A nonce is HMAC-SHA-256 of the segment's place and bytes, under a key of its own, cut to 96 bits. So the same range once
more is the same bytes once more: a write that repeats an acknowledged one, from another process that does not know yet,
can neither be seen half done nor leave it broken; and stores that refuse other bytes take it. All that this tells is
that it is a repetition. Different segments have nonces as good as random ones. A blob of 2 TiB has 2^25 of them; were
each written with eight different contents, two nonces would be the same with a chance of 2^-41, far below the 2^-32
that NIST SP 800-38D 8.3 asks for.
"""

import hmac
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relaypacs.adapters.storage.base import SHORTEST_RANGE, BlobDamaged

CELL = SHORTEST_RANGE
NONCE_BYTES, TAG_BYTES = 12, 16
_SLOT = Struct(f">II{NONCE_BYTES}s{TAG_BYTES}s")
_PLACE = Struct(">QII")
SLOT = _SLOT.size
STRIDE = SLOT + CELL + SLOT
_EMPTY = bytes(SLOT)
_FORMAT = b"relaypacs cells 1"
CIPHER_KEY_BYTES = 64  # one half encrypts, the other makes nonces


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    length: int
    nonce: bytes
    tag: bytes

    @property
    def end(self) -> int:
        return self.start + self.length


def place(offset: int) -> int:
    """Return where in the store a range begins that begins at `offset` of the blob."""
    index, start = divmod(offset, CELL)
    return index * STRIDE + (SLOT + start if start else 0)


def start_in(slot: bytes) -> int:
    """Return where in its cell the second segment begins, of which this is the slot."""
    return min(CELL, int(_SLOT.unpack(slot)[0]))


class CellCipher:
    """Seals and opens the cells of one blob."""

    def __init__(self, key: bytes) -> None:
        """`key` has CIPHER_KEY_BYTES."""
        self._cipher = AESGCM(key[: CIPHER_KEY_BYTES // 2])
        self._nonce_key = key[CIPHER_KEY_BYTES // 2 :]

    def seal(self, offset: int, data: bytes) -> bytes:
        """Return what is to be written at `place(offset)` for a range."""
        return b"".join(self._sealed(offset, memoryview(data)))

    def _sealed(self, offset: int, data: memoryview) -> Iterator[bytes | memoryview]:
        while data:
            index, start = divmod(offset, CELL)
            plain = data[: CELL - start]
            bound = _bound(index, start, len(plain))
            nonce = self._nonce(bound, plain)
            sealed = memoryview(self._cipher.encrypt(nonce, plain, bound))
            slot = _SLOT.pack(start, len(plain), nonce, sealed[-TAG_BYTES:].tobytes())
            if start:
                yield sealed[:-TAG_BYTES]
                yield bytes(CELL - start - len(plain))
                yield slot
            else:
                yield slot
                yield sealed[:-TAG_BYTES]
                yield _EMPTY if len(plain) == CELL else b""
            offset += len(plain)
            data = data[len(plain) :]

    def _nonce(self, bound: bytes, plain: memoryview) -> bytes:
        digest = hmac.new(self._nonce_key, bound, "sha256")
        digest.update(plain)
        return digest.digest()[:NONCE_BYTES]

    def open(self, index: int, cell: memoryview, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` of a cell; fewer when the blob ends before. Raises BlobDamaged.

        `cell` is what the store has of it: STRIDE bytes, or fewer of the blob's last one.
        """
        segments = _segments(cell)
        found, position = bytearray(), start
        for segment in segments:
            if position < end and segment.start <= position < segment.end:
                plain = self._opened(index, cell, segment)
                found += plain[position - segment.start : end - segment.start]
                position = start + len(found)
        if position < end and not (cell and position >= _end_of(cell, segments)):
            raise BlobDamaged
        return bytes(found)

    def _opened(self, index: int, cell: memoryview, segment: _Segment) -> bytes:
        sealed = b"".join((cell[SLOT + segment.start : SLOT + segment.end], segment.tag))
        try:
            return self._cipher.decrypt(segment.nonce, sealed, _bound(index, segment.start, segment.length))
        except InvalidTag:
            raise BlobDamaged from None


class SealedFile(io.RawIOBase):
    """Reads a blob that lies in the store as `sealed`, one cell at a time. Raises BlobDamaged where it is not sound."""

    def __init__(self, sealed: BinaryIO, cipher: CellCipher) -> None:
        self._sealed = sealed
        self._cipher = cipher
        self._size = _size(sealed)
        self._position = 0
        self._index, self._plain = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise ValueError("before the beginning")
        self._position = begin + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # it is called with nothing else
        if self._position >= self._size:
            return 0
        index, start = divmod(self._position, CELL)
        if index != self._index:
            self._plain, self._index = self._read_cell(index), index
        piece = self._plain[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _read_cell(self, index: int) -> bytes:
        self._sealed.seek(index * STRIDE)
        length = min(CELL, self._size - index * CELL)
        plain = self._cipher.open(index, memoryview(self._sealed.read(STRIDE)), 0, length)
        if len(plain) < length:
            raise BlobDamaged
        return plain

    def close(self) -> None:
        self._sealed.close()
        super().close()


def _bound(index: int, start: int, length: int) -> bytes:
    """Return what is authenticated with a segment."""
    return _FORMAT + _PLACE.pack(index, start, length)


def _segments(cell: memoryview) -> list[_Segment]:
    """Return the segments that the slots of a cell speak of, as far as there can be such."""
    found = []
    if len(cell) >= SLOT:
        first = _Segment(*_SLOT.unpack(cell[:SLOT]))
        if first.start == 0 and 0 < first.length <= min(CELL, len(cell) - SLOT):
            found.append(first)
    if len(cell) == STRIDE:
        second = _Segment(*_SLOT.unpack(cell[-SLOT:]))
        if 0 < second.start < second.end <= CELL:
            found.append(second)
    return found


def _end_of(cell: memoryview, segments: list[_Segment]) -> int:
    """Return where in a cell the blob ends if this cell is its last one. Nothing vouches for that but what is read."""
    if len(cell) < STRIDE:
        return max(0, len(cell) - SLOT)
    return segments[-1].end if segments and segments[-1].start else CELL


def _size(sealed: BinaryIO) -> int:
    whole, rest = divmod(sealed.seek(0, os.SEEK_END), STRIDE)
    if rest:
        return whole * CELL + max(0, rest - SLOT)
    if not whole:
        return 0
    sealed.seek((whole - 1) * STRIDE)
    cell = memoryview(sealed.read(STRIDE))
    return (whole - 1) * CELL + _end_of(cell, _segments(cell))
