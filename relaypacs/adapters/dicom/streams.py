"""Forward-only reading in pieces: what is read is hashed or inflated on the way, and never kept."""

import zlib
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any, Protocol

from relaypacs.adapters.dicom.limits import Limits

PIECE = 256 * 1024  # small enough to be still in the processor's cache when it is hashed a second time
RAW_DEFLATE = -15


class Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""
        ...


class DecompressionBomb(Exception):
    """Compressed data decodes to more than the limits allow."""


class ByteStream:
    """Hands out the bytes of `pull`, which returns the next piece and an empty one at the end.

    Holds at most one piece, plus what one `take` or `peek` asks for.
    """

    def __init__(self, pull: Callable[[], bytes]) -> None:
        self._pull = pull
        self._buffer = b""
        self._cursor = 0
        self._passed = 0

    @property
    def position(self) -> int:
        """Bytes handed out so far."""
        return self._passed + self._cursor

    def take(self, count: int) -> bytes:
        """Return exactly `count` bytes. Raises EOFError when the stream ends before."""
        start = self._cursor
        if len(self._buffer) - start < count:
            self._fill(count)
            start = 0
            if len(self._buffer) < count:
                raise EOFError
        self._cursor = start + count
        return self._buffer[start : start + count]

    def unpack(self, layout: Struct) -> tuple[Any, ...]:
        """Take as many bytes as `layout` has, and return its fields. Raises EOFError as `take` does."""
        start, size = self._cursor, layout.size
        if len(self._buffer) - start < size:
            self._fill(size)
            start = 0
            if len(self._buffer) < size:
                raise EOFError
        self._cursor = start + size
        return layout.unpack_from(self._buffer, start)

    def peek(self, count: int) -> bytes:
        """Return the next `count` bytes without taking them; fewer at the end of the stream."""
        if len(self._buffer) - self._cursor < count:
            self._fill(count)
        return self._buffer[self._cursor : self._cursor + count]

    def pieces(self, count: int) -> Iterator[memoryview]:
        """Yield the next `count` bytes in pieces. Raises EOFError when the stream ends before."""
        while count:
            if self._cursor == len(self._buffer):
                self._fill(1)
                if not self._buffer:
                    raise EOFError
            end = min(self._cursor + count, len(self._buffer))
            piece = memoryview(self._buffer)[self._cursor : end]
            count -= len(piece)
            self._cursor = end
            yield piece

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, as many as are at hand; none at the end."""
        if self._cursor == len(self._buffer):
            self._fill(1)
        start = self._cursor
        self._cursor = min(start + size, len(self._buffer))
        return self._buffer[start : self._cursor]

    def _fill(self, count: int) -> None:
        """Have at least `count` bytes in the buffer, which then starts at the cursor; fewer at the end."""
        self._passed += self._cursor
        parts = [self._buffer[self._cursor :]]
        have = len(parts[0])
        while have < count and (piece := self._pull()):
            parts.append(piece)
            have += len(piece)
        self._buffer = b"".join(parts) if len(parts) > 1 else parts[0]
        self._cursor = 0


class Inflater:
    """Decodes raw deflate (RFC 1951) piece by piece, within the limits.

    Attributes:
        produced: bytes decoded so far.
    """

    def __init__(self, pull: Callable[[], bytes], limits: Limits) -> None:
        self._pull = pull
        self._limits = limits
        self._inflate = zlib.decompressobj(RAW_DEFLATE)
        self._consumed = 0
        self.produced = 0

    def pull(self) -> bytes:
        """Return the next decoded piece, empty when the deflate stream has ended.

        Raises EOFError when the input stops short, zlib.error when it is not deflate, DecompressionBomb.
        """
        while not self._inflate.eof:
            data = self._inflate.unconsumed_tail
            if not data:
                data = self._pull()
                self._consumed += len(data)
            piece = self._inflate.decompress(data, PIECE)
            if piece:
                self.produced += len(piece)
                if not self._limits.allow_growth(self._consumed, self.produced):
                    raise DecompressionBomb
                return piece
            if not data and not self._inflate.eof:
                raise EOFError
        return b""

    @property
    def unused(self) -> bytes:
        """What was pulled but lies behind the end of the deflate stream."""
        return self._inflate.unused_data
