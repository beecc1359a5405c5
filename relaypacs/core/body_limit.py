"""Bounds every request body, before anything gathers it in memory."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimitMiddleware:
    """Refuses a body that is, or turns out to be, larger than `limit` bytes: 413, as a problem document."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = 0
        announced = Headers(scope=scope).get("content-length", "")
        is_refused = announced.isdigit() and int(announced) > self.limit

        async def bounded_receive() -> Message:
            nonlocal seen
            if not is_refused:
                message = await receive()
                seen += len(message.get("body", b""))
                if seen <= self.limit:
                    return message
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {self.limit} bytes.")

        await self.app(scope, bounded_receive, send)
