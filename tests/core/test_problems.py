"""Every error is a problem document with a trace id, the framework's own errors and the unforeseen ones too."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import BaseModel, Field
from structlog.testing import capture_logs

from relaypacs.app import MAX_BODY_BYTES, create_app
from relaypacs.core.body_limit import BodyLimitMiddleware
from relaypacs.core.errors import DatabaseUnavailable, RelayError
from relaypacs.core.problems import TraceMiddleware, install_problem_handlers
from relaypacs.core.settings import Settings
from tests.builders.problems import is_problem

CANARY = "CANARY^PATIENT"


class Teapot(RelayError):
    status, code, title = 418, "teapot", "Teapot"


class Order(BaseModel):
    name: str = Field(max_length=3)
    cups: int


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.fixture
async def faulty() -> AsyncIterator[httpx.AsyncClient]:
    """An application of ours that fails in each way there is."""
    app = FastAPI()
    app.add_middleware(BodyLimitMiddleware, limit=1000)
    app.add_middleware(TraceMiddleware)
    install_problem_handlers(app)

    @app.get("/named")
    async def named() -> None:
        raise Teapot("It is short and stout.", headers={"Retry-After": "7"}, spout="here")

    @app.get("/down")
    async def down() -> None:
        raise DatabaseUnavailable("The database does not answer.")

    @app.get("/unforeseen")
    async def unforeseen() -> None:
        raise ZeroDivisionError(CANARY)

    @app.post("/order")
    async def order(_order: Order) -> None:
        """Take an order."""

    async with client_of(app) as client:
        yield client


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway's own application; nothing here gets as far as its database."""
    async with client_of(create_app(Settings(data_dir=tmp_path, web_dir=tmp_path))) as client:
        yield client


async def test_a_named_error_says_its_status_code_and_facts(faulty: httpx.AsyncClient) -> None:
    answer = await faulty.get("/named")
    body = is_problem(answer, 418, "teapot")
    assert (body["title"], body["detail"], body["spout"]) == ("Teapot", "It is short and stout.", "here")
    assert answer.headers["Retry-After"] == "7"


async def test_an_unforeseen_error_tells_the_log_and_not_the_reader(faulty: httpx.AsyncClient) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        answer = await faulty.get("/unforeseen")
    body = is_problem(answer, 500, "internal-error")
    for inside in (CANARY, "Traceback", "ZeroDivisionError", __file__):
        assert inside not in answer.text
    (line,) = (line for line in lines if line["event"] == "request_failed")
    assert line["trace_id"] == body["trace_id"]
    assert line["exc_info"]


async def test_a_refusal_is_logged_with_the_trace_id_of_the_answer(faulty: httpx.AsyncClient) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        body = is_problem(await faulty.get("/down"), 503, "database-unavailable")
    (line,) = (line for line in lines if line["event"] == "request_refused")
    assert (line["log_level"], line["code"], line["trace_id"]) == ("error", "database-unavailable", body["trace_id"])


async def test_trace_ids_differ_and_do_not_outlive_their_request(faulty: httpx.AsyncClient) -> None:
    first, second = await faulty.get("/named"), await faulty.get("/named")
    assert first.headers["X-Trace-Id"] != second.headers["X-Trace-Id"]
    assert "trace_id" not in structlog.contextvars.get_contextvars()


async def test_validation_is_400_says_where_and_never_repeats_the_value(faulty: httpx.AsyncClient) -> None:
    answer = await faulty.post("/order", json={"name": CANARY, "cups": CANARY})
    body = is_problem(answer, 400, "validation-error")
    assert [error["pointer"] for error in body["errors"]] == ["/body/name", "/body/cups"]
    assert all(error["detail"] for error in body["errors"])
    assert CANARY not in answer.text


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[]", b'"text"', b'{"name": "\\ud800", "cups": 1}'])
async def test_a_body_that_is_no_json_object_is_400(faulty: httpx.AsyncClient, content: bytes) -> None:
    answer = await faulty.post("/order", content=content, headers={"Content-Type": "application/json"})
    is_problem(answer, 400, "validation-error")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_413(faulty: httpx.AsyncClient, *, announced: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(500)

    answer = await faulty.post("/order", content=bytes(1500) if announced else pieces())
    is_problem(answer, 413, "body-too-large")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/problems/x", "/health/dead"])
async def test_an_unknown_address_is_404(real: httpx.AsyncClient, path: str) -> None:
    is_problem(await real.get(path), 404, "not-found")


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/api/v1/auth/login"), ("POST", "/health/live")])
async def test_another_method_is_405_and_says_which_are_allowed(
    real: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await real.request(method, path)
    is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"]


async def test_the_largest_body_is_bounded_on_every_route(real: httpx.AsyncClient) -> None:
    answer = await real.post("/api/v1/auth/login", content=bytes(MAX_BODY_BYTES + 1))
    is_problem(answer, 413, "body-too-large")


async def test_a_good_answer_has_a_trace_id_too(real: httpx.AsyncClient) -> None:
    assert (await real.get("/health/live")).headers["X-Trace-Id"]


@pytest.mark.parametrize("path", ["/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd"])
async def test_odd_addresses_reach_nothing_and_break_nothing(real: httpx.AsyncClient, path: str) -> None:
    answer = await real.get(path)
    assert answer.status_code in (200, 404)
    assert "root:" not in answer.text
