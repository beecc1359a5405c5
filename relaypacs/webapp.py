"""Serves the built web app at `/`, and at `/docs` the API's description, with a viewer of our own files."""

import mimetypes
import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
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


class HashedFiles(StaticFiles):
    """Files whose names change with their content: whoever has one never asks for it again."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOR_A_YEAR
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
    async def docs() -> Response:
        return _page_or(root / "docs-ui" / "index.html", DOCS_NOT_BUILT)

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith(RESERVED):
            raise NotFound("There is nothing at this address.")
        if file := _file_in(root, path):
            return FileResponse(file)
        if path in INSTALLED:
            raise NotFound("The web app has not been built.")
        return _page_or(root / "index.html", NOT_BUILT)


def _page_or(page: Path, notice: str) -> Response:
    """Return the page, or the notice while it has not been built."""
    return FileResponse(page) if page.is_file() else HTMLResponse(notice)


def _file_in(root: Path, path: str) -> Path | None:
    """Return the file of the app at this address, None when there is none or the address can be no file's name."""
    try:
        file = (root / path).resolve()
        return file if path and root in file.parents and file.is_file() else None
    except (OSError, ValueError):  # a name that is too long, or with a NUL in it
        return None
