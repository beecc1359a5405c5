"""Traces, as a collector of OpenTelemetry gets them: from the request that brings a chunk to the call of the PACS."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path

import pytest
from taskiq import BrokerMessage, InMemoryBroker

from relaypacs.adapters.pacs.dicomweb_session import DicomwebSession
from relaypacs.adapters.wakeups.base import Task
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.clock import new_id
from relaypacs.core.settings import Settings
from relaypacs.core.tracing import carrier, span, start_tracing, stop_tracing
from relaypacs.worker import CarriedTrace
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN
from tests.conftest import running_gateway
from tests.servers.receiver import Receiver, receiving
from tests.servers.watchers import OTLP_PATH, SeenSpan, seen_spans

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{PARENT}-00f067aa0ba902b7-01"
OFF = """
import sys, relaypacs.app
print(*{"opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf", "sentry_sdk"} & set(sys.modules))
"""
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.status = 200
        yield receiver


@pytest.fixture
def traced(settings: Settings, collector: Receiver) -> Settings:
    return settings.model_copy(update={"otel_endpoint": collector.address})


class Trace:
    """The spans that belong together, by name."""

    def __init__(self, spans: list[SeenSpan], trace_id: str) -> None:
        self.spans = [span for span in spans if span.trace_id == trace_id]
        self.by_id = {span.span_id: span for span in self.spans}

    def one(self, name: str) -> SeenSpan:
        return next(span for span in self.spans if span.name == name)

    def way(self, name: str) -> list[str]:
        """Return the names from the root to a span."""
        names, span = [], self.one(name)
        while span:
            names.insert(0, span.name)
            span = self.by_id.get(span.parent_id)  # type: ignore[assignment]
        return names


@on_sqlite_only
async def test_a_trace_leads_from_the_last_chunk_to_the_pacs(
    settings: Settings, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")  # the framework's own, which says too much
    files = make_study(1)
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        upload = await gateway.open(files, metadata={"service_level": "stat"})
        sent = await gateway.put(upload, upload.files[0]["file_id"], 0, files[0][1])
        completed = await gateway.complete(upload)
        assert completed.json()["stage"] == "verified"
        failed = await gateway.http.get("/upload/00000000-0000-7000-8000-000000000000")
        await gateway.http.get("http://gateway/health/ready")
    assert {arrival.path for arrival in collector.arrivals} == {OTLP_PATH}
    spans = seen_spans(collector.arrivals)

    chunk = Trace(spans, sent.headers["X-Trace-Id"])
    assert chunk.way("task check_upload") == ["PUT /upload/{upload_id}/chunk", "task check_upload"]
    request = chunk.one("PUT /upload/{upload_id}/chunk")
    assert (request.kind, request.parent_id, request.is_error) == ("SERVER", "", False)
    assert request.attributes == {
        "http.request.method": "PUT",
        "http.route": "/upload/{upload_id}/chunk",
        "http.response.status_code": 200,
    }
    assert request.resource["service.name"] == "relaypacs"
    stored = [span for span in spans if span.name == "pacs store"]
    assert len(stored) == 1
    delivered = Trace(spans, stored[0].trace_id)
    assert delivered.way("pacs store")[0] in (request.name, "POST /upload/{upload_id}/complete")
    assert delivered.way("pacs store")[-3:] == ["task deliver", "delivery", "pacs store"]
    assert stored[0].kind == "CLIENT"
    assert stored[0].attributes == {"relaypacs.pacs.kind": "folder"}
    delivery = next(span for span in delivered.spans if span.attributes.get("relaypacs.outcome") == "verified")
    assert delivery.attributes["relaypacs.upload_id"] == upload.upload_id

    assert failed.json()["trace_id"] == failed.headers["X-Trace-Id"]
    refused = Trace(spans, failed.json()["trace_id"]).one("GET /upload/{upload_id}")
    assert (refused.attributes["http.response.status_code"], refused.is_error) == (404, False)
    assert not [span.name for span in spans if "health" in span.name]
    assert {span.events for span in spans} == {0}, "an event would be an exception, with its words"


@on_sqlite_only
async def test_the_senders_trace_goes_on_here_and_in_the_peers(traced: Settings, collector: Receiver) -> None:
    async with running_gateway(traced) as gateway:
        followed = await gateway.http.get("/auth/me", headers={"traceparent": TRACEPARENT, "tracestate": "a=b"})
        wrong = await gateway.http.get("/auth/me", headers={"traceparent": "00-not-a-trace-01"})
        assert len(wrong.headers["X-Trace-Id"]) == 32
    assert followed.headers["X-Trace-Id"] == PARENT
    (request,) = Trace(seen_spans(collector.arrivals), PARENT).spans
    assert request.parent_id == "00f067aa0ba902b7"

    with traced_here(traced):
        with span("delivery") as delivery:
            await ask(collector)
        await ask(collector)
    within, without = (arrival for arrival in collector.arrivals if arrival.path == "/studies")
    assert within.headers["traceparent"].split("-")[1] == delivery.trace_id
    assert "traceparent" not in without.headers


@contextmanager
def traced_here(settings: Settings) -> Iterator[None]:
    start_tracing(settings)
    try:
        yield
    finally:
        stop_tracing()


async def ask(peer: Receiver) -> None:
    session = DicomwebSession(peer.address, "", "")
    await session.ask("POST", "/studies", {"Accept": "application/dicom+json"})
    await session.close()


@on_sqlite_only
async def test_each_upload_is_followed_in_its_own_trace_though_they_share_a_commit(
    traced: Settings, collector: Receiver
) -> None:
    studies = [make_study(1, seed=seed) for seed in range(4)]
    async with running_gateway(traced) as gateway:
        await gateway.sign_in(ADMIN)
        uploads = [await gateway.open(files) for files in studies]
        chunks = zip(uploads, studies, strict=True)
        sent = await asyncio.gather(*(gateway.put(up, up.files[0]["file_id"], 0, files[0][1]) for up, files in chunks))
    spans = seen_spans(collector.arrivals)
    for upload, answer in zip(uploads, sent, strict=True):
        check = Trace(spans, answer.headers["X-Trace-Id"]).one("task check_upload")
        assert check.attributes == {"relaypacs.key": upload.upload_id}


class Elsewhere(InMemoryBroker):
    """Delivers messages as to another process: with nothing but what is in them."""

    async def kick(self, message: BrokerMessage) -> None:
        await asyncio.create_task(super().kick(message), context=Context())


async def test_a_message_carries_the_trace_to_another_process(collector: Receiver, tmp_path: Path) -> None:
    seen: asyncio.Queue[str] = asyncio.Queue()
    broker = Elsewhere()
    broker.add_middlewares(CarriedTrace())

    async def run(key: str) -> None:  # noqa: ARG001 - every task has one
        await seen.put(carrier().get("traceparent", ""))

    broker.register_task(run, task_name=Task.DELIVER)
    with traced_here(Settings(data_dir=tmp_path, otel_endpoint=collector.address)):
        with span("request") as request:
            await BrokerWakeups(broker).wake(Task.DELIVER, new_id())
        async with asyncio.timeout(5):
            assert (await seen.get()).split("-")[1:2] == [request.trace_id]
            await BrokerWakeups(broker).wake(Task.DELIVER, new_id())
            assert await seen.get() == ""


def test_without_the_settings_nothing_is_loaded() -> None:
    loaded = subprocess.run([sys.executable, "-c", OFF], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
