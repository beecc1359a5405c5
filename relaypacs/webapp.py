"""Serves the built web app at `/`, with headers that let nothing else run in it."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from relaypacs.core.errors import NotFound

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
RESERVED = ("api/", "health/", "metrics", "docs", "openapi.json", "problems/")
NOT_BUILT = (
    "<!doctype html><html lang=en><title>RelayPACS</title><h1>RelayPACS Gateway</h1>"
    "<p>The API is running. The web app has not been built: run <code>make web</code>.</p></html>"
)


def mount_web_app(app: FastAPI, folder: Path) -> None:
    """Answer every address that is not the API's with a file of the app, or with its page."""
    root = folder.resolve()
    assets = root / "assets"
    if assets.is_dir():
        app.mount("/assets", StaticFiles(directory=assets), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith(RESERVED):
            raise NotFound("There is nothing at this address.")
        file = (root / path).resolve()
        if path and root in file.parents and file.is_file():
            return FileResponse(file, headers=SECURITY_HEADERS)
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, headers=SECURITY_HEADERS)
        return FileResponse(index, headers=SECURITY_HEADERS)
