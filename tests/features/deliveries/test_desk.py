"""`/deliveries`: what is stuck, why, and what an administrator can do about it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import Response

from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient, NamedBytes, OpenUpload
from tests.builders.problems import is_problem
from tests.servers.flaky_dicomweb import FlakyDicomweb, Refuse, Respond, Stall, When

SOP_CLASS_NOT_SUPPORTED = 0x0122
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@asynccontextmanager
async def sent(gateway: GatewayClient, files: NamedBytes, **more: Any) -> AsyncIterator[OpenUpload]:
    """Send a study whose completion the test does not wait for."""
    upload = await gateway.open(files, **more)
    await gateway.send_chunks(upload, files)
    completing = asyncio.create_task(gateway.complete(upload))
    try:
        yield upload
    finally:
        completing.cancel()
        await asyncio.gather(completing, return_exceptions=True)


async def delivery_in(gateway: GatewayClient, upload: OpenUpload, state: str, **members: Any) -> dict[str, Any]:
    """Return the upload's one delivery as soon as it is in a state, and has these members."""
    async with asyncio.timeout(10):
        while True:
            answer = await gateway.http.get("/deliveries", params={"upload_id": upload.upload_id})
            for item in answer.raise_for_status().json()["items"]:
                found: dict[str, Any] = item
                if found["state"] == state and members.items() <= found.items():
                    return found
            await asyncio.sleep(0.02)


async def act(gateway: GatewayClient, delivery: dict[str, Any], action: str) -> Response:
    return await gateway.http.post(f"/deliveries/{delivery['id']}/{action}")


def uid(content: bytes) -> str:
    return outgoing(content).key.sop_instance_uid


async def test_a_refusal_is_shown_in_the_words_of_the_pacs_and_can_be_tried_again(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(3)
    peer.inject(Refuse({uid(files[0][1]): SOP_CLASS_NOT_SUPPORTED}), for_ever=True)
    async with sent(delivering, files) as upload:
        delivery = await delivery_in(delivering, upload, "attention")
        assert (delivery["instances"], delivery["verified"], delivery["refused"]) == (3, 2, 1)
        reason = {"reason": "0122 SOP class not supported", "cause": "refused_sop_class", "count": 1}
        assert (delivery["reasons"], delivery["last_cause"]) == ([reason], "refused_sop_class")
        (destination,) = (await delivering.http.get("/pacs")).json()["items"]
        assert (destination["health"], destination["causes"]) == ("up", {"refused_sop_class": 1})
        peer.heal()
        assert (await act(delivering, delivery, "retry")).json()["state"] in ("waiting", "verified")
        state = await delivering.until(upload, "verified")
    assert (state["status"], state["warnings"], state["counts"]["verified"]) == ("completed", [], 3)
    assert is_problem(await act(delivering, delivery, "retry"), 409, "delivery-finished")
    assert is_problem(await act(delivering, delivery, "cancel"), 409, "delivery-finished")


async def test_what_waits_is_shown_with_the_reason_and_retried_at_once(
    delivering: GatewayClient, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaypacs.features.deliveries.service.health.MAX_BACKOFF_SECONDS", 3600.0)
    for method in ("GET", "POST"):
        peer.inject(Respond(503, b"maintenance until six"), method=method, for_ever=True)
    async with sent(delivering, make_study(1)) as upload:
        delivery = await delivery_in(delivering, upload, "waiting", attempts=2)
        assert ("maintenance until six" in delivery["last_reason"], delivery["last_cause"]) == (True, "busy")
        assert delivery["failing_since"]
        failing = (await delivering.http.get("/deliveries", params={"failing": True})).json()["items"]
        assert [item["id"] for item in failing] == [delivery["id"]]
        (destination,) = (await delivering.http.get("/pacs")).json()["items"]
        assert (destination["health"], destination["deliveries"]) == ("failing", {"waiting": 1})
        assert ("maintenance" in destination["last_error"], destination["last_cause"]) == (True, "busy")
        assert destination["causes"] == {"busy": 1}
        peer.heal()
        assert (await act(delivering, delivery, "retry")).status_code == 200
        await delivering.until(upload, "verified", seconds=3)
    assert (await delivering.http.get("/deliveries", params={"failing": True})).json()["items"] == []


async def test_a_cancelled_delivery_stops_and_says_so_and_can_go_on(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    async with sent(delivering, make_study(2)) as upload:
        delivery = await delivery_in(delivering, upload, "waiting")
        assert (await act(delivering, delivery, "cancel")).json()["state"] == "cancelled"
        assert (await act(delivering, delivery, "cancel")).json()["state"] == "cancelled"
        peer.heal()
        await asyncio.sleep(0.4)
        assert peer.stored == {}
        state = await delivering.status(upload)
        assert (state["status"], [w["code"] for w in state["warnings"]]) == ("processing", ["delivery-cancelled"])
        await act(delivering, delivery, "retry")
        assert (await delivering.until(upload, "verified"))["status"] == "completed"
    assert len(peer.stored) == 2


@on_sqlite_only
async def test_a_delivery_under_way_stops_when_it_is_cancelled(
    delivering: GatewayClient, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaypacs.features.deliveries.service.transfer.LOOK_SECONDS", 0.05)
    peer.inject(Stall(0.3, When.BEFORE), for_ever=True)
    monkeypatch.setattr("relaypacs.adapters.pacs.stow.BATCH_INSTANCES", 1)
    async with sent(delivering, make_study(12)) as upload:
        delivery = await delivery_in(delivering, upload, "waiting", under_way=True)
        await act(delivering, delivery, "cancel")
        await delivery_in(delivering, upload, "cancelled", under_way=False)
    assert len(peer.stored) < 12


@on_sqlite_only
async def test_the_list_pages_and_filters(delivering: GatewayClient) -> None:
    uploads = [(await delivering.send([("a.dcm", make_dicom(seed=number))]))[0] for number in range(3)]
    seen, cursor = [], {}
    while True:
        page = (await delivering.http.get("/deliveries", params={"limit": 2, **cursor})).json()
        seen += [item["upload_id"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [upload.upload_id for upload in reversed(uploads)]
    assert (await delivering.http.get("/deliveries", params={"state": "attention"})).json()["items"] == []
    missing = await delivering.http.get(f"/deliveries/{uploads[0].upload_id}")
    assert is_problem(missing, 404, "delivery-not-found")


async def test_all_that_a_filter_shows_is_retried_in_steps_and_once(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(1)
    peer.inject(Refuse({uid(files[0][1]): SOP_CLASS_NOT_SUPPORTED}), for_ever=True)
    async with sent(delivering, files) as refused:
        delivery = await delivery_in(delivering, refused, "attention")
        other = [("b.dcm", make_dicom(seed=5))]
        await delivering.send(other)  # verified: nothing to be tried again
        by_cause = {"cause": "refused_sop_class"}
        assert [each["id"] for each in await listed(delivering, **by_cause)] == [delivery["id"]]
        assert await listed(delivering, cause="busy") == []
        for about in (delivery["id"], refused.upload_id):
            assert [each["id"] for each in await listed(delivering, about=about)] == [delivery["id"]]
        assert await listed(delivering, created_before=delivery["created_at"]) == []
        peer.heal()
        first = (await delivering.http.post("/deliveries/retry", params={"limit": 1})).json()
        assert (first["retried"], first["skipped"], first["next_cursor"]) == (1, 0, delivery["id"])
        more = {"limit": 1, "cursor": first["next_cursor"]}
        assert (await delivering.http.post("/deliveries/retry", params=more)).json() == {
            "retried": 0,
            "skipped": 0,
            "next_cursor": None,
        }
        await delivering.until(refused, "verified")
    assert (await delivering.http.post("/deliveries/retry", params=by_cause)).json()["retried"] == 0
    trail = (await delivering.http.get("/audit", params={"action": "delivery.retried"})).json()["items"]
    assert [entry["object_id"] for entry in trail] == [delivery["id"]]


@on_sqlite_only
async def test_what_was_cancelled_is_retried_only_where_it_is_asked_for(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    async with sent(delivering, make_study(1)) as upload:
        delivery = await delivery_in(delivering, upload, "waiting")
        await act(delivering, delivery, "cancel")
        peer.heal()
        assert (await delivering.http.post("/deliveries/retry")).json()["retried"] == 0
        answer = await delivering.http.post("/deliveries/retry", params={"state": "cancelled"})
        assert answer.json()["retried"] == 1
        await delivering.until(upload, "verified")


@on_sqlite_only
async def test_each_instance_is_listed_with_what_became_of_it(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    files = make_study(3)
    bad = uid(files[1][1])
    peer.inject(Refuse({bad: SOP_CLASS_NOT_SUPPORTED}), for_ever=True)
    async with sent(delivering, files) as upload:
        delivery = await delivery_in(delivering, upload, "attention")
        path = f"/deliveries/{delivery['id']}/instances"
        page = (await delivering.http.get(path, params={"limit": 2})).json()
        rest = (await delivering.http.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
        items = page["items"] + rest["items"]
        assert {item["sop_instance_uid"] for item in items} == {uid(content) for _, content in files}
        assert rest["next_cursor"] is None
        (refused,) = (await delivering.http.get(path, params={"outcome": "refused"})).json()["items"]
        assert (refused["sop_instance_uid"], refused["cause"]) == (bad, "refused_sop_class")
        assert refused["reason"] == "0122 SOP class not supported"


async def listed(gateway: GatewayClient, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        (await gateway.http.get("/deliveries", params=params)).raise_for_status().json()["items"]
    )
    return items
