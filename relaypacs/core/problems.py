"""Turns every error into a problem document (RFC 9457), and gives every request its trace id."""

import time
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relaypacs.core.errors import (
    BodyTooLarge,
    BodyTooSlow,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    RelayError,
)
from relaypacs.core.tracing import NOTHING, Span, request_span

MEDIA_TYPE = "application/problem+json"
TRACE_HEADER = "X-Trace-Id"
TRACED = ("/api/", "/dicom-web/")
STREAM = "/api/v1/notifications/stream"
log = structlog.get_logger(__name__)


def problem(request: Request, error: RelayError) -> JSONResponse:
    """Return the error as a problem document, with the request's trace id.

    The header is set here too: the answer to an unforeseen error does not pass through TraceMiddleware.
    """
    trace_id = request.scope.get("trace_id", "")
    body = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request.url.path,
        "trace_id": trace_id,
        **error.facts,
    }
    return JSONResponse(body, error.status, headers={**error.headers, TRACE_HEADER: trace_id}, media_type=MEDIA_TYPE)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer named errors, the framework's own and unforeseen ones, all in the same form."""

    @app.exception_handler(RelayError)
    async def named(request: Request, error: RelayError) -> JSONResponse:
        log_at = log.error if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else log.info
        log_at("request_refused", code=error.code, status=error.status)
        return problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(request, _validation(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(request, _from_framework(error))

    @app.exception_handler(ClientDisconnect)
    async def hung_up(request: Request, _error: ClientDisconnect) -> JSONResponse:
        # Links that drop are everyday here. Nobody reads this answer; without it the log would tell of a fault.
        log.info("client_hung_up", route=_route(request.scope))
        return problem(request, InvalidRequest("The connection ended before the body did."))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, _error: Exception) -> JSONResponse:
        # TraceMiddleware has logged it with its stack; the reader gets nothing of the inside.
        return problem(request, InternalError("An unexpected error occurred. Please try again later."))


def _validation(error: RequestValidationError) -> InvalidRequest:
    """Say what is wrong where, without repeating the value, which may be patient data."""
    errors = [
        {
            "pointer": "/" + "/".join(str(part) for part in item["loc"]),
            "detail": str(item["msg"]).removeprefix("Value error, "),
        }
        for item in error.errors()
    ]
    first = errors[0] if errors else {"pointer": "/", "detail": "invalid"}
    return InvalidRequest(f"{first['detail']} ({first['pointer']})", errors=errors)


def _from_framework(error: HTTPException) -> RelayError:
    headers = dict(error.headers or {})
    known: dict[int, type[RelayError]] = {
        HTTPStatus.BAD_REQUEST: InvalidRequest,
        HTTPStatus.NOT_FOUND: NotFound,
        HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
        HTTPStatus.REQUEST_TIMEOUT: BodyTooSlow,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: BodyTooLarge,
    }
    details = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method.",
    }
    kind = known.get(error.status_code, InternalError)
    return kind(details.get(HTTPStatus(error.status_code), str(error.detail)), headers=headers)


class TraceMiddleware:
    """Gives each request a trace id: in the response header, in problem documents and on every log line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with request_span(scope["method"], scope["headers"]) if _is_traced(scope["path"]) else NOTHING as span:
            await self._trace(span, scope, receive, send)

    async def _trace(self, span: Span, scope: Scope, receive: Receive, send: Send) -> None:
        trace_id = scope["trace_id"] = span.trace_id or str(uuid4())
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        started = time.perf_counter()
        status = 0

        async def send_with_trace(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[TRACE_HEADER] = trace_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_trace)
        except Exception:
            log.exception("request_failed", method=scope["method"], route=_route(scope))
            raise
        finally:
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            span.answered(_route(scope), status or HTTPStatus.INTERNAL_SERVER_ERROR)
            log.debug("request", method=scope["method"], route=_route(scope), status=status, duration_ms=elapsed)
            structlog.contextvars.unbind_contextvars("trace_id")


def _is_traced(path: str) -> bool:
    """Leave out what is asked all the time, or lasts for hours."""
    return path.startswith(TRACED) and path != STREAM


def _route(scope: dict[str, Any] | Scope) -> str:
    """Return the route's template, which holds no identifier, instead of the path."""
    return getattr(scope.get("route"), "path", "(none)")
