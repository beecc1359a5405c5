"""Reads an instance out of the received file it lies in, without a copy in between."""

import zlib
from collections.abc import AsyncIterator

from relaypacs.adapters.dicom.base import Encoding, Span
from relaypacs.adapters.storage.base import Storage

PREAMBLE_BYTES = 128
INFLATED_PIECE = 1024 * 1024


async def read_instance(storage: Storage, key: str, span: Span) -> AsyncIterator[bytes]:
    """Yield the instance's Part 10 file, `span.size` bytes, in pieces of at most 1 MiB.

    The bytes are those received, but for a preamble that had to be neutralised (PS3.10 7.1).
    Raises EOFError when the received file does not hold what the span promises.
    """
    pieces = storage.read(key, span.offset, span.length)
    if span.encoding is Encoding.DEFLATED:
        pieces = _inflate(pieces)
    sent = 0
    async for piece in pieces:
        if span.neutralise_preamble and sent < PREAMBLE_BYTES:
            zeros = min(PREAMBLE_BYTES - sent, len(piece))
            yield bytes(zeros) + piece[zeros:]
        else:
            yield piece
        sent += len(piece)
    if sent != span.size:
        raise EOFError(f"the instance has {sent} bytes, not {span.size}")


async def _inflate(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Decode raw deflate (RFC 1951), as ZIP members carry it, with bounded memory."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    async for piece in pieces:
        data = piece
        while data:
            if inflated := decoder.decompress(data, INFLATED_PIECE):
                yield inflated
            data = decoder.unconsumed_tail
    while rest := decoder.decompress(decoder.unconsumed_tail, INFLATED_PIECE):
        yield rest
    if rest := decoder.flush():
        yield rest
