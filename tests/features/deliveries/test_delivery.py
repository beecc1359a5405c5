"""From an upload to proof in the destination, whatever the destination does meanwhile."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from relaypacs.adapters.pacs import stow
from relaypacs.core import leases
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Destination
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service import transfer
from relaypacs.features.deliveries.service.transfer import LISTING_DELAYS
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import ADMIN, GatewayClient, NamedBytes, OpenUpload
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.servers.flaky_dicomweb import Abort, Coerce, Drop, Fault, FlakyDicomweb, Refuse, Respond, Stall, When

OUT_OF_RESOURCES, SOP_CLASS_NOT_SUPPORTED = 0xA700, 0x0122
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def uid(content: bytes) -> str:
    return outgoing(content).key.sop_instance_uid


def by_uid(files: NamedBytes) -> dict[str, bytes]:
    return {uid(content): content for _, content in files}


async def delivery_of(gateway: GatewayClient, upload: OpenUpload, *states: DeliveryState) -> Delivery:
    """Return the upload's delivery as soon as there is one, in one of the states if any are given."""
    query = select(Delivery).where(Delivery.upload_id == UUID(upload.upload_id))
    deadline = time.monotonic() + 10
    while True:
        async with gateway.infrastructure.database.read() as session:
            delivery = await session.scalar(query)
        if delivery and (not states or delivery.state in states):
            return delivery
        assert time.monotonic() < deadline, delivery and delivery.state
        await asyncio.sleep(0.02)


async def outcomes(gateway: GatewayClient, upload: OpenUpload) -> dict[str, tuple[str, str]]:
    items = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).json()["items"]
    return {item["sop_instance_uid"]: (item["outcome"], item["reason"]) for item in items}


async def receipt_of(gateway: GatewayClient, upload: OpenUpload) -> dict[str, Any]:
    answer = await gateway.http.get(f"/upload/{upload.upload_id}/receipt")
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


async def test_a_study_arrives_as_it_was_sent(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    files = make_study(4)
    upload, answer = await delivering.send(files)
    assert (answer.status_code, answer.json()["stage"]) == (200, "verified")
    assert peer.stored == by_uid(files)
    delivery = await delivery_of(delivering, upload)
    assert (delivery.state, delivery.attempts, delivery.lease_owner) == (DeliveryState.VERIFIED, 0, None)
    assert set(await outcomes(delivering, upload)) == set(peer.stored)
    assert {outcome for outcome, _ in (await outcomes(delivering, upload)).values()} == {"verified"}


@on_sqlite_only
@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("POST", [Respond(503), Respond(503)]),
        ("POST", [Respond(429)]),
        ("POST", [Respond(500, b"<html>")]),
        ("POST", [Respond(200, b"not DICOM JSON")]),
        ("POST", [Abort(When.BEFORE)]),
        ("POST", [Abort(When.DURING)]),
        ("POST", [Abort(When.AFTER)]),
        ("POST", [Drop()]),
        ("POST", [Drop(), Respond(503), Abort(When.AFTER)]),
        ("GET", [Respond(503), Respond(503)]),
        ("GET", [Abort(When.BEFORE), Respond(500), Abort(When.BEFORE)]),
    ],
    ids=str,
)
async def test_a_passing_fault_costs_time_only(
    delivering: GatewayClient, peer: FlakyDicomweb, method: str, faults: list[Fault]
) -> None:
    peer.inject(*faults, method=method)
    files = make_study(3)
    upload, answer = await delivering.send(files)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed"), answer.text
    assert peer.stored == by_uid(files)
    assert (await delivering.status(upload))["warnings"] == []


async def test_what_was_partly_taken_is_finished_and_not_called_complete_before(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(3)
    last = uid(files[2][1])
    peer.inject(Refuse({last: OUT_OF_RESOURCES}), Refuse({last: None}))
    upload, answer = await delivering.send(files)
    assert answer.json()["status"] == "completed"
    assert peer.stored == by_uid(files)
    assert (await delivering.status(upload))["counts"]["verified"] == 3


async def test_what_is_acknowledged_and_dropped_is_never_called_verified(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    peer.inject(Drop(), for_ever=True)
    files = make_study(2)
    upload = await delivering.open(files)
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    async with asyncio.timeout(10):
        while peer.count("POST") < 3:  # noqa: ASYNC110 - the peer lives in a thread
            await asyncio.sleep(0.02)
    state = await delivering.status(upload)
    assert (state["status"], state["stage"], state["counts"]["verified"]) == ("processing", "delivering", 0)
    assert "does not list it" in str(await outcomes(delivering, upload)) or state["warnings"]
    peer.heal()
    assert (await completing).json()["status"] == "completed"
    assert peer.stored == by_uid(files)


async def test_coerced_attributes_are_a_success(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    peer.inject(Coerce())
    upload, answer = await delivering.send(make_study(2))
    assert answer.json()["status"] == "completed"
    words = "B000 attributes were coerced"
    (warning,) = (await delivering.status(upload))["warnings"]
    assert warning == {
        "code": "attributes-coerced",
        "detail": f"First destination on 2 of the instances that it has: {words}.",
    }
    assert set((await outcomes(delivering, upload)).values()) == {("verified", words)}


async def test_an_instance_that_is_refused_for_good_needs_attention_and_the_rest_arrives(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(3)
    refused = uid(files[0][1])
    peer.inject(Refuse({refused: SOP_CLASS_NOT_SUPPORTED}), for_ever=True)
    upload = await delivering.open(files)
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    delivery = await delivery_of(delivering, upload, DeliveryState.ATTENTION)
    assert delivery.last_reason
    while not (state := await delivering.status(upload))["warnings"]:  # noqa: ASYNC110 - asked as a client asks
        await asyncio.sleep(0.02)
    assert (state["status"], state["pacs_receipt_id"], state["report_id"]) == ("processing", None, None)
    assert state["counts"]["verified"] == 2
    assert [warning["code"] for warning in state["warnings"]] == ["needs-attention"]
    found = await outcomes(delivering, upload)
    assert found[refused][0] == "refused"
    assert found[refused][1]
    posts = peer.count("POST")
    await asyncio.sleep(0.4)
    assert peer.count("POST") == posts, "a permanent refusal is not tried again"
    completing.cancel()
    await asyncio.gather(completing, return_exceptions=True)


async def test_other_content_under_the_same_uid_is_never_overwritten(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    ours, same_study = make_dicom(sop_instance_uid=make_uid("x")), make_dicom(instance_number=2)
    key = outgoing(ours).key
    theirs = make_dicom(
        seed=2,
        study_uid=key.study_instance_uid,
        series_uid=key.series_instance_uid,
        sop_instance_uid=key.sop_instance_uid,
    )
    peer.keep({make_uid("x"): theirs})
    files = [("a.dcm", ours), ("b.dcm", same_study)]
    upload = await delivering.open(files)
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    await delivery_of(delivering, upload, DeliveryState.ATTENTION)
    assert peer.stored == {make_uid("x"): theirs, uid(same_study): same_study}
    found = await outcomes(delivering, upload)
    assert found[make_uid("x")] == ("refused", "The destination holds other content under the same SOPInstanceUID.")
    assert found[uid(same_study)][0] == "verified"
    assert (await delivering.status(upload))["status"] == "processing"
    completing.cancel()
    await asyncio.gather(completing, return_exceptions=True)


async def test_what_the_destination_has_is_compared_and_not_sent(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(3)
    peer.keep(by_uid(files))
    upload, answer = await delivering.send(files)
    assert answer.json()["status"] == "completed"
    assert peer.count("POST") == 0
    receipt = (await receipt_of(delivering, upload))["receipt"]
    assert receipt["safe_to_delete"] is True
    assert {d["outcome"] for entry in receipt["instances"] for d in entry["destinations"]} == {"read_back"}


async def test_only_what_is_not_there_is_sent(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    files = make_study(3)
    peer.keep(by_uid(files[:2]))
    sent: list[set[str]] = []
    keep = peer.keep

    def watched(instances: dict[str, bytes]) -> None:
        sent.append(set(instances))
        keep(instances)

    peer.keep = watched  # type: ignore[method-assign, assignment]
    await delivering.send(files)
    assert sent == [{uid(files[2][1])}]


async def test_a_destination_that_is_down_delays_nobody_but_itself(to_peer: Settings, peer: FlakyDicomweb) -> None:
    for method in ("GET", "POST"):
        peer.inject(Respond(503), method=method, for_ever=True)
    async with running_gateway(to_peer.model_copy(update={"complete_wait": 0.3})) as gateway:
        await gateway.sign_in(ADMIN)
        began = time.monotonic()
        upload, answer = await gateway.send(make_study(2))
        assert time.monotonic() - began < 5
        assert (answer.status_code, answer.json()["status"]) == (202, "processing")
        assert answer.headers["Location"] == f"/api/v1/upload/{upload.upload_id}"
        assert int(answer.headers["Retry-After"]) > 0
        assert (await gateway.http.get("http://gateway/health/ready")).status_code == 200
        delivery = await delivery_of(gateway, upload)
        assert delivery.state is DeliveryState.WAITING
        peer.heal()
        assert (await gateway.until(upload, "verified"))["status"] == "completed"
    assert len(peer.stored) == 2


async def test_stat_overtakes_what_waits(to_peer: Settings, peer: FlakyDicomweb) -> None:
    """One delivery at a time; the first one stalls while the others queue up in the wrong order."""
    one_at_a_time = to_peer.model_copy(update={"delivery_concurrency": 1, "complete_wait": 0.0})
    peer.inject(Stall(4.0, When.BEFORE))
    levels = ["routine", "subspecialty", "routine", "emergency", "stat"]
    studies = [make_uid("priority", number) for number in range(len(levels))]
    async with running_gateway(one_at_a_time) as gateway:
        await gateway.sign_in(ADMIN)
        uploads = []
        for level, study in zip(levels, studies, strict=True):
            upload, _ = await gateway.send([("a.dcm", make_dicom(study_uid=study))], metadata={"service_level": level})
            await gateway.until(upload, "delivering", "verified")
            uploads.append(upload)
        for upload in uploads:
            await gateway.until(upload, "verified")
    asked = [path.split("/studies/")[1].split("/")[0] for method, path in peer.requests if "/instances" in path]
    order = [studies.index(study) for study in dict.fromkeys(asked)]
    assert order == [0, 4, 3, 2, 1]


@on_sqlite_only
async def test_stat_overtakes_what_is_under_way(
    to_peer: Settings, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place is taken by a long routine study; it goes on from where it was, and nothing is sent twice."""
    monkeypatch.setattr(transfer, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(stow, "BATCH_INSTANCES", 1)
    peer.inject(Stall(0.3, When.BEFORE), for_ever=True)
    one_at_a_time = to_peer.model_copy(update={"delivery_concurrency": 1, "complete_wait": 0.0})
    routine_files = make_study(30)
    async with running_gateway(one_at_a_time) as gateway:
        await gateway.sign_in(ADMIN)
        routine, _ = await gateway.send(routine_files)
        async with asyncio.timeout(20):
            while len(peer.stored) < 4:  # noqa: ASYNC110 - the peer lives in a thread
                await asyncio.sleep(0.02)
        stat, _ = await gateway.send(
            [("a.dcm", make_dicom(study_uid=make_uid("stat")))], metadata={"service_level": "stat"}
        )
        await gateway.until(stat, "verified")
        assert (await gateway.status(routine))["stage"] == "delivering"
        assert len(peer.stored) < 31
        peer.heal()
        assert (await gateway.until(routine, "verified"))["status"] == "completed"
    assert len(peer.stored) == 31
    assert peer.count("POST") == 31


async def test_a_claim_is_left_alone_until_its_lease_is_over(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    files = make_study(1)
    upload = await delivering.open(files)
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    await delivering.until(upload, "delivering")
    database = delivering.infrastructure.database

    async def claim(until: timedelta) -> Delivery | None:
        async with database.write() as session:
            lease = {"lease_owner": "a dead process", "lease_until": now() + until, "next_attempt_at": now()}
            await session.execute(update(Delivery).values(**lease))
            await session.execute(update(Destination).values(failures=0, retry_at=None))
            return await DeliveryRepository(session).claim_next((await delivery_of(delivering, upload)).destination_id)

    assert await claim(timedelta(seconds=10)) is None
    taken = await claim(timedelta(seconds=-1))
    assert taken is not None
    assert taken.lease_owner != "a dead process"
    async with database.write() as session:
        await session.execute(update(Delivery).values(lease_owner="a dead process", lease_until=now()))
    peer.heal()
    assert (await completing).json()["status"] == "completed"


@on_sqlite_only
async def test_a_process_whose_claim_was_taken_stops_and_changes_nothing(
    delivering: GatewayClient, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was silent for too long: the row belongs to whoever has taken it."""
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.05)
    peer.inject(Stall(30, When.BEFORE))
    upload = await delivering.open(files := make_study(1))
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    await delivering.until(upload, "delivering")
    with capture_logs() as said:
        async with delivering.infrastructure.database.write() as session:
            lease = {"lease_owner": "another process", "lease_until": now() + timedelta(hours=1)}
            await session.execute(update(Delivery).values(**lease))

        async def is_lost() -> bool:
            return any(line["event"] == "lease_lost" for line in said)

        await until(is_lost)
    delivery = await delivery_of(delivering, upload)
    assert (delivery.state, delivery.lease_owner, delivery.attempts) == (DeliveryState.WAITING, "another process", 0)
    async with delivering.infrastructure.database.write() as session:  # and that dies
        await session.execute(update(Delivery).values(lease_until=now()))
    assert (await completing).json()["status"] == "completed"
    assert peer.stored == by_uid(files)


async def test_a_destination_gets_no_more_deliveries_at_once_than_it_bears(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    for number in range(4):
        upload = await delivering.open([("a.dcm", content := make_dicom(seed=number))])
        await delivering.send_chunks(upload, [("a.dcm", content)])
        completing = asyncio.create_task(delivering.complete(upload))
        await delivering.until(upload, "delivering")
        completing.cancel()
        await asyncio.gather(completing, return_exceptions=True)
    database = delivering.infrastructure.database
    async with database.write() as session:
        later = now() + timedelta(hours=1)
        await session.execute(update(Delivery).values(lease_owner=None, lease_until=None, next_attempt_at=later))
    await asyncio.sleep(0.3)  # whoever runs gives up and is postponed
    async with database.write() as session:
        await session.execute(update(Delivery).values(lease_owner=None, lease_until=None, next_attempt_at=now()))
        await session.execute(update(Destination).values(failures=0, retry_at=None))
        repository = DeliveryRepository(session)
        destination = (await DestinationRepository(session).enabled_destinations())[0]
        claimed = [await repository.claim_next(destination.id) for _ in range(4)]
    assert [row is not None for row in claimed] == [True, True, False, False]


async def test_a_gateway_that_stops_between_send_and_mark_sends_nothing_twice(
    to_peer: Settings, peer: FlakyDicomweb
) -> None:
    peer.inject(Stall(20, When.AFTER))
    files = make_study(3)
    hurried = to_peer.model_copy(update={"complete_wait": 0.0})
    async with running_gateway(hurried) as gateway:
        await gateway.sign_in(ADMIN)
        upload, _ = await gateway.send(files)
        async with asyncio.timeout(10):
            while len(peer.stored) < len(files):  # noqa: ASYNC110 - the peer lives in a thread
                await asyncio.sleep(0.02)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    async with running_gateway(hurried) as gateway:
        await gateway.sign_in(ADMIN)
        assert (await gateway.until(upload, "verified"))["status"] == "completed"
    assert peer.count("POST") == 1
    assert peer.stored == by_uid(files)


@pytest.mark.parametrize("redis_url", [""])  # a process that may have others beside it knows of none that it is dead
async def test_a_start_frees_what_a_dead_process_had_claimed(to_peer: Settings, peer: FlakyDicomweb) -> None:
    peer.inject(Respond(503), method="GET", for_ever=True)
    hurried = to_peer.model_copy(update={"complete_wait": 0.0})
    async with running_gateway(hurried) as gateway:
        await gateway.sign_in(ADMIN)
        upload, _ = await gateway.send(make_study(1))
        await gateway.until(upload, "delivering")
    database = Database(hurried.effective_database_url)
    async with database.write() as session:
        lease = {"lease_owner": "a dead process", "lease_until": now() + timedelta(hours=1)}
        await session.execute(update(Delivery).values(**lease))
    await database.close()
    peer.heal()
    async with running_gateway(hurried) as gateway:
        await gateway.sign_in(ADMIN)
        assert (await gateway.until(upload, "verified", seconds=5))["status"] == "completed"


def test_a_destination_has_a_minute_to_list_what_it_acknowledged() -> None:
    assert 50 <= sum(LISTING_DELAYS) <= 60
