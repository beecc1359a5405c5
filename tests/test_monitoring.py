"""`/metrics`: who may read it, what it says when studies have come and gone, and what it leaves out if need be."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import select, text, update
from taskiq import InMemoryBroker

from relaypacs import monitoring
from relaypacs.adapters.wakeups.base import Task
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.reports.models import Report
from relaypacs.infrastructure import build_infrastructure
from relaypacs.monitoring import Monitor
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient, sha256_digest
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

TOKEN = "9f2c4e7a1b8d3f60c5e2a97b4d81f3e6"
TWO_PATIENTS = [("a.dcm", make_dicom(patient_id="PAT-1")), ("b.dcm", make_dicom(patient_id="PAT-2"))]
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Figures:
    """What a scrape says, by name and labels."""

    def __init__(self, text: str) -> None:
        self._samples = {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def __call__(self, metric: str, **labels: str) -> float:
        return self._samples.get((metric, *sorted(labels.items())), 0.0)

    def names(self) -> set[str]:
        return {str(name) for name, *_ in self._samples}


async def scraped(gateway: GatewayClient) -> Figures:
    answer = await gateway.http.get("http://gateway/metrics")
    return Figures(answer.raise_for_status().text)


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "FRESH_SECONDS", -1)


async def test_what_comes_in_and_arrives_is_counted(gateway: GatewayClient) -> None:
    files = make_study(2)
    before = await scraped(gateway)
    upload = await gateway.open(files, metadata={"service_level": "stat"})
    plan, (_, content) = upload.files[0], files[0]
    wrong = await gateway.put(
        upload, plan["file_id"], 0, content, content_digest=sha256_digest(b"other"), content_md5=""
    )
    assert wrong.status_code == 422
    await gateway.put(upload, plan["file_id"], 0, content, zipped=True)
    await gateway.send_chunks(upload, files)
    (await gateway.complete(upload)).raise_for_status()
    after = await scraped(gateway)

    def grown(metric: str, **labels: str) -> float:
        return after(metric, **labels) - before(metric, **labels)

    size = sum(len(content) for _, content in files)
    assert grown("relaypacs_chunks_total", outcome="stored") == 2
    assert grown("relaypacs_chunks_total", outcome="repeated") == 1
    assert grown("relaypacs_chunks_total", outcome="chunk-checksum-mismatch") == 1
    assert grown("relaypacs_chunk_bytes_total") == size
    assert size < grown("relaypacs_chunk_wire_bytes_total") < size + len(content)
    for stage in ("receiving", "received", "delivering", "verified"):
        assert grown("relaypacs_upload_stages_total", stage=stage, service_level="stat") == 1, stage
    assert grown("relaypacs_upload_verified_seconds_count", service_level="stat") == 1
    assert 0 < grown("relaypacs_upload_verified_seconds_sum", service_level="stat") < 30
    assert grown("relaypacs_instance_verdicts_total", verdict="accepted") == 2
    assert grown("relaypacs_deliveries_total", service_level="stat", outcome="verified") >= 1
    assert grown("relaypacs_pacs_sent_bytes_total", kind="folder") == size
    assert grown("relaypacs_pacs_instances_total", kind="folder", outcome="stored") == 2
    assert grown("relaypacs_task_seconds_count", task=Task.SETTLE_UPLOAD.value) >= 1
    assert grown("relaypacs_notifications_total", type="upload_complete") == 1
    assert after("relaypacs_reports_open", service_level="stat") == 1
    assert after("relaypacs_report_target_seconds", service_level="stat") == 3600
    assert after("relaypacs_destinations", health="up") == 1
    assert after("relaypacs_database_up") == 1
    assert after("relaypacs_job_runs_total", name="wake_due", outcome="done") > 0
    assert after("relaypacs_job_interval_seconds", name="synchronise") == 300
    assert after("relaypacs_job_success_timestamp_seconds", name="clean_up") == pytest.approx(time.time(), abs=60)
    assert after("relaypacs_observed_timestamp_seconds") == pytest.approx(time.time(), abs=10)


async def test_what_waits_is_looked_up_when_somebody_asks(gateway: GatewayClient) -> None:
    began = time.monotonic()
    _, answer = await gateway.send(TWO_PATIENTS, metadata={"service_level": "emergency"})
    assert answer.json()["stage"] == "held"
    figures = await scraped(gateway)
    assert figures("relaypacs_uploads", stage="held", service_level="emergency") == 1
    assert figures("relaypacs_uploads", stage="held", service_level="stat") == 0
    age = figures("relaypacs_upload_oldest_age_seconds", stage="held", service_level="emergency")
    assert 0 < age <= time.monotonic() - began
    (await gateway.http.delete(f"/upload/{answer.json()['upload_id']}")).raise_for_status()
    assert (await scraped(gateway))("relaypacs_uploads", stage="held", service_level="emergency") == 0


async def test_reports_that_should_be_ready_are_overdue(gateway: GatewayClient) -> None:
    await gateway.send(make_study(1), metadata={"service_level": "stat"})
    await gateway.send(make_study(1, seed=1), metadata={"service_level": "stat"})
    an_hour_ago = now() - timedelta(hours=1)
    async with gateway.infrastructure.database.write() as session:
        first = await session.scalar(select(Report.id).limit(1))
        late = {"due_at": an_hour_ago, "critical_since": an_hour_ago, "plan_at": now() + timedelta(hours=1)}
        await session.execute(update(Report).where(Report.id == first).values(late))
    figures = await scraped(gateway)
    assert figures("relaypacs_reports_open", service_level="stat") == 2
    assert figures("relaypacs_reports_overdue", service_level="stat") == 1
    assert figures("relaypacs_report_longest_overdue_seconds", service_level="stat") == pytest.approx(3600, abs=30)
    assert figures("relaypacs_report_longest_overdue_seconds", service_level="routine") == 0
    assert figures("relaypacs_critical_results_unacknowledged") == 1
    assert figures("relaypacs_critical_result_oldest_age_seconds") == pytest.approx(3600, abs=30)
    assert figures("relaypacs_reports_to_store") == 1


@on_sqlite_only
async def test_what_cannot_be_looked_up_is_left_out_and_nothing_else(gateway: GatewayClient) -> None:
    assert "relaypacs_deliveries" in (await scraped(gateway)).names()
    async with gateway.infrastructure.database.write() as session:
        await session.execute(text("UPDATE audit_head SET id = 2"))
    figures = await scraped(gateway)
    assert "relaypacs_deliveries" not in figures.names()
    assert "relaypacs_chunks_total" in figures.names()
    assert figures("relaypacs_database_up") == 1, "it answers"
    async with gateway.infrastructure.database.write() as session:
        await session.execute(text("UPDATE audit_head SET id = 1"))
    assert "relaypacs_deliveries" in (await scraped(gateway)).names()


@on_sqlite_only
async def test_only_this_machine_reads_them_unless_there_is_a_token(settings: Settings) -> None:
    async with running_gateway(settings) as client:
        app = client.transport.app  # type: ignore[attr-defined]
        assert (await client.http.get("http://gateway/metrics")).status_code == 200
        proxied = await client.http.get("http://gateway/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert is_problem(proxied, 404, "not-found")
        async with from_elsewhere(app) as other:
            assert is_problem(await other.get("/metrics"), 404, "not-found")
    async with running_gateway(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})) as client:
        app = client.transport.app  # type: ignore[attr-defined]
        async with from_elsewhere(app) as other:
            for header in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
                refused = await other.get("/metrics", headers=header)
                assert is_problem(refused, 401, "metrics-token-wrong")
                assert refused.headers["www-authenticate"].startswith("Bearer")
            read = await other.get("/metrics", headers={"Authorization": f"bearer {TOKEN}", "Accept": OPEN_METRICS})
            assert read.status_code == 200
            assert read.text.endswith("# EOF\n")
        assert is_problem(await client.http.get("http://gateway/metrics"), 401, "metrics-token-wrong")


def from_elsewhere(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 40000))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
async def monitor(silent_server: int, tmp_path: Path) -> AsyncIterator[Monitor]:
    """A monitor whose database hangs."""
    url = f"postgresql://relay:relay@127.0.0.1:{silent_server}/relaypacs"
    settings = Settings(data_dir=tmp_path, database_url=url, secret_key=SecretStr(TOKEN))
    infrastructure = build_infrastructure(settings, BrokerWakeups(InMemoryBroker()))
    yield Monitor(infrastructure)
    await infrastructure.close()


async def test_a_database_that_hangs_keeps_no_scrape_waiting_and_is_not_spoken_for(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "PATIENCE_SECONDS", 0.05)
    failures = REGISTRY.get_sample_value("relaypacs_observation_failures_total") or 0
    async with asyncio.timeout(1):
        await monitor.look()
    figures = Figures(generate_latest(monitor).decode())
    assert figures("relaypacs_database_up") == 0
    assert figures("relaypacs_observation_failures_total") == failures + 1
    assert figures("relaypacs_database_connections_limit", pool="all") == 10
    assert "relaypacs_deliveries" not in figures.names()
    async with asyncio.timeout(1):
        await monitor.stop()
