"""The same thing asked many times at once has one effect; things that exclude each other, one winner."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, update

from relaypacs.core import leases
from relaypacs.core.clock import now
from relaypacs.features.deliveries.models import Delivery, Receipt
from relaypacs.features.reports.models import Report
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.models import CheckState, Upload, UploadChunk, UploadFile
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service.cancel import expire_uploads
from relaypacs.features.uploads.service.check import check_claimed
from relaypacs.features.uploads.service.receive_chunk import ChunkIntake
from tests.builders.blobs import blob_content
from tests.builders.dicom import make_study
from tests.builders.gateway import CHUNK_SIZE, GatewayClient, OpenUpload
from tests.builders.problems import is_problem


async def count(gateway: GatewayClient, model: Any) -> int:
    async with gateway.infrastructure.database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(model)) or 0)


async def stored(gateway: GatewayClient, upload: OpenUpload, ordinal: int = 0) -> bytes | None:
    try:
        return await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/{ordinal}")
    except FileNotFoundError:
        return None


async def end_time(gateway: GatewayClient) -> None:
    """Let every upload's time be over."""
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))


async def test_one_chunk_32_times_is_one_row_and_one_answer(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", bytes(2 * CHUNK_SIZE))])
    body = b"\x01" * CHUNK_SIZE
    answers = await asyncio.gather(
        *(gateway.put(upload, "scan", 1, body, zipped=bool(number % 2)) for number in range(32))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["uploaded_bytes"] == CHUNK_SIZE
    assert await count(gateway, UploadChunk) == 1
    state = await gateway.status(upload)
    assert (state["uploaded_bytes"], state["uploaded_chunks"]) == (CHUNK_SIZE, 1)


async def test_of_32_bodies_for_one_chunk_one_wins_and_stays(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    bodies = [f"{number:04}".encode() for number in range(32)]
    answers = await asyncio.gather(*(gateway.put(upload, "scan", 0, body) for body in bodies))
    (winner,) = (body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200)
    for answer in answers:
        if answer.status_code != 200:
            is_problem(answer, 409, "chunk-conflict")
    assert await stored(gateway, upload) == winner


async def test_all_chunks_at_once_are_all_counted(gateway: GatewayClient) -> None:
    content = b"".join(bytes([number]) * CHUNK_SIZE for number in range(12))
    upload = await gateway.open([("scan.dcm", content)])
    parts = [content[i * CHUNK_SIZE : (i + 1) * CHUNK_SIZE] for i in range(12)]
    answers = await asyncio.gather(*(gateway.put(upload, "scan", i, part) for i, part in enumerate(parts)))
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.json()["uploaded_bytes"] for answer in answers) == len(content)
    assert await stored(gateway, upload) == content


async def test_what_another_process_acknowledged_is_known_and_kept(gateway: GatewayClient) -> None:
    """After a restart nothing is remembered but the rows."""
    upload = await gateway.open([("scan.dcm", b"body")])
    await gateway.put(upload, "scan", 0, b"body")
    app: Any = gateway.transport.app  # type: ignore[attr-defined]
    app.state.chunk_intake = ChunkIntake(gateway.infrastructure)
    assert (await gateway.put(upload, "scan", 0, b"body")).json()["uploaded_bytes"] == 4
    is_problem(await gateway.put(upload, "scan", 0, b"evil"), 409, "chunk-conflict")
    assert await stored(gateway, upload) == b"body"


async def test_complete_50_times_at_once_is_one_delivery_report_and_receipt(gateway: GatewayClient) -> None:
    files = make_study(2)
    upload = await gateway.open(files)
    await gateway.send_chunks(upload, files)
    answers = await asyncio.gather(*(gateway.complete(upload) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert [await count(gateway, model) for model in (Delivery, Report, Receipt)] == [1, 1, 1]
    assert (await gateway.http.get("/notifications")).json()["unread"] == 1


async def test_one_study_in_two_uploads_at_once_is_delivered_once(gateway: GatewayClient) -> None:
    files = make_study(2)
    uploads = [await gateway.open(files) for _ in range(2)]
    for upload in uploads:
        await gateway.send_chunks(upload, files)
    answers = await asyncio.gather(*(gateway.complete(upload) for upload in uploads))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [await count(gateway, model) for model in (Delivery, Report, Receipt)] == [1, 1, 1]


async def test_a_client_that_leaves_does_not_leave_its_range_half_handled(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    for _ in range(20):
        first = asyncio.create_task(gateway.put(upload, "scan", 0, b"evil"))
        await asyncio.sleep(0.001)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    answer = await gateway.put(upload, "scan", 0, b"body")
    assert answer.status_code in (200, 409)
    assert await stored(gateway, upload) == (b"body" if answer.status_code == 200 else b"evil")


@pytest.mark.parametrize("lateness", [0.0, 0.002, 0.005])
async def test_expiry_removes_no_upload_that_is_alive(gateway: GatewayClient, lateness: float) -> None:
    """Let chunks and the clean-up meet: whatever was acknowledged is there, whatever was not has left nothing."""
    uploads = [await gateway.open([("scan.dcm", b"bodybody")]) for _ in range(8)]
    await end_time(gateway)

    async def late_put(upload: OpenUpload) -> httpx.Response:
        # A chunk that came a moment before the end: its upload is alive again.
        await asyncio.sleep(lateness)
        return await gateway.put(upload, "scan", 0, b"bodybody")

    async def revive(upload: OpenUpload) -> None:
        async with gateway.infrastructure.database.write() as session:
            renewed = now() + timedelta(hours=1)
            await session.execute(
                update(Upload)
                .where(Upload.id == UUID(upload.upload_id), Upload.status != "failed")
                .values(expires_at=renewed)
            )

    *answers, _ = await asyncio.gather(
        *(late_put(upload) for upload in uploads),
        *(revive(upload) for upload in uploads[:4]),
        expire_uploads(gateway.infrastructure),
    )
    await expire_uploads(gateway.infrastructure)
    for upload, answer in zip(uploads, answers, strict=False):
        assert answer is not None
        assert answer.status_code in (200, 409, 410), answer.text
        state = await gateway.status(upload)
        if answer.status_code == 200:
            assert state["stage"] == "receiving"
            assert await stored(gateway, upload) == b"bodybody"
        elif state["stage"] == "expired":
            assert await stored(gateway, upload) is None


async def test_an_expired_upload_is_410_and_its_files_are_gone(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"bodybody")])
    await gateway.put(upload, "scan", 0, b"bodybody")
    await end_time(gateway)
    for removed in (False, True):
        if removed:
            await expire_uploads(gateway.infrastructure)
        is_problem(await gateway.complete(upload), 410, "upload-expired")
    assert (await gateway.status(upload))["stage"] == "expired"
    assert await stored(gateway, upload) is None
    fresh = await gateway.open([("scan.dcm", b"bodybody")])
    await end_time(gateway)
    is_problem(await gateway.put(fresh, "scan", 0, b"bodybody"), 410, "upload-expired")


async def test_a_sender_is_told_once_of_each_upload_that_expired(gateway: GatewayClient) -> None:
    uploads = [await gateway.open([("CANARY.dcm", b"bodybody")]) for _ in range(5)]
    await end_time(gateway)
    await asyncio.gather(*(expire_uploads(gateway.infrastructure) for _ in range(4)))
    items = (await gateway.http.get("/notifications")).json()["items"]
    assert sorted(item["related_id"] for item in items) == sorted(upload.upload_id for upload in uploads)
    assert {item["type"] for item in items} == {"upload_failed"}
    assert "CANARY" not in str(items)


async def test_activity_prolongs_an_upload(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", bytes(CHUNK_SIZE + 1))])
    soon = now() + timedelta(seconds=30)
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Upload).values(expires_at=soon))
    await gateway.put(upload, "scan", 1, b"\0")
    async with gateway.infrastructure.database.read() as session:
        expires_at = await session.scalar(select(Upload.expires_at))
    assert expires_at is not None
    assert expires_at > soon + timedelta(hours=23)


async def test_cancel_and_chunks_at_once_leave_nothing_behind(gateway: GatewayClient) -> None:
    content = bytes(8 * CHUNK_SIZE)
    for _ in range(4):
        upload = await gateway.open([("scan.dcm", content)])
        puts = [gateway.put(upload, "scan", i, content[:CHUNK_SIZE]) for i in range(8)]
        *answers, cancelled = await asyncio.gather(*puts, gateway.http.delete(f"/upload/{upload.upload_id}"))
        assert cancelled.status_code == 204
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert await stored(gateway, upload) is None


async def test_a_chunk_of_a_cancelled_upload_is_told_so_whether_it_was_acknowledged_or_not(
    gateway: GatewayClient,
) -> None:
    upload = await gateway.open([("scan.dcm", bytes(CHUNK_SIZE + 4))])
    await gateway.put(upload, "scan", 1, b"body")
    await gateway.http.delete(f"/upload/{upload.upload_id}")
    is_problem(await gateway.put(upload, "scan", 1, b"body"), 409, "upload-closed")
    is_problem(await gateway.put(upload, "scan", 0, bytes(CHUNK_SIZE)), 409, "upload-closed")
    assert await stored(gateway, upload) is None


@pytest.mark.parametrize("heartbeat", [0.001, 60], ids=["found out at once", "found out at the end"])
async def test_a_check_whose_claim_was_taken_by_another_process_writes_nothing(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch, heartbeat: float
) -> None:
    """That was silent for too long. What the other one has found may be on its way to the PACS already."""
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", heartbeat)
    upload, _ = await gateway.send(make_study(2))
    database = gateway.infrastructure.database
    async with database.write() as session:
        await session.execute(update(Upload).values(status="processing"))
        await session.execute(update(UploadFile).values(check_state=CheckState.DUE))
        files = await UploadRepository(session).claim_due_files(UUID(upload.upload_id), 2)
        await session.flush()
        await session.execute(update(UploadFile).values(lease_owner="another process"))
        found = set(await session.scalars(select(Instance.id)))
    assert len(files) == 2
    assert await check_claimed(gateway.infrastructure, files) is None
    async with database.read() as session:
        assert set(await session.scalars(select(Instance.id))) == found
        assert set(await session.scalars(select(UploadFile.lease_owner))) == {"another process"}
