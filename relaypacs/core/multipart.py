"""Reads the parts of a multipart body (RFC 2046 5.1) as they come in, however large they are."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.message import Message
from re import fullmatch

MAX_PREAMBLE = 64 * 1024
MAX_HEADERS = 16 * 1024
MAX_PADDING = 256
BOUNDARY = r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]"
LINE_END = b"\r\n"


class MultipartMalformed(Exception):
    """The body is not what its Content-Type promises, or ends before its last boundary."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, with its parameters (RFC 9110 8.3.1)."""

    name: str
    parameters: Mapping[str, str]


def media_type(header: str) -> MediaType:
    """Read a Content-Type. What can't be read has no name."""
    message = Message()
    message["Content-Type"] = header
    written = message.get_params(failobj=[("", "")]) if header else [("", "")]
    return MediaType(written[0][0].lower(), {name.lower(): value for name, value in written[1:]})


def boundary_of(kind: MediaType) -> bytes:
    """Return the boundary. Raises MultipartMalformed when there is none, or one that can't be (RFC 2046 5.1.1)."""
    boundary = kind.parameters.get("boundary", "")
    if not fullmatch(BOUNDARY, boundary):
        raise MultipartMalformed("The Content-Type has no boundary, or not a legal one.")
    return boundary.encode()


class Part:
    """One part: its headers, names in lower case, and its content, which can be read once."""

    def __init__(self, headers: Mapping[str, str], content: AsyncIterator[bytes]) -> None:
        self.headers = headers
        self.content = content


class MultipartReader:
    """Yields the parts of `body` in their order. What is not read of a part is passed over.

    No more is held back than one piece of the body, and a delimiter. Raises MultipartMalformed, and what `body`
    raises. What follows the last boundary is not read.
    """

    def __init__(self, body: AsyncIterator[bytes], boundary: bytes) -> None:
        self._body = body
        self._delimiter = LINE_END + b"--" + boundary
        self._buffer = bytearray(LINE_END)  # the first delimiter may stand at the very start
        self._is_last = False

    async def parts(self) -> AsyncIterator[Part]:
        before = 0
        async for piece in self._until_delimiter():
            before += len(piece)
            if before > MAX_PREAMBLE:
                raise MultipartMalformed("The body does not begin with its boundary.")
        while not self._is_last:
            headers = await self._headers()
            content = self._until_delimiter()
            yield Part(headers, content)
            async for _ in content:
                pass

    async def _until_delimiter(self) -> AsyncIterator[bytes]:
        """Yield what comes before the next delimiter, and read that too."""
        searched = 0
        while True:
            found = self._buffer.find(self._delimiter, searched)
            if found < 0:
                safe = max(0, len(self._buffer) - len(self._delimiter) + 1)
                if safe:
                    yield self._take(safe)
                searched = 0
                await self._more()
                continue
            if found:
                yield self._take(found)
            if await self._ends_delimiter():
                return
            searched = 1  # a line of the content that only begins like a delimiter

    async def _ends_delimiter(self) -> bool:
        """Read the rest of the delimiter's line, at whose beginning the buffer stands. False when it is content."""
        size = len(self._delimiter)
        while len(self._buffer) < size + 2:
            await self._more()
        if self._buffer[size : size + 2] == b"--":
            self._is_last = True
            del self._buffer[:]
            return True
        while (end := self._buffer.find(LINE_END, size)) < 0 and not self._is_content(len(self._buffer)):
            await self._more()
        if end < 0 or self._is_content(end):
            return False
        del self._buffer[: end + len(LINE_END)]
        return True

    def _is_content(self, end: int) -> bool:
        """Tell whether what follows the delimiter, up to `end`, is more than the blanks that may stand there."""
        between = bytes(self._buffer[len(self._delimiter) : end]).removesuffix(b"\r")
        return len(between) > MAX_PADDING or bool(between.strip(b" \t"))

    async def _headers(self) -> Mapping[str, str]:
        """Read the headers of a part and the empty line behind them."""
        lines: dict[str, str] = {}
        size = 0
        while True:
            while (end := self._buffer.find(LINE_END)) < 0:
                if size + len(self._buffer) > MAX_HEADERS:
                    raise MultipartMalformed("The headers of a part are too long.")
                await self._more()
            line = bytes(self._take(end + len(LINE_END))[: -len(LINE_END)])
            size += len(line) + len(LINE_END)
            if not line:
                return lines
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or size > MAX_HEADERS:
                raise MultipartMalformed("The headers of a part can't be read.")
            lines[name.strip().lower()] = value.strip()

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _more(self) -> None:
        piece = await anext(self._body, None)
        if piece is None:
            raise MultipartMalformed("The body ends before its last boundary.")
        self._buffer += piece
