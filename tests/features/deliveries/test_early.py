"""Delivery begins while an urgent upload still arrives; nothing of that may ever pass for a whole study."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from relaypacs.core.clock import now
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.cancel import expire_uploads
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import GatewayClient, NamedBytes, OpenUpload
from tests.builders.pacs import change_destination, first_destination
from tests.builders.waiting import until
from tests.servers.flaky_dicomweb import FlakyDicomweb

STAT = {"service_level": "stat"}
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def uids(files: NamedBytes) -> set[str]:
    return {outgoing(content).key.sop_instance_uid for _, content in files}


async def send_some(gateway: GatewayClient, upload: OpenUpload, files: NamedBytes, *which: int) -> None:
    for number in which:
        await gateway.put(upload, upload.files[number]["file_id"], 0, files[number][1])


async def until_readable(gateway: GatewayClient, upload: OpenUpload, count: int) -> None:
    async def readable() -> bool:
        verified: int = (await gateway.status(upload))["counts"]["verified"]
        return verified >= count

    await until(readable)


async def test_a_stat_study_can_be_read_while_it_arrives(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    files = make_study(4)
    upload = await delivering.open(files, metadata=STAT)
    await send_some(delivering, upload, files, 0, 1)
    await until_readable(delivering, upload, 2)
    state = await delivering.status(upload)
    assert (state["status"], state["stage"], state["pacs_receipt_id"]) == ("uploading", "receiving", None)
    assert (state["counts"]["verified"], state["expected_instances"]) == (2, 4)
    assert set(peer.stored) == uids(files[:2])
    await send_some(delivering, upload, files, 2)
    await until_readable(delivering, upload, 3)
    await send_some(delivering, upload, files, 3)
    assert (await delivering.complete(upload)).json()["status"] == "completed"
    assert set(peer.stored) == uids(files)
    assert (await delivering.status(upload))["counts"]["verified"] == 4


async def test_a_routine_study_goes_when_it_is_complete(delivering: GatewayClient, peer: FlakyDicomweb) -> None:
    files = make_study(2)
    upload = await delivering.open(files)
    await send_some(delivering, upload, files, 0)
    await asyncio.sleep(0.5)
    assert peer.requests == []
    assert (await delivering.http.get("/deliveries")).json()["items"] == []


@on_sqlite_only
@pytest.mark.parametrize(("early", "level", "sent"), [("never", "stat", 0), ("always", "routine", 1)])
async def test_the_destination_decides_whether_it_wants_that(
    delivering: GatewayClient, peer: FlakyDicomweb, early: str, level: str, sent: int
) -> None:
    await change_destination(delivering, await first_destination(delivering), early=early)
    files = make_study(2)
    upload = await delivering.open(files, metadata={"service_level": level})
    await send_some(delivering, upload, files, 0)
    if sent:
        await until_readable(delivering, upload, sent)
    await asyncio.sleep(0.3)
    assert len(peer.stored) == sent


async def test_what_looks_like_two_patients_is_stopped_at_once_and_told(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    study = make_uid("two")
    files = [
        ("a.dcm", make_dicom(study_uid=study, instance_number=1)),
        ("b.dcm", make_dicom(study_uid=study, instance_number=2, patient_id="PAT-0002", patient_name="Other^One")),
        ("c.dcm", make_dicom(study_uid=study, instance_number=3)),
    ]
    upload = await delivering.open(files, metadata=STAT)
    await send_some(delivering, upload, files, 0)
    await until_readable(delivering, upload, 1)
    await send_some(delivering, upload, files, 1, 2)
    completing = asyncio.create_task(delivering.complete(upload))
    state = await delivering.until(upload, "held")
    assert len(peer.stored) == 1
    codes = [warning["code"] for warning in state["warnings"]]
    assert "incomplete-study" in codes
    assert state["pacs_receipt_id"] is None
    (delivery,) = (await delivering.http.get("/deliveries", params={"state": "paused"})).json()["items"]
    assert (delivery["upload_id"], delivery["delivered"]) == (upload.upload_id, 1)
    # The decision lets it go on from where it was.
    decided = await delivering.http.post(f"/upload/{upload.upload_id}/decision", json={"action": "split"})
    decided.raise_for_status()
    assert (await completing).json()["status"] in ("completed", "processing")
    await delivering.until(upload, "verified")
    async with asyncio.timeout(10):
        while set(peer.stored) != uids(files):  # noqa: ASYNC110 - the peer lives in a thread
            await asyncio.sleep(0.02)
    assert [w["code"] for w in (await delivering.status(upload))["warnings"]] == []


@pytest.mark.parametrize("end", ["cancelled", "expired"])
async def test_an_upload_that_ends_early_leaves_an_incomplete_study_and_says_so(
    delivering: GatewayClient, end: str
) -> None:
    files = make_study(3)
    upload = await delivering.open(files, metadata=STAT)
    await send_some(delivering, upload, files, 0)
    await until_readable(delivering, upload, 1)
    if end == "cancelled":
        (await delivering.http.delete(f"/upload/{upload.upload_id}")).raise_for_status()
    else:
        async with delivering.infrastructure.database.write() as session:
            await session.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))

        async def has_expired() -> bool:
            """Expiry leaves out what the delivery holds at this very moment, and takes it the next time."""
            return bool(await expire_uploads(delivering.infrastructure))

        await until(has_expired)
    seen = (await delivering.http.get(f"/upload/{upload.upload_id}")).json()
    assert (seen["stage"], [w["code"] for w in seen["warnings"]]) == (end, ["incomplete-study"])
    assert "1 of its instances" in seen["warnings"][0]["detail"]
    (delivery,) = (await delivering.http.get("/deliveries")).json()["items"]
    assert delivery["state"] == "paused"
