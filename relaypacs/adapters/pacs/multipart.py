"""Reading the first part of a multipart/related body (RFC 2046 5.1, PS3.18 8.6.1.2) as it comes in."""

from collections.abc import AsyncIterator
from email.message import Message

MAX_HEADERS = 64 * 1024


class MalformedMultipart(Exception):
    """The body is not what its Content-Type promises, or ends before its part does."""


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary of a multipart media type; None for any other type."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_maintype() != "multipart" or not boundary:
        return None
    return boundary.encode()


async def first_part(body: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[bytes]:
    """Yield the content of the first part, holding back no more than a delimiter may need.

    Raises MalformedMultipart.
    """
    delimiter = b"\r\n--" + boundary
    buffer = await _skip_headers(body, delimiter)
    while (end := buffer.find(delimiter)) < 0:
        safe = max(0, len(buffer) - len(delimiter) + 1)
        if safe:
            yield buffer[:safe]
        piece = await anext(body, None)
        if piece is None:
            raise MalformedMultipart("the answer ends before the instance does")
        buffer = buffer[safe:] + piece
    if end:
        yield buffer[:end]


async def _skip_headers(body: AsyncIterator[bytes], delimiter: bytes) -> bytes:
    """Read up to the content of the first part and return what has been read of it."""
    buffer = b"\r\n"  # the first delimiter may stand at the very start, without its line break
    while True:
        start = buffer.find(delimiter)
        end = buffer.find(b"\r\n\r\n", start) if start >= 0 else -1
        if end >= 0:
            return buffer[end + 4 :]
        piece = await anext(body, None)
        if piece is None or len(buffer) > MAX_HEADERS:
            raise MalformedMultipart("the answer has no part")
        buffer += piece
