"""The gateway deletes its own copy only of what is proven to be kept elsewhere, and only after its time."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from relaypacs.core.clock import now
from relaypacs.core.errors import StorageUnavailable
from relaypacs.core.settings import Settings
from relaypacs.features.audit.models import Action, AuditEvent
from relaypacs.features.deliveries.models import Delivery, DeliveryState
from relaypacs.features.uploads.models import Upload, UploadStatus
from relaypacs.features.uploads.service.cleanup import LEFT_ALONE, clean_up
from relaypacs.features.uploads.service.retention import remove_kept_files
from tests.builders.blobs import place_of
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient, OpenUpload
from tests.builders.problems import is_problem

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"retention_hours": 48})


def folder(gateway: GatewayClient, upload: OpenUpload | str) -> Path:
    name = upload if isinstance(upload, str) else upload.upload_id
    return place_of(gateway.infrastructure.settings) / name


async def change(gateway: GatewayClient, model: Any, upload: OpenUpload | str, **values: Any) -> None:
    upload_id = UUID(upload if isinstance(upload, str) else upload.upload_id)
    key = Upload.id if model is Upload else Delivery.upload_id
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(model).where(key == upload_id).values(**values))


async def grow_old(gateway: GatewayClient, upload: OpenUpload | str, hours: float = 49) -> None:
    ago = now() - timedelta(hours=hours)
    await change(gateway, Upload, upload, created_at=ago, completed_at=ago)


async def delivered(gateway: GatewayClient, **study: Any) -> OpenUpload:
    """Send a study; let it have been read back, and be old."""
    upload, answer = await gateway.send(make_study(2, **study))
    assert answer.json()["status"] == "completed"
    await change(gateway, Delivery, upload, read_back_at=now())
    await grow_old(gateway, upload)
    return upload


async def test_what_is_proven_goes_after_its_time_and_says_so(gateway: GatewayClient) -> None:
    upload = await delivered(gateway)
    assert (await gateway.status(upload))["files_removed_at"] is None
    await grow_old(gateway, upload, hours=47)
    assert await remove_kept_files(gateway.infrastructure) == 0
    assert folder(gateway, upload).exists()
    await grow_old(gateway, upload)
    assert await remove_kept_files(gateway.infrastructure) == 1
    assert not folder(gateway, upload).exists()
    state = await gateway.status(upload)
    assert (state["status"], state["files_removed_at"] is None) == ("completed", False)
    assert (await gateway.http.get(f"/upload/{upload.upload_id}/receipt")).status_code == 200
    assert await remove_kept_files(gateway.infrastructure) == 0
    async with gateway.infrastructure.database.read() as session:
        query = select(AuditEvent.object_id).where(AuditEvent.action == Action.UPLOAD_FILES_REMOVED)
        assert (await session.scalars(query)).all() == [upload.upload_id]


@pytest.mark.parametrize(
    "unfinished",
    [
        {"read_back_at": None},
        {"state": DeliveryState.ATTENTION},
        {"state": DeliveryState.WAITING, "next_attempt_at": now() + timedelta(days=1)},
        {"state": DeliveryState.PAUSED},
        {"state": DeliveryState.CANCELLED},  # nobody has it
        {"is_open": True},
    ],
    ids=",".join,
)
@ONE_DATABASE
async def test_what_is_not_proven_stays_however_old_it_is(gateway: GatewayClient, unfinished: dict[str, Any]) -> None:
    upload = await delivered(gateway)
    await change(gateway, Delivery, upload, **unfinished)
    await grow_old(gateway, upload, hours=24 * 1000)
    assert await remove_kept_files(gateway.infrastructure) == 0
    assert folder(gateway, upload).exists()


@ONE_DATABASE
async def test_what_is_still_under_way_or_held_stays(gateway: GatewayClient) -> None:
    upload = await delivered(gateway)
    for status in (UploadStatus.PROCESSING, UploadStatus.UPLOADING, UploadStatus.PENDING):
        await change(gateway, Upload, upload, status=status)
        assert await remove_kept_files(gateway.infrastructure) == 0
    held, _ = await gateway.send([(f"{name}.dcm", make_dicom(patient_id=name)) for name in ("one", "other")])
    await change(gateway, Upload, held, created_at=now() - timedelta(days=1000))
    assert await remove_kept_files(gateway.infrastructure) == 0
    assert folder(gateway, held).exists()


@ONE_DATABASE
async def test_files_stay_as_long_as_an_upload_that_was_split_off_needs_them(gateway: GatewayClient) -> None:
    origin, _ = await gateway.send([(f"{name}.dcm", make_dicom(patient_id=name)) for name in ("one", "other")])
    await gateway.until(origin, "held")
    answer = await gateway.http.post(f"/upload/{origin.upload_id}/decision", json={"action": "split"})
    answer.raise_for_status()
    await gateway.until(origin, "verified")
    items = (await gateway.http.get("/upload")).json()["items"]
    (part,) = [item["upload_id"] for item in items if item["split_from"] == origin.upload_id]
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Delivery).values(read_back_at=now(), state=DeliveryState.VERIFIED))
    await change(gateway, Upload, part, status=UploadStatus.COMPLETED)
    for upload in (origin.upload_id, part):
        await grow_old(gateway, upload)
    await grow_old(gateway, part, hours=1)
    assert await remove_kept_files(gateway.infrastructure) == 0
    await grow_old(gateway, part)
    assert await remove_kept_files(gateway.infrastructure) == 2
    assert not folder(gateway, origin).exists()


async def test_a_duplicate_can_be_forced_as_long_as_its_files_are_there(gateway: GatewayClient) -> None:
    await gateway.send(make_study(1))
    duplicates = [(await gateway.send(make_study(1)))[0] for _ in range(2)]
    for upload in duplicates:
        assert (await gateway.status(upload))["stage"] == "duplicate"
        await change(gateway, Upload, upload, created_at=now() - timedelta(hours=49))
    assert await remove_kept_files(gateway.infrastructure) == 0, "its own time is not over"
    answer = await gateway.complete(duplicates[0], force=True)
    assert answer.status_code in (200, 202)
    for upload in duplicates:
        await change(gateway, Upload, upload, expires_at=now() - timedelta(seconds=1))
    assert await remove_kept_files(gateway.infrastructure) == 1
    assert folder(gateway, duplicates[0]).exists()
    is_problem(await gateway.complete(duplicates[1], force=True), 410, "files-removed")
    is_problem(await gateway.complete(duplicates[1]), 409, "duplicate-study")


@ONE_DATABASE
async def test_a_process_that_dies_before_it_deletes_leaves_that_to_the_clean_up(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await delivered(gateway)

    async def fails(_prefix: str) -> None:
        raise StorageUnavailable("The disk has gone.")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.infrastructure.storage, "delete", fails)
        with pytest.raises(StorageUnavailable):
            await remove_kept_files(gateway.infrastructure)
    assert folder(gateway, upload).exists()
    long_ago = time.time() - LEFT_ALONE.total_seconds() - 60
    os.utime(folder(gateway, upload), (long_ago, long_ago))
    assert await clean_up(gateway.infrastructure) == [UUID(upload.upload_id)]
    assert not folder(gateway, upload).exists()


@ONE_DATABASE
async def test_a_delivery_without_files_is_not_tried_again(gateway: GatewayClient) -> None:
    upload = await delivered(gateway)
    await remove_kept_files(gateway.infrastructure)
    await change(gateway, Delivery, upload, state=DeliveryState.CANCELLED)
    async with gateway.infrastructure.database.read() as session:
        delivery_id = await session.scalar(select(Delivery.id))
    is_problem(await gateway.http.post(f"/deliveries/{delivery_id}/retry"), 410, "files-removed")
    async with gateway.infrastructure.database.read() as session:
        assert await session.scalar(select(Delivery.state)) is DeliveryState.CANCELLED
