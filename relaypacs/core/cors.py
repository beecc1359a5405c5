"""Which other origins' pages may call the API (Fetch 3.3): none, unless the administrator names them."""

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from relaypacs.core.problems import TRACE_HEADER

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
# What the API reads, and what it says, beyond what browsers always let through.
READ_HEADERS = (
    "Authorization",
    "Content-Digest",
    "Content-Encoding",
    "Content-MD5",
    "Last-Event-ID",
    "X-Upload-Token",
)
SAID_HEADERS = (TRACE_HEADER, "ETag", "Location", "Retry-After")


def open_to(origins: Collection[str], app: ASGIApp) -> ASGIApp:
    """Let pages of these origins call `app`, with a bearer token that they got by signing in, never with cookies."""
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=READ_HEADERS,
        allow_credentials=False,
        expose_headers=SAID_HEADERS,
    )
