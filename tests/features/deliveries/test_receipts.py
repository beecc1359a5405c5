"""Custody receipts, the first destination, and the pauses between attempts."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select

from relaypacs.core.settings import Settings
from relaypacs.core.signing import ReceiptInvalid, verify_receipt
from relaypacs.features.deliveries.models import Destination, DestinationKind, Receipt
from relaypacs.features.deliveries.service import health
from relaypacs.features.deliveries.service.destinations import open_destination
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_study
from tests.builders.gateway import GatewayClient
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.servers.flaky_dicomweb import FlakyDicomweb


async def test_a_receipt_lists_every_instance_with_its_proof(delivering: GatewayClient) -> None:
    files = [*make_study(5), ("notes.txt", b"not DICOM")]
    upload, answer = await delivering.send(files)
    document = (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).raise_for_status().json()
    verify_receipt(document, [delivering.infrastructure.signer.public_key])
    receipt = document["receipt"]
    assert receipt["receipt_id"] == answer.json()["pacs_receipt_id"]
    assert receipt["upload_id"] == upload.upload_id
    assert receipt["study_hash"] == (await delivering.status(upload))["study_hash"]
    assert datetime.fromisoformat(receipt["issued_at"]).tzinfo is not None
    (rejected,) = (entry for entry in receipt["instances"] if entry["verdict"] == "rejected")
    sent = [entry for entry in receipt["instances"] if entry is not rejected]
    assert {entry["sop_instance_uid"] for entry in sent} == {
        outgoing(content).key.sop_instance_uid for _, content in files[:-1]
    }
    for entry in sent:
        assert len(entry["sha256"]) == len(entry["pixel_sha256"]) == 64
        (destination,) = entry["destinations"]
        assert destination.keys() == {"name", "kind", "outcome", "at"}
    found = [entry["destinations"][0]["outcome"] for entry in sent]
    assert sorted(found) == ["listed"] * 2 + ["read_back"] * 3  # a sample of three is read back
    assert rejected["destinations"] == []
    assert receipt["safe_to_delete"] is False


async def test_a_receipt_holds_no_patient_data(delivering: GatewayClient) -> None:
    files = make_study(1, patient_name="CANARY^JANE", patient_id="CANARY-1", AccessionNumber="CANARY-2")
    upload, _ = await delivering.send(files)
    assert "CANARY" not in (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).text


async def test_a_small_study_is_read_back_whole_and_safe_to_delete(delivering: GatewayClient) -> None:
    upload, _ = await delivering.send(make_study(2))
    receipt = (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).json()["receipt"]
    assert receipt["safe_to_delete"] is True


async def test_a_changed_receipt_is_found(delivering: GatewayClient) -> None:
    upload, _ = await delivering.send(make_study(1))
    document = (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).json()
    document["receipt"]["instances"][0]["sha256"] = "0" * 64
    with pytest.raises(ReceiptInvalid):
        verify_receipt(document)


async def test_a_receipt_is_issued_once_and_stays_as_it_is(delivering: GatewayClient) -> None:
    upload, answer = await delivering.send(make_study(1))
    before = (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).content
    await delivering.complete(upload)
    assert (await delivering.http.get(f"/upload/{upload.upload_id}/receipt")).content == before
    async with delivering.infrastructure.database.read() as session:
        (row,) = list(await session.scalars(select(Receipt)))
    assert row.id == UUID(answer.json()["pacs_receipt_id"])
    assert row.document == json.loads(before)


async def test_there_is_no_receipt_before_the_proof(delivering: GatewayClient) -> None:
    upload = await delivering.open([("a.dcm", b"body")])
    is_problem(await delivering.http.get(f"/upload/{upload.upload_id}/receipt"), 404, "receipt-not-ready")


# -- the first destination ---------------------------------------------------------------------------------------


async def destinations(gateway: GatewayClient) -> list[Destination]:
    async with gateway.infrastructure.database.read() as session:
        return list(await session.scalars(select(Destination)))


async def test_without_a_setting_the_first_destination_is_the_archive_folder(settings: Settings) -> None:
    async with running_gateway(settings) as gateway:
        (destination,) = await destinations(gateway)
    assert destination.kind is DestinationKind.FOLDER
    assert destination.address == str(settings.data_dir.absolute() / "archive")
    assert (destination.username, destination.password, destination.required) == (None, None, True)


async def test_the_setting_is_read_while_there_is_no_destination(to_peer: Settings, peer: FlakyDicomweb) -> None:
    async with running_gateway(to_peer) as gateway:
        (destination,) = await destinations(gateway)
        assert (destination.kind, destination.address) == (DestinationKind.DICOMWEB, peer.dicomweb_url)
        assert destination.username == "relay"
        assert destination.password
        assert "relay" not in destination.password
        assert "relay" not in destination.address.replace("relaypacs", "")
        pacs = open_destination(destination, gateway.infrastructure)
        await pacs.echo()
        await pacs.close()
    other = to_peer.model_copy(update={"pacs": SecretStr("folder:///somewhere/else")})
    async with running_gateway(other) as gateway:
        (still,) = await destinations(gateway)
    assert (still.id, still.address) == (destination.id, peer.dicomweb_url)


# -- pauses ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**9))
def test_pauses_double_up_to_half_a_minute_with_jitter(failures: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "MAX_BACKOFF_SECONDS", 30.0)
        pause = health.backoff(failures)
    full = min(30.0, 2.0 ** min(failures, 5))
    assert 0.75 * full <= pause <= full
