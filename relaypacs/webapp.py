"""Serves the built web app at `/`, and at `/docs` the API's description, with a viewer of our own files."""

import mimetypes
import os
from contextlib import suppress
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from relaypacs.core.errors import NotFound
from relaypacs.core.security_headers import API_PATHS

RESERVED = (*(path.removeprefix("/") for path in API_PATHS), "docs")
FOR_A_YEAR = "public, max-age=31536000, immutable"  # RFC 8246
# Said here, since what Python guesses depends on the machine, and browsers install a service worker or an app from
# nothing else.
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# What browsers ask for by themselves: they must not get the app's page while it is not there.
INSTALLED = ("sw.js", "manifest.webmanifest")
NOT_BUILT = (
    "<!doctype html><html lang=en><title>RelayPACS</title><h1>RelayPACS Gateway</h1>"
    "<p>The API is running. The web app has not been built: run <code>make web</code>.</p></html>"
)
DOCS_NOT_BUILT = (
    "<!doctype html><html lang=en><title>RelayPACS API</title><h1>RelayPACS Gateway: API</h1>"
    "<p>The description is at <a href=/openapi.json>/openapi.json</a>. Its viewer has not been built: "
    "run <code>make web</code>.</p></html>"
)


# Content codings (RFC 9110, 8.4.1) that the build has made files of, and what these names end with; the smallest first.
CODINGS = {"br": ".br", "gzip": ".gz"}


class HashedFiles(StaticFiles):
    """Files whose names change with their content: whoever has one never asks for it again."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        file = Path(full_path)
        coding = _coding(file, Headers(scope=scope))
        sent = _coded(file, coding)
        response = super().file_response(sent, sent.stat() if coding else stat_result, scope, status_code)
        response.headers.update({"Cache-Control": FOR_A_YEAR, **_description(file, coding)})
        return response


def mount_web_app(app: FastAPI, folder: Path) -> None:
    """Answer every address that is not the API's with a file of the app, or with its page."""
    root = folder.resolve()
    for suffix, media_type in MEDIA_TYPES.items():
        mimetypes.add_type(media_type, suffix)
    if (root / "assets").is_dir():
        app.mount("/assets", HashedFiles(directory=root / "assets"), name="assets")
    if (root / "docs-ui").is_dir():
        app.mount("/docs-ui", StaticFiles(directory=root / "docs-ui"), name="docs-ui")

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return _page_or(root / "docs-ui" / "index.html", DOCS_NOT_BUILT, request.headers)

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str, request: Request) -> Response:
        if path.startswith(RESERVED):
            raise NotFound("There is nothing at this address.")
        if file := _file_in(root, path):
            return _file(file, request.headers)
        if path in INSTALLED:
            raise NotFound("The web app has not been built.")
        return _page_or(root / "index.html", NOT_BUILT, request.headers)


def _page_or(page: Path, notice: str, request: Headers) -> Response:
    """Return the page, or the notice while it has not been built."""
    return _file(page, request) if page.is_file() else HTMLResponse(notice)


def _file(file: Path, request: Headers) -> Response:
    coding = _coding(file, request)
    return FileResponse(_coded(file, coding), headers=_description(file, coding))


def _coding(file: Path, request: Headers) -> str | None:
    """Return the best coding that the request accepts and the build has made; never one older than the file itself."""
    accepted = _accepted(request.get("accept-encoding", ""))
    made_at = file.stat().st_mtime_ns
    for coding in CODINGS:
        if coding in accepted:
            with suppress(FileNotFoundError):
                if _coded(file, coding).stat().st_mtime_ns >= made_at:
                    return coding
    return None


def _accepted(field: str) -> set[str]:
    """Return the codings that an Accept-Encoding names (RFC 9110, 12.5.3) and does not refuse."""
    accepted = set()
    for element in field.lower().split(","):
        coding, _, weight = element.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            accepted.add(coding)
    return accepted


def _coded(file: Path, coding: str | None) -> Path:
    return file.with_name(file.name + CODINGS[coding]) if coding else file


def _description(file: Path, coding: str | None) -> dict[str, str]:
    """Return what has to be said of a file however it is coded: proxies keep it by what was accepted."""
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    described = {"Content-Type": media_type, "Vary": "Accept-Encoding"}
    return {**described, "Content-Encoding": coding} if coding else described


def _file_in(root: Path, path: str) -> Path | None:
    """Return the file of the app at this address, None when there is none or the address can be no file's name."""
    try:
        file = (root / path).resolve()
        return file if path and root in file.parents and file.is_file() else None
    except (OSError, ValueError):  # a name that is too long, or with a NUL in it
        return None
