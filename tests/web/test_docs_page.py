"""`/docs` in a real browser: all of the API, from this server alone, under the policy of every page."""

from pathlib import Path

import httpx

from tests.servers import chromium, require
from tests.servers.gateway import running_gateway
from tests.web.pages import is_clean

METHODS = ("get", "put", "post", "patch", "delete")


def test_the_description_shows_every_operation_and_asks_nobody_else(tmp_path: Path) -> None:
    require(chromium)
    with running_gateway(tmp_path / "data", WEB_DIR=str(chromium.WEB / "dist")) as gateway:
        described = httpx.get(f"{gateway.address}/openapi.json").raise_for_status().json()["paths"]
        server = f"http://gateway.example:{gateway.port}"
        seen = chromium.drive("docs-page.mjs", server)
    expected = {f"{method.upper()} {path}" for path, item in described.items() for method in METHODS if method in item}
    assert expected
    assert set(seen["operations"]) == expected
    is_clean(seen, server)
