"""No page of another origin may call the API, unless its origin was named; and then without cookies."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from relaypacs.app import create_app
from relaypacs.core.settings import Settings

PORTAL, STRANGER = "https://portal.example", "https://portal.example.evil"
CHUNK = "/api/v1/upload/7/chunk"
NEEDED_FOR_A_CHUNK = "content-encoding, content-md5, content-type, x-upload-token"


def made(folder: Path, origins: str) -> FastAPI:
    app = create_app(Settings(data_dir=folder, web_dir=folder, cors_origins=origins))

    @app.post("/api/v1/unforeseen")
    async def unforeseen() -> None:
        raise ZeroDivisionError

    return app


def client_of(app: FastAPI, origin: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway", headers={"Origin": origin})


def asked_first(method: str, headers: str) -> dict[str, str]:
    return {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}


def cors_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_nothing_is_open_by_default(tmp_path: Path) -> None:
    async with client_of(made(tmp_path, ""), PORTAL) as client:
        answers = [
            await client.get("/health/live"),
            await client.get("/"),
            await client.post("/api/v1/unforeseen"),
            await client.options(CHUNK, headers=asked_first("PUT", NEEDED_FOR_A_CHUNK)),
        ]
    assert [cors_headers(answer) for answer in answers] == [{}] * 4
    assert answers[-1].status_code == 405


async def test_a_named_origin_may_send_a_chunk(tmp_path: Path) -> None:
    async with client_of(made(tmp_path, f"https://other.example,{PORTAL}"), PORTAL) as client:
        answer = await client.options(CHUNK, headers=asked_first("PUT", NEEDED_FOR_A_CHUNK))
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/health/live", 200), ("GET", "/api/v1/nothing", 404), ("POST", "/api/v1/unforeseen", 500)],
)
async def test_a_named_origin_reads_every_answer_also_that_of_a_fault(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with client_of(made(tmp_path, PORTAL), PORTAL) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert cors_headers(answer) == {
        "access-control-allow-origin": PORTAL,
        "access-control-expose-headers": "X-Trace-Id, ETag, Location, Retry-After",
    }
    assert "Origin" in answer.headers["Vary"]


async def test_any_other_origin_stays_outside(tmp_path: Path) -> None:
    async with client_of(made(tmp_path, PORTAL), STRANGER) as client:
        preflight = await client.options(CHUNK, headers=asked_first("PUT", NEEDED_FOR_A_CHUNK))
        answer = await client.get("/health/live")
    assert preflight.status_code == 400
    for each in (preflight, answer):
        assert "Access-Control-Allow-Origin" not in each.headers
