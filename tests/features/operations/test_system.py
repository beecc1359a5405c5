"""`/system`: how the gateway is doing, and what needs somebody."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update

from relaypacs import __version__
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.core.clock import now
from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.operations.service import probes
from relaypacs.migrations.run import newest_revision
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient
from tests.docs.pages import ROOT, page
from tests.features.deliveries.test_desk import SOP_CLASS_NOT_SUPPORTED, delivery_in, sent, uid
from tests.servers.flaky_dicomweb import FlakyDicomweb, Refuse, Respond

ON_SQLITE_ONLY = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TWO_PATIENTS = [("a.dcm", make_dicom(patient_id="PAT-1")), ("b.dcm", make_dicom(patient_id="PAT-2"))]


async def system(gateway: GatewayClient) -> dict[str, Any]:
    answer = await gateway.http.get("/system")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def codes(view: dict[str, Any]) -> list[str]:
    return [concern["code"] for concern in view["concerns"]]


async def test_a_gateway_that_works_says_so_of_each_of_its_parts(gateway: GatewayClient) -> None:
    await gateway.send(make_study(1))
    view = await system(gateway)
    assert (view["version"], view["environment"], view["concerns"], view["unanswered"]) == (
        __version__,
        "embedded",
        [],
        [],
    )
    database, storage = view["database"], view["storage"]
    is_sqlite = gateway.infrastructure.database.is_sqlite
    assert database["kind"] == ("sqlite" if is_sqlite else "postgresql")
    assert (database["revision"], database["size_bytes"] > 0) == (newest_revision(), True)
    assert (database["clock_offset_seconds"] is None) == is_sqlite
    assert (database["free_bytes"] is None) != is_sqlite
    bounds = storage["free_bytes"], storage["total_bytes"]
    assert 0 < bounds[0] <= bounds[1] if is_sqlite else bounds == (None, None)
    assert (storage["milliseconds"] >= 0, storage["is_low"]) == (True, False)
    assert (view["redis"] is None) == (gateway.infrastructure.redis is None)
    assert storage["sealed_by"] is None
    (destination,) = view["destinations"]
    assert (destination["health"], destination["waiting"], destination["refused"]) == ("up", 0, 0)
    assert [each["service_level"] for each in view["queue"]["deliveries"]] == [
        "stat",
        "emergency",
        "routine",
        "subspecialty",
    ]
    assert {each["waiting"] for each in view["queue"]["deliveries"] + view["queue"]["uploads"]} == {0}
    assert view["process"]["listeners"] == 0


@ON_SQLITE_ONLY
async def test_every_job_is_documented_and_has_a_name_in_the_app(gateway: GatewayClient) -> None:
    jobs = {job["name"] for job in (await system(gateway))["jobs"]}
    assert jobs >= {"wake_due", "expire_uploads", "clean_up", "synchronise"}
    assert jobs <= set(re.findall(r"`(\w+)`", page("docs/operations.md").section("Jobs")))
    texts = json.loads((ROOT / "web/src/features/system/locales/en.json").read_text())
    assert jobs <= texts["job"].keys()


async def test_a_destination_that_fails_or_refuses_is_named_with_its_own_words(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(2)
    peer.inject(Refuse({uid(files[0][1]): SOP_CLASS_NOT_SUPPORTED}), for_ever=True)
    async with sent(delivering, files) as refused:
        await delivery_in(delivering, refused, "attention")
        for method in ("GET", "POST"):
            peer.inject(Respond(503, b"maintenance until six"), method=method, for_ever=True)
        async with sent(delivering, make_study(1, seed=5), metadata={"service_level": "stat"}) as upload:
            await delivery_in(delivering, upload, "waiting", attempts=1)
            view = await system(delivering)
            failing, refusing = view["concerns"]
            assert (failing["code"], failing["severity"], failing["count"]) == ("destination-failing", "urgent", 1)
            assert "maintenance until six" in failing["detail"]
            assert failing["since"]
            assert (refusing["code"], refusing["count"]) == ("deliveries-refused", 1)
            (destination,) = view["destinations"]
            assert {failing["subject_id"], refusing["subject_id"]} == {destination["id"]}
            assert (destination["waiting"], destination["refused"]) == (1, 1)
            async with delivering.infrastructure.database.write() as session:
                long_ago = update(Delivery).where(Delivery.upload_id == UUID(upload.upload_id))
                await session.execute(long_ago.values(created_at=now() - timedelta(minutes=11)))
            (late,) = [each for each in (await system(delivering))["concerns"] if each["code"] == "deliveries-late"]
            assert (late["service_level"], late["count"]) == ("stat", 1)
            peer.heal()


@ON_SQLITE_ONLY
async def test_a_held_study_waits_for_somebody(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(TWO_PATIENTS)
    (held,) = (await system(gateway))["concerns"]
    opened = (await gateway.status(upload))["created_at"]
    assert (held["code"], held["severity"], held["count"], held["since"]) == ("studies-held", "warning", 1, opened)
    await gateway.http.post(f"/upload/{upload.upload_id}/decision", json={"action": "confirm"})
    await gateway.until(upload, "verified")
    assert codes(await system(gateway)) == []


class HangingStorage(LocalStorage):
    """A real store on a disk that does not answer."""

    asked = 0

    async def check(self) -> None:
        self.asked += 1
        await asyncio.Event().wait()


@ON_SQLITE_ONLY
async def test_a_disk_that_hangs_is_said_to_be_silent_and_is_asked_once(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PATIENCE_SECONDS", 0.3)
    disk = HangingStorage(gateway.infrastructure.settings.storage_dir)
    object.__setattr__(gateway.infrastructure, "storage", disk)
    async with asyncio.timeout(5):
        first, second = await asyncio.gather(system(gateway), system(gateway))
        third = await system(gateway)
    assert disk.asked == 1
    for view in (first, second, third):
        assert [(each["part"], each["problem"]) for each in view["unanswered"]] == [("storage", "timed-out")]
        assert codes(view) == ["storage-fails"]
        assert view["storage"]["milliseconds"] is None
        assert view["database"]["size_bytes"] > 0
    assert third["unanswered"] == first["unanswered"], "it says since when"


@ON_SQLITE_ONLY
async def test_who_holds_the_database_is_noticed_while_everything_else_answers(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PATIENCE_SECONDS", 0.3)
    async with gateway.infrastructure.database.write() as session:
        await session.execute(text("SELECT 1"))  # begins it
        view = await system(gateway)
        assert codes(view) == ["writing-silent"]
        assert (view["database"]["write_milliseconds"], view["database"]["read_milliseconds"] is None) == (None, False)
    assert codes(await system(gateway)) == []
