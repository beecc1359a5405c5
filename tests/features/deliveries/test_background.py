"""What was only listed is read back in the background: promise R6 for everything that a sample leaves out."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSNearLossless, RLELossless
from sqlalchemy import select, update

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.core.signing import verify_receipt
from relaypacs.features.audit.models import Action, AuditEvent
from relaypacs.features.deliveries import proof_rows
from relaypacs.features.deliveries.judgement import ABSENT, DIFFERENT, LOSSY, NOT_GIVEN_BACK, OWN_COPY_GONE, REMOVED
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Destination, Receipt
from relaypacs.features.deliveries.proof_rows import ProofRepository
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service import background
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study, make_uid, transcoded
from tests.builders.gateway import ADMIN, GatewayClient, NamedBytes, OpenUpload
from tests.conftest import running_gateway
from tests.servers import orthanc as orthanc_server
from tests.servers import require
from tests.servers.flaky_dicomweb import FlakyDicomweb, Respond, Stall, When

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LISTED = 2  # of five instances; three are the sample


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_rows, "QUIET", timedelta())
    monkeypatch.setattr(background, "LONGEST_REST_SECONDS", 0.0)
    monkeypatch.setattr(background, "PAUSE", timedelta(seconds=0.05))


@pytest.fixture
async def patient_gateway(to_peer: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GatewayClient]:
    """A gateway that reads nothing back until it is told to `begin`."""
    monkeypatch.setattr(proof_rows, "QUIET", timedelta(days=1))
    async with running_gateway(to_peer) as client:
        await client.sign_in(ADMIN)
        yield client


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda: monkeypatch.setattr(proof_rows, "QUIET", timedelta())


def uid(content: bytes) -> str:
    return outgoing(content).key.sop_instance_uid


async def deliveries(gateway: GatewayClient, upload: OpenUpload) -> Sequence[Delivery]:
    async with gateway.infrastructure.database.read() as session:
        query = select(Delivery).where(Delivery.upload_id == UUID(upload.upload_id))
        return (await session.scalars(query)).all()


async def read_back(gateway: GatewayClient, upload: OpenUpload, seconds: float = 20) -> Delivery:
    """Return the upload's delivery when its reading back has ended."""
    deadline = time.monotonic() + seconds
    while True:
        (delivery,) = await deliveries(gateway, upload)
        if delivery.read_back_at:
            return delivery
        assert time.monotonic() < deadline, delivery.state
        await asyncio.sleep(0.05)


async def found(gateway: GatewayClient, upload: OpenUpload) -> dict[str, tuple[str, str]]:
    """Return outcome and reason of each instance, by SOPInstanceUID, as the receipt and the rows have them."""
    receipt = await receipt_of(gateway, upload)
    async with gateway.infrastructure.database.read() as session:
        reasons = [
            row.reason for row in await session.scalars(select(DeliveryInstance).order_by(DeliveryInstance.instance_id))
        ]
    outcomes = {e["sop_instance_uid"]: e["destinations"][0]["outcome"] for e in receipt["instances"]}
    return {name: (outcome, reason) for (name, outcome), reason in zip(outcomes.items(), reasons, strict=True)}


async def receipt_of(gateway: GatewayClient, upload: OpenUpload) -> dict[str, Any]:
    document = (await gateway.http.get(f"/upload/{upload.upload_id}/receipt")).raise_for_status().json()
    verify_receipt(document, [gateway.infrastructure.signer.public_key])
    receipt: dict[str, Any] = document["receipt"]
    return receipt


def listed_only(receipt: dict[str, Any]) -> list[str]:
    return [
        entry["sop_instance_uid"] for entry in receipt["instances"] if entry["destinations"][0]["outcome"] == "listed"
    ]


async def messages(gateway: GatewayClient) -> list[str]:
    return [item["message"] for item in (await gateway.http.get("/notifications")).json()["items"]]


async def delivered(gateway: GatewayClient, files: NamedBytes) -> tuple[OpenUpload, list[str]]:
    """Send a study; return what of it was only listed."""
    upload, answer = await gateway.send(files)
    assert answer.json()["status"] == "completed"
    return upload, listed_only(await receipt_of(gateway, upload))


async def test_what_was_listed_is_read_back_and_the_receipt_says_so(patient_gateway: GatewayClient, begin: Any) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    first = await receipt_of(patient_gateway, upload)
    assert (len(listed), first["revision"], first["safe_to_delete"]) == (LISTED, 1, False)
    assert (await patient_gateway.status(upload))["safe_to_delete"] is False
    begin()
    delivery = await read_back(patient_gateway, upload)
    assert (delivery.state, delivery.lease_owner) == (DeliveryState.VERIFIED, None)
    second = await receipt_of(patient_gateway, upload)
    assert (second["revision"], second["receipt_id"]) == (2, first["receipt_id"])
    assert (second["safe_to_delete"], listed_only(second)) == (True, [])
    (summary,) = second["destinations"]
    assert (summary["instances"], summary["read_back"], summary["required"]) == (5, 5, True)
    state = await patient_gateway.status(upload)
    assert (state["safe_to_delete"], state["pacs_receipt_id"]) == (True, first["receipt_id"])
    async with patient_gateway.infrastructure.database.read() as session:
        rows = (await session.scalars(select(Receipt).order_by(Receipt.revision))).all()
    assert [row.revision for row in rows] == [1, 2]
    assert rows[0].document["receipt"] == first


async def test_a_study_that_the_sample_has_covered_gets_no_second_receipt_for_nothing(
    delivering: GatewayClient,
) -> None:
    upload, listed = await delivered(delivering, make_study(2))
    assert listed == []
    await read_back(delivering, upload)
    receipt = await receipt_of(delivering, upload)
    assert (receipt["safe_to_delete"], (await delivering.status(upload))["safe_to_delete"]) == (True, True)


async def test_an_instance_that_is_lost_after_verification_is_found_and_nobody_sends_it_in_silence(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    del peer.stored[listed[0]]
    begin()
    delivery = await read_back(patient_gateway, upload)
    assert (delivery.state, delivery.last_reason) == (DeliveryState.ATTENTION, ABSENT.reason)
    seen = await found(patient_gateway, upload)
    assert seen[listed[0]] == ("lost", ABSENT.reason)
    assert seen[listed[1]] == ("read_back", "")
    await asyncio.sleep(0.5)
    assert listed[0] not in peer.stored
    assert sum("does not hold" in message for message in await messages(patient_gateway)) == 1
    assert (await patient_gateway.status(upload))["safe_to_delete"] is False
    assert (await receipt_of(patient_gateway, upload))["destinations"][0]["lost"] == 1
    async with patient_gateway.infrastructure.database.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == Action.UPLOAD_CONTRADICTED)
        (event,) = (await session.scalars(query)).all()
    assert (event.object_id, event.details["found"]) == (upload.upload_id, "absent")


@ONE_DATABASE
async def test_an_instance_that_is_changed_after_verification_is_found(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    sender = await patient_gateway.another("dr.rosa")
    upload, listed = await delivered(sender, make_study(5))
    key = outgoing(peer.stored[listed[1]]).key
    peer.stored[listed[1]] = make_dicom(
        seed=9, study_uid=key.study_instance_uid, series_uid=key.series_instance_uid, sop_instance_uid=listed[1]
    )
    begin()
    delivery = await read_back(patient_gateway, upload)
    assert (delivery.state, delivery.last_reason) == (DeliveryState.ATTENTION, DIFFERENT.reason)
    assert (await found(sender, upload))[listed[1]] == ("refused", DIFFERENT.reason)
    for told in (sender, patient_gateway):
        assert sum("does not hold" in message for message in await messages(told)) == 1


@pytest.mark.parametrize(
    ("syntax", "expected"),
    [(RLELossless, ("read_back", "")), (JPEG2000Lossless, ("read_back", ""))],
    ids=["RLE", "JPEG 2000"],
)
@ONE_DATABASE
async def test_another_lossless_form_is_compared_decoded(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any, syntax: str, expected: tuple[str, str]
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    for name in listed:
        peer.stored[name] = transcoded(peer.stored[name], syntax)
    begin()
    assert (await read_back(patient_gateway, upload)).state is DeliveryState.VERIFIED
    seen = await found(patient_gateway, upload)
    assert {seen[name] for name in listed} == {expected}


@ONE_DATABASE
async def test_a_form_that_proves_nothing_stays_listed_and_says_why(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    storage = patient_gateway.infrastructure.settings.storage_dir / upload.upload_id
    peer.stored[listed[0]] = make_dicom(
        transfer_syntax=JPEGLSNearLossless,
        study_uid=outgoing(peer.stored[listed[0]]).key.study_instance_uid,
        sop_instance_uid=listed[0],
    )
    peer.stored[listed[1]] = transcoded(peer.stored[listed[1]], RLELossless)
    for file in storage.iterdir():
        file.unlink()
    begin()
    assert (await read_back(patient_gateway, upload)).state is DeliveryState.VERIFIED
    seen = await found(patient_gateway, upload)
    assert (seen[listed[0]], seen[listed[1]]) == (("listed", LOSSY.reason), ("listed", OWN_COPY_GONE.reason))
    receipt = await receipt_of(patient_gateway, upload)
    assert (receipt["safe_to_delete"], receipt["destinations"][0]["listed"]) == (False, LISTED)


@ONE_DATABASE
async def test_a_changed_picture_in_another_form_is_found(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    key = outgoing(peer.stored[listed[0]]).key
    other = make_dicom(seed=9, study_uid=key.study_instance_uid, sop_instance_uid=listed[0])
    peer.stored[listed[0]] = transcoded(other, RLELossless)
    begin()
    assert (await read_back(patient_gateway, upload)).state is DeliveryState.ATTENTION
    assert (await found(patient_gateway, upload))[listed[0]] == ("refused", DIFFERENT.reason)


@ONE_DATABASE
async def test_a_destination_that_is_down_is_asked_again_later(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    upload, _ = await delivered(patient_gateway, make_study(5))
    peer.inject(Respond(503), method="GET", for_ever=True)
    begin()
    await asyncio.sleep(1.5)
    (delivery,) = await deliveries(patient_gateway, upload)
    assert (delivery.state, delivery.read_back_at, delivery.attempts) == (DeliveryState.VERIFIED, None, 0)
    peer.heal()
    await read_back(patient_gateway, upload)
    assert (await receipt_of(patient_gateway, upload))["safe_to_delete"] is True


@ONE_DATABASE
async def test_an_instance_that_alone_is_not_given_back_ends_the_trying_at_some_time(
    patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    peer.withheld.add(listed[0])
    begin()
    assert (await read_back(patient_gateway, upload)).state is DeliveryState.VERIFIED
    seen = await found(patient_gateway, upload)
    assert (seen[listed[0]], seen[listed[1]]) == (("listed", NOT_GIVEN_BACK.reason), ("read_back", ""))


@pytest.mark.parametrize(
    "unwell", [{"enabled": False}, {"retry_at": now() + timedelta(hours=1)}], ids=["disabled", "resting"]
)
async def test_a_destination_that_is_not_to_be_asked_is_left_alone(
    patient_gateway: GatewayClient, begin: Any, unwell: dict[str, Any]
) -> None:
    upload, _ = await delivered(patient_gateway, make_study(5))
    await change_destination(patient_gateway, **unwell)
    begin()
    await asyncio.sleep(0.5)
    assert (await deliveries(patient_gateway, upload))[0].read_back_at is None
    await change_destination(patient_gateway, enabled=True, retry_at=None)
    await read_back(patient_gateway, upload)


async def test_what_is_to_be_sent_goes_first(patient_gateway: GatewayClient, peer: FlakyDicomweb, begin: Any) -> None:
    upload, _ = await delivered(patient_gateway, make_study(5))
    peer.inject(Stall(1.5, When.BEFORE))
    other = [("a.dcm", make_dicom(study_uid=make_uid("other")))]
    sending = asyncio.create_task(patient_gateway.send(other))
    while peer.count("POST") < 2:  # noqa: ASYNC110 - the peer lives in a thread
        await asyncio.sleep(0.02)
    begin()
    asked = len(peer.requests)
    await asyncio.sleep(0.8)
    assert len(peer.requests) == asked
    await sending
    await read_back_all(patient_gateway)
    assert (await receipt_of(patient_gateway, upload))["safe_to_delete"] is True


async def test_two_workers_do_not_read_one_destination_back_at_once(patient_gateway: GatewayClient, begin: Any) -> None:
    for number in range(2):
        await delivered(patient_gateway, [("a.dcm", make_dicom(study_uid=make_uid("one of two", number)))])
    database = patient_gateway.infrastructure.database
    await change_destination(patient_gateway, enabled=False)  # the gateway's own worker keeps away
    begin()
    async with database.write() as session:
        await session.execute(update(Destination).values(enabled=True))
        repository = ProofRepository(session)
        (destination_id,) = await repository.destinations_to_read_back(now())
        taken = await repository.claim(destination_id)
        assert taken is not None
        assert await repository.claim(destination_id) is None
        assert await repository.may_go_on(taken)
        await session.execute(update(Delivery).values(lease_until=now() - timedelta(seconds=1)))
        assert await repository.claim(destination_id) is not None
        sender = DeliveryRepository(session)
        await session.execute(update(Delivery).where(Delivery.id != taken.id).values(state=DeliveryState.WAITING))
        assert await sender.claim_next(destination_id) is not None, "it does not count against what may be sent"
        await session.rollback()


async def change_destination(gateway: GatewayClient, **values: Any) -> None:
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Destination).values(**values))


async def read_back_all(gateway: GatewayClient) -> None:
    async with asyncio.timeout(20):
        while True:
            async with gateway.infrastructure.database.read() as session:
                if await session.scalar(select(Delivery.id).where(Delivery.read_back_at.is_(None)).limit(1)) is None:
                    return
            await asyncio.sleep(0.05)


@ONE_DATABASE
async def test_a_destination_that_was_removed_ends_the_reading_back(
    patient_gateway: GatewayClient, begin: Any, peer: FlakyDicomweb
) -> None:
    upload, listed = await delivered(patient_gateway, make_study(5))
    async with patient_gateway.infrastructure.database.write() as session:
        await session.execute(update(Destination).values(removed_at=now(), enabled=False))
    asked = len(peer.requests)
    begin()
    await read_back(patient_gateway, upload)
    seen = await found(patient_gateway, upload)
    assert {seen[name] for name in listed} == {("listed", REMOVED.reason)}
    assert len(peer.requests) == asked


@ONE_DATABASE
async def test_whoever_goes_on_after_a_crash_asks_for_the_rest_alone(
    to_peer: Settings, peer: FlakyDicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MARK_EVERY", 1)
    monkeypatch.setattr(background, "LONGEST_REST_SECONDS", 0.4)
    peer.give_delay = 0.4
    async with running_gateway(to_peer) as gateway:
        await gateway.sign_in(ADMIN)
        upload, listed = await delivered(gateway, make_study(9))
        while len(listed_only_rows(await rows(gateway))) > len(listed) - 2:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    gives = [path for method, path in peer.requests if "/series/" in path]
    assert len(gives) < 9
    peer.give_delay = 0.0
    async with running_gateway(to_peer) as gateway:
        await gateway.sign_in(ADMIN)
        await read_back(gateway, upload)
    gives = [path for method, path in peer.requests if "/series/" in path]
    assert len(set(gives)) == 9
    assert len(gives) <= 9 + 1  # the one that was under way


async def rows(gateway: GatewayClient) -> Sequence[DeliveryInstance]:
    async with gateway.infrastructure.database.read() as session:
        return (await session.scalars(select(DeliveryInstance))).all()


def listed_only_rows(found_rows: Sequence[DeliveryInstance]) -> list[DeliveryInstance]:
    return [row for row in found_rows if row.outcome.value == "listed"]


async def test_a_folder_is_read_back_too(settings: Settings) -> None:
    async with running_gateway(settings.model_copy(update={"wake_interval": 0.1})) as gateway:
        await gateway.sign_in(ADMIN)
        upload, answer = await gateway.send(make_study(6))
        assert answer.json()["status"] == "completed"
        await read_back(gateway, upload)
        assert (await receipt_of(gateway, upload))["safe_to_delete"] is True


@ONE_DATABASE
async def test_an_orthanc_that_compresses_what_it_gets_is_believed_after_decoding(settings: Settings) -> None:
    require(orthanc_server)
    with orthanc_server.running_orthanc(IngestTranscoding=JPEGLosslessSV1) as orthanc:
        to_orthanc = settings.model_copy(update={"pacs": SecretStr(orthanc.pacs_url), "wake_interval": 0.1})
        async with running_gateway(to_orthanc) as gateway:
            await gateway.sign_in(ADMIN)
            upload, answer = await gateway.send(make_study(4))
            assert answer.json()["status"] == "completed"
            assert len(listed_only(await receipt_of(gateway, upload))) == 4, "not even the sample could be compared"
            await read_back(gateway, upload)
            assert (await receipt_of(gateway, upload))["safe_to_delete"] is True
        held = [orthanc.file(identifier) for identifier in orthanc.instances().values()]
    assert {outgoing(content).transfer_syntax_uid for content in held} == {JPEGLosslessSV1}
