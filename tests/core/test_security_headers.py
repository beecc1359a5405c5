"""Every answer, of whatever kind, tells the browser what it may do with it; each header once."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from relaypacs.app import MAX_BODY_BYTES, create_app
from relaypacs.core.security_headers import API_PATHS, API_POLICY, EVERYWHERE, PAGE_POLICY
from relaypacs.core.settings import Settings
from tests.servers.gateway import PASSWORD, USERNAME, Gateway, running_gateway

YEAR = "public, max-age=31536000, immutable"
TOKEN = "5d1f0c9ab37e48216b7f30e2c4d8a95f"
HSTS = "max-age=63072000; includeSubDomains"

ANSWERS_TO_PROGRAMS = [
    ("GET", "/health/live", 200),
    ("GET", "/metrics", 401),
    ("GET", "/openapi.json", 200),
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/problems/nothing", 404),
    ("DELETE", "/api/v1/auth/login", 405),
    ("POST", "/api/v1/count?number=many", 400),
    ("POST", "/api/v1/unforeseen", 500),
    ("POST", "/api/v1/in-a-middleware", 500),
]
ANSWERS_TO_PEOPLE = [
    ("GET", "/", 200, "no-cache"),
    ("GET", "/uploads/7", 200, "no-cache"),
    ("GET", "/favicon.svg", 200, "no-cache"),
    ("GET", "/sw.js", 200, "no-cache"),
    ("GET", "/manifest.webmanifest", 200, "no-cache"),
    ("GET", "/docs", 200, "no-cache"),
    ("GET", "/docs-ui/start.js", 200, "no-cache"),
    ("GET", "/docs-ui/missing.js", 404, "no-cache"),
    ("GET", "/docs/oauth2-redirect", 404, "no-cache"),
    ("GET", "/assets/app-D5aTwQJT.js", 200, YEAR),
    ("GET", "/assets/missing.js", 404, "no-cache"),
    ("POST", "/", 405, "no-cache"),
]


FILES = (
    "index.html",
    "favicon.svg",
    "sw.js",
    "manifest.webmanifest",
    "assets/app-D5aTwQJT.js",
    "assets/inter-Dx4kXJAl.woff2",
    "docs-ui/index.html",
    "docs-ui/start.js",
)
SERVICE_WORKER = Path(__file__).parents[2] / "web" / "src" / "sw.ts"


class FailingMiddleware:
    """Fails before the application is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/api/v1/in-a-middleware":
            raise ZeroDivisionError
        await self.app(scope, receive, send)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder as the web app's build leaves it."""
    for name in FILES:
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "web"


@pytest.fixture
def app(web: Path) -> FastAPI:
    app = create_app(Settings(data_dir=web.parent / "data", web_dir=web, metrics_token=SecretStr(TOKEN)))
    app.add_middleware(FailingMiddleware)

    @app.post("/api/v1/count")
    async def count(number: int) -> int:
        return number

    @app.post("/api/v1/unforeseen")
    async def unforeseen() -> None:
        raise ZeroDivisionError

    return app


def client_of(app: FastAPI, address: str = "http://gateway") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=address)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


def says(answer: httpx.Response, policy: str, caching: str) -> None:
    expected = {**EVERYWHERE, "Content-Security-Policy": policy, "Cache-Control": caching}
    assert {name: answer.headers.get_list(name) for name in expected} == {
        name: [value] for name, value in expected.items()
    }


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS_TO_PROGRAMS)
async def test_what_programs_read_is_neither_shown_nor_kept(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    says(answer, API_POLICY, "no-store")


async def test_a_body_that_is_too_large_is_refused_with_them(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/login", content=bytes(MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    says(answer, API_POLICY, "no-store")


@pytest.mark.parametrize(("method", "path", "status", "caching"), ANSWERS_TO_PEOPLE)
async def test_pages_and_their_files_run_nothing_foreign(
    client: httpx.AsyncClient, method: str, path: str, status: int, caching: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    says(answer, PAGE_POLICY, caching)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/assets/app-D5aTwQJT.js", "text/javascript; charset=utf-8"),
        ("/assets/inter-Dx4kXJAl.woff2", "font/woff2"),
    ],
)
async def test_what_browsers_install_has_its_own_type(client: httpx.AsyncClient, path: str, media_type: str) -> None:
    assert (await client.get(path)).headers["Content-Type"] == media_type


async def test_a_service_worker_that_is_not_there_is_no_page(web: Path, client: httpx.AsyncClient) -> None:
    for name in ("sw.js", "manifest.webmanifest"):
        (web / name).unlink()
        assert (await client.get(f"/{name}")).status_code == 404


@pytest.mark.parametrize("path", [*API_PATHS, "/docs", "/docs-ui/start.js", "/health", "/problems"])
def test_the_service_worker_leaves_to_the_gateway_what_is_the_gateways(path: str) -> None:
    source = SERVICE_WORKER.read_text()
    _, _, listed = source.partition("const SERVER_PATHS = [")
    patterns = re.findall(r"^  /(.+)/,$", listed.partition("];")[0], re.MULTILINE)
    assert any(re.search(pattern.replace(r"\/", "/"), path) for pattern in patterns)
    assert not any(re.search(pattern.replace(r"\/", "/"), "/uploads/7") for pattern in patterns)


async def test_a_file_that_is_still_the_same_has_them_too(client: httpx.AsyncClient) -> None:
    path = "/assets/app-D5aTwQJT.js"
    known = (await client.get(path)).headers["ETag"]
    answer = await client.get(path, headers={"If-None-Match": known})
    assert answer.status_code == 304
    says(answer, PAGE_POLICY, YEAR)


async def test_a_web_app_that_was_not_built_says_so_at_both_addresses(tmp_path: Path) -> None:
    async with client_of(create_app(Settings(data_dir=tmp_path, web_dir=tmp_path))) as client:
        for path in ("/", "/docs"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "make web" in answer.text
            says(answer, PAGE_POLICY, "no-cache")
        assert (await client.get("/docs-ui/start.js")).status_code == 404
        assert (await client.get("/redoc")).text == (await client.get("/")).text


@pytest.mark.parametrize("policy", [PAGE_POLICY, API_POLICY])
def test_no_policy_lets_inline_code_or_a_frame_in(policy: str) -> None:
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy.split("; ")


@pytest.mark.parametrize("path", ["/", "/health/live", "/api/v1/nothing", "/assets/app-D5aTwQJT.js"])
async def test_only_https_says_that_it_will_stay_https(app: FastAPI, path: str) -> None:
    async with client_of(app) as plain, client_of(app, "https://gateway") as encrypted:
        assert "Strict-Transport-Security" not in (await plain.get(path)).headers
        assert (await encrypted.get(path)).headers.get_list("Strict-Transport-Security") == [HSTS]


async def test_an_unforeseen_error_over_https_says_it_too(app: FastAPI) -> None:
    async with client_of(app, "https://gateway") as client:
        answer = await client.post("/api/v1/unforeseen")
    assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (500, HSTS)


@pytest.fixture(scope="module", params=["127.0.0.1", ""], ids=["trusted", "untrusted"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, bool]]:
    """A real server, and whether it trusts a proxy on this machine."""
    with running_gateway(tmp_path_factory.mktemp("served") / "data", TRUSTED_PROXIES=request.param) as gateway:
        yield gateway, bool(request.param)


def test_a_trusted_proxy_says_whether_it_was_https(served: tuple[Gateway, bool]) -> None:
    gateway, is_trusted = served
    answer = httpx.get(f"{gateway.address}/health/live", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer.headers) is is_trusted
    assert "Strict-Transport-Security" not in httpx.get(f"{gateway.address}/health/live").headers
    says(answer, API_POLICY, "no-store")


def test_a_stream_of_events_has_them(served: tuple[Gateway, bool]) -> None:
    api = f"{served[0].address}/api/v1"
    credentials = {"username": USERNAME, "password": PASSWORD}
    token = httpx.post(f"{api}/auth/login", json=credentials).raise_for_status().json()["access_token"]
    with httpx.stream("GET", f"{api}/notifications/stream", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        says(answer, API_POLICY, "no-store")
