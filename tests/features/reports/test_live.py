"""Who reads learns at once, over the stream that is open anyway, that the worklist has changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from relaypacs.core.settings import Settings
from relaypacs.features.notifications import service
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_user
from tests.builders.streams import Frames, served_client, served_gateway, stream
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import sent
from tests.features.reports.test_writing import save, sign

CHANGED = {"event": "worklist", "data": "{}"}
QUIET = 0.3  # seconds without a frame, after which what was done before has been told


class Changes:
    """How often a stream has said so far that the worklist has changed."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self.seen = 0

    async def listen(self) -> None:
        while True:
            try:
                self.seen += await self._frames.next() == CHANGED
            except (TimeoutError, httpx.ReadError):  # the test is over
                return

    async def calm(self) -> None:
        before = -1
        while before != self.seen:
            before = self.seen
            await asyncio.sleep(QUIET)

    async def more_than(self, before: int) -> None:
        async with asyncio.timeout(5):
            while self.seen <= before:  # noqa: ASYNC110 - what is read has no event
                await asyncio.sleep(0.01)


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[GatewayClient]:
    async with served_gateway(settings) as gateway:
        yield gateway


@asynccontextmanager
async def person(served: GatewayClient, name: str, role: str) -> AsyncIterator[GatewayClient]:
    await make_user(served, name, role=role)
    async with served_client(served.infrastructure, str(served.http.base_url), name) as client:
        yield client


@asynccontextmanager
async def changes(client: GatewayClient) -> AsyncIterator[Changes]:
    async with stream(client) as frames:
        seen = Changes(frames)
        listening = asyncio.create_task(seen.listen())
        yield seen
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_each_step_of_a_study_is_told_to_who_reads(
    served: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "WORKLIST_PAUSE", 0.0)
    async with (
        person(served, "rosa", "clinician") as rosa,
        person(served, "anna", "radiologist") as anna,
        person(served, "bert", "radiologist") as bert,
        changes(anna) as told,
    ):
        report_id = await sent(rosa, 1)
        await told.more_than(0)
        steps: list[tuple[GatewayClient, str, dict[str, Any]]] = [
            (bert, "claim", {}),
            (bert, "release", {}),
            (bert, "claim", {}),
            (bert, "request-data", {"text": "Which side?"}),
            (rosa, "provide-data", {"text": "The left one."}),
            (bert, "claim", {}),
        ]
        for client, name, body in steps:
            await told.calm()
            before = told.seen
            (await client.http.post(f"/reports/{report_id}/{name}", json=body)).raise_for_status()
            await told.more_than(before)
        await told.calm()
        before = told.seen
        (await save(bert, report_id, is_critical=True)).raise_for_status()
        (await sign(bert, report_id)).raise_for_status()
        await told.more_than(before)
        await told.calm()
        before = told.seen
        (await rosa.http.post(f"/reports/{report_id}/acknowledge", json={"how": "phone"})).raise_for_status()
        await told.more_than(before)


async def test_who_only_sends_is_not_told_of_the_worklist(served: GatewayClient) -> None:
    async with person(served, "carl", "clinician") as carl, changes(carl) as told, changes(served) as to_admin:
        await sent(served, 1)
        await to_admin.more_than(0)
        await told.calm()
        assert told.seen == 0


async def test_changes_that_come_fast_are_told_as_one(served: GatewayClient) -> None:
    report_id = await sent(served, 1)
    async with person(served, "bert", "radiologist") as bert, changes(served) as told:
        for _ in range(5):
            await claim(bert, report_id)
            (await bert.http.post(f"/reports/{report_id}/release")).raise_for_status()
        await asyncio.sleep(service.WORKLIST_PAUSE + QUIET)
        assert 1 <= told.seen <= 3
