"""Bounds every request body, in size and in time, before anything gathers it in memory."""

import asyncio
import time
from http import HTTPStatus
from sys import maxsize

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A body that brings less than this in that time stands still: 2 kbit/s, where the worst links bring 64.
PROGRESS_BYTES = 16 * 1024
PATIENCE_SECONDS = 60.0


class BodyLimitMiddleware:
    """Refuses a body larger than `limit` bytes (413), and one that stands still (408), as problem documents.

    A body below one of the `streamed` paths may have any size: whoever takes it gathers nothing.
    """

    def __init__(self, app: ASGIApp, limit: int, streamed: tuple[str, ...] = ()) -> None:
        self.app = app
        self.limit = limit
        self.streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        limit = maxsize if self.streamed and scope["path"].startswith(self.streamed) else self.limit
        is_refused = announced.isdigit() and int(announced) > limit
        await self.app(scope, _BoundedBody(receive, limit, is_refused=is_refused), send)


class _BoundedBody:
    """One request's `receive`. Errors are the framework's own: FastAPI takes any other for a malformed body."""

    def __init__(self, receive: Receive, limit: int, *, is_refused: bool) -> None:
        self._receive = receive
        self._limit = limit
        self._is_refused = is_refused
        self._seen = 0
        self._ended = False
        self._waited, self._gained = 0.0, 0  # since the body last made progress

    async def __call__(self) -> Message:
        if self._is_refused:
            raise self._too_large()
        if self._ended:
            return await self._receive()  # waits for the client to go away
        message = await self._next()
        size = len(message.get("body", b""))
        self._seen += size
        if self._seen > self._limit:
            raise self._too_large()
        self._gained += size
        if self._gained >= PROGRESS_BYTES:
            self._waited, self._gained = 0.0, 0
        self._ended = not message.get("more_body", False)
        return message

    async def _next(self) -> Message:
        """Wait for the next piece. Only this waiting counts, not what we do with a piece."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS - self._waited):
                return await self._receive()
        except TimeoutError:
            # RFC 9110 15.5.9: the connection is closed, so that the rest of the body holds nothing either.
            detail = f"Fewer than {PROGRESS_BYTES} bytes of the body came in {PATIENCE_SECONDS:.0f} seconds."
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, detail, {"Connection": "close"}) from None
        finally:
            self._waited += time.monotonic() - began

    def _too_large(self) -> HTTPException:
        return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {self._limit} bytes.")
