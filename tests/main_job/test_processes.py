"""Two API processes and two workers over PostgreSQL, Redis and an object store: what one takes, all know."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.builders.dicom import make_study
from tests.main_job.process import SECRET, GatewayProcess, Sender, WorkerProcess, sign_in
from tests.servers.ports import NO_CERTIFICATES
from tests.servers.processes import stop
from tests.servers.redis import RedisServer
from tests.servers.s3 import Part


@dataclass
class Gateways:
    one: GatewayProcess
    other: GatewayProcess
    workers: list[WorkerProcess]
    redis: RedisServer
    archive: Path


@pytest.fixture
def gateways(tmp_path: Path, postgres_url: str, own_redis: RedisServer, s3: Part) -> Iterator[Gateways]:
    own_redis.ensure_running()
    archive = tmp_path / "archive"
    settings = {
        "DATABASE_URL": postgres_url,
        "DATABASE_POOL": "5",
        "REDIS_URL": own_redis.fresh_url(),
        "STORAGE_URL": s3.url(),
        "SECRET_KEY": SECRET,
        "PACS": f"folder://{archive}",
        "COMPLETE_WAIT": "0.5",
    }
    one, other = (GatewayProcess(tmp_path / name, **settings) for name in ("one", "other"))
    workers = [WorkerProcess(tmp_path / name, **settings) for name in ("worker1", "worker2")]
    with ExitStack() as running:
        for process in (one, other, *workers):
            process.start()
            running.callback(stop, process.process)
        yield Gateways(one, other, workers, own_redis, archive)


def send(gateway: GatewayProcess, bearer: dict[str, str], instances: int) -> Sender:
    sender = Sender(gateway, make_study(instances))
    sender.open(bearer)
    sender.send(sender.keys())
    assert sender.acknowledged == set(sender.keys())
    assert sender.complete().status_code in (200, 202)
    return sender


def first_notification(gateway: GatewayProcess, bearer: dict[str, str], is_open: threading.Event) -> dict[str, object]:
    """Return the first notification of a live stream."""
    address = f"{gateway.address}/api/v1/notifications/stream"
    with httpx.stream("GET", address, headers=bearer, timeout=30, verify=NO_CERTIFICATES) as answer:
        is_open.set()
        for line in answer.iter_lines():
            found: dict[str, object] = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if "type" in found:  # else it says that the worklist has changed
                return found
    raise AssertionError("the stream has ended")


def test_what_is_sent_to_one_is_told_at_the_other_and_goes_on_without_redis_and_with_one_worker(
    gateways: Gateways,
) -> None:
    bearer = sign_in(gateways.one)
    told: list[dict[str, object]] = []
    is_open = threading.Event()
    listening = threading.Thread(
        target=lambda: told.append(first_notification(gateways.other, bearer, is_open)), daemon=True
    )
    listening.start()
    assert is_open.wait(20)
    sender = send(gateways.one, bearer, 2)
    assert sender.until_completed()["stage"] == "verified"
    listening.join(20)
    assert [each["type"] for each in told] == ["upload_complete"]

    gateways.redis.stop()
    body = {"username": "root-admin", "password": "Correct-Horse-9-Battery"}
    refused = httpx.post(f"{gateways.other.address}/api/v1/auth/login", json=body, timeout=30, verify=NO_CERTIFICATES)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/limits-unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    without = send(gateways.other, bearer, 3)
    assert without.until_completed()["stage"] == "verified"

    gateways.redis.start()
    gateways.workers[0].kill()
    after = send(gateways.one, sign_in_again(gateways.one), 4)
    assert after.until_completed()["stage"] == "verified"
    stored = {path.stem for path in gateways.archive.rglob("*.dcm")}
    assert stored == {uid for each in (sender, without, after) for uid in each.instances()}

    for process in (gateways.workers[1], gateways.one, gateways.other):
        code, seconds = process.terminate()
        assert (code, seconds <= 30) == (0, True), (code, seconds)


def sign_in_again(gateway: GatewayProcess) -> dict[str, str]:
    """Sign in as soon as attempts are counted again."""
    for _ in range(100):
        with suppress(httpx.HTTPStatusError):
            return sign_in(gateway)
        time.sleep(0.1)
    raise AssertionError("sign-ins are still refused")
