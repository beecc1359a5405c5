"""A destination that fails is left alone, tried with one delivery, and reported after a quarter of an hour."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Delivery, Destination
from relaypacs.features.deliveries.service import health
from relaypacs.features.deliveries.service.health import raise_alerts
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.pacs import first_destination
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.servers.flaky_dicomweb import FlakyDicomweb, Respond

on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def alerts(gateway: GatewayClient) -> list[str]:
    items: list[dict[str, Any]] = (await gateway.http.get("/notifications")).json()["items"]
    return [item["message"] for item in reversed(items) if item["type"] == "delivery_alert"]


async def test_fifty_waiting_studies_knock_once_and_all_arrive_afterwards(
    to_peer: Settings, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_BACKOFF_SECONDS", 0.5)
    for method in ("GET", "POST"):
        peer.inject(Respond(503), method=method, for_ever=True)
    async with running_gateway(to_peer.model_copy(update={"complete_wait": 0.0})) as gateway:
        await gateway.sign_in(ADMIN)
        uploads = [
            (await gateway.send([("a.dcm", make_dicom(study_uid=make_uid("down", number)))]))[0] for number in range(50)
        ]
        for upload in uploads:
            await gateway.until(upload, "delivering")
        before = len(peer.requests)
        await asyncio.sleep(2)
        assert len(peer.requests) - before <= 8, "each pause ends with one question, however many wait"
        peer.heal()
        for upload in uploads:
            assert (await gateway.until(upload, "verified"))["status"] == "completed"
    assert len(peer.stored) == 50
    assert peer.count("POST") == 50


@on_sqlite_only
async def test_one_study_that_makes_the_destination_fail_does_not_keep_others_from_it(
    to_peer: Settings, peer: FlakyDicomweb
) -> None:
    poison = make_uid("poison")
    peer.inject(Respond(503), method="GET", for_ever=True, about=poison)
    async with running_gateway(to_peer.model_copy(update={"complete_wait": 0.0})) as gateway:
        await gateway.sign_in(ADMIN)
        stuck, _ = await gateway.send([("a.dcm", make_dicom(study_uid=poison))], metadata={"service_level": "stat"})
        others = [
            (await gateway.send([("a.dcm", make_dicom(study_uid=make_uid("fine", number)))]))[0] for number in range(4)
        ]
        for upload in others:
            await gateway.until(upload, "verified")
        assert (await gateway.status(stuck))["stage"] == "delivering"


async def test_administrators_are_told_once_after_a_quarter_of_an_hour_and_when_it_is_over(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    upload = await delivering.open(files := make_study(1))
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))

    async def failing() -> bool:
        health: str = (await first_destination(delivering))["health"]
        return health == "failing"

    await until(failing)
    assert await alerts(delivering) == []
    database = delivering.infrastructure.database
    async with database.write() as session:
        quarter = now() - timedelta(minutes=15, seconds=1)
        await session.execute(update(Destination).values(failing_since=quarter))
        await session.execute(update(Delivery).values(failing_since=quarter))
    await asyncio.gather(*(raise_alerts(delivering.infrastructure) for _ in range(8)))
    assert len(await alerts(delivering)) == 1
    assert "First destination" in (await alerts(delivering))[0]
    peer.heal()
    assert (await completing).json()["status"] == "completed"
    await asyncio.gather(*(raise_alerts(delivering.infrastructure) for _ in range(8)))
    assert len(await alerts(delivering)) == 2
    assert "again" in (await alerts(delivering))[1]
