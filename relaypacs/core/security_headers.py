"""Puts on every answer what a browser must know before it trusts it (CSP Level 3, RFC 6797, RFC 9111, Fetch 3.7)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What programs read: nothing here is ever shown as a page, or kept by a cache.
API_PATHS = ("/api/", "/dicom-web/", "/health/", "/metrics", "/openapi.json", "/problems/")

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
SWITCHED_OFF = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in SWITCHED_OFF),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}

RawHeaders = tuple[tuple[bytes, bytes], ...]


def _raw(headers: dict[str, str]) -> RawHeaders:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


# Made once: the acknowledgement of a chunk pays for one lookup and one list.
_PAGE = _raw({"Content-Security-Policy": PAGE_POLICY, **EVERYWHERE})
_API = _raw({"Content-Security-Policy": API_POLICY, **EVERYWHERE})
_CACHE = b"cache-control"
_NO_CACHE, _NO_STORE = (_CACHE, b"no-cache"), (_CACHE, b"no-store")
_BY_PLACE: dict[tuple[bool, bool], RawHeaders] = {
    (False, False): _PAGE,
    (False, True): _PAGE + _raw(HSTS),
    (True, False): _API,
    (True, True): _API + _raw(HSTS),
}


class SecurityHeadersMiddleware:
    """Adds the headers to every HTTP answer of `app`, and Cache-Control where the answer has none of its own.

    It belongs around everything else, so that what other middlewares answer has them too. HSTS is said only over
    https (RFC 6797 7.2), which behind a proxy is what a trusted one says of its client's connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for_programs = scope["path"].startswith(API_PATHS)
        added = _BY_PLACE[for_programs, scope["scheme"] == "https"]
        caching = _NO_STORE if for_programs else _NO_CACHE

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                if not any(name.lower() == _CACHE for name, _ in own):
                    own.append(caching)
                message["headers"] = [*own, *added]
            await send(message)

        await self.app(scope, receive, send_with_headers)
