"""Promise R12: no clean-up removes an upload that is alive, and none leaves behind what nobody needs."""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from relaypacs.core.clock import now
from relaypacs.features.uploads.models import CheckState, Stage, Upload, UploadFile, UploadWord
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service import cleanup
from relaypacs.features.uploads.service.cancel import expire_uploads
from relaypacs.features.uploads.service.cleanup import LEFT_ALONE, clean_up
from relaypacs.features.uploads.tasks import check_upload, due_checks
from tests.builders.blobs import keys_in, prefixes_of
from tests.builders.dicom import make_study
from tests.builders.gateway import GatewayClient, OpenUpload
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

RACES = {"sqlite": 100, "postgresql": 400}  # SQLite syncs each of its commits
AT_ONCE = 10
BODY = b"body"
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def folder(gateway: GatewayClient, upload: OpenUpload) -> Path:
    return gateway.infrastructure.settings.storage_dir / upload.upload_id


def grow_old(path: Path) -> None:
    long_ago = time.time() - LEFT_ALONE.total_seconds() - 60
    os.utime(path, (long_ago, long_ago))


async def set_expiry(gateway: GatewayClient, upload: OpenUpload, seconds: float) -> None:
    async with gateway.infrastructure.database.write() as session:
        at = now() + timedelta(seconds=seconds)
        await session.execute(update(Upload).where(Upload.id == UUID(upload.upload_id)).values(expires_at=at))


@dataclass
class Pace:
    """How long a chunk takes on this machine, in the crowd of the test: ends are aimed by it."""

    seconds: float = 0.05


async def race(gateway: GatewayClient, upload: OpenUpload, chance: random.Random, pace: Pace) -> bool:
    """Let an upload's time end around the moment at which its chunk comes, for the first time or once more.

    Returns whether the chunk was acknowledged.
    """
    if chance.random() < 0.5:
        (await gateway.put(upload, "scan", 0, BODY)).raise_for_status()
    await set_expiry(gateway, upload, chance.uniform(0, 2 * pace.seconds))
    began = time.monotonic()
    answer = await gateway.put(upload, "scan", 0, BODY)
    pace.seconds += (time.monotonic() - began - pace.seconds) / 10
    await expire_uploads(gateway.infrastructure)
    if answer.status_code == 200:
        return True
    is_problem(answer, 410, "upload-expired")
    return False


async def test_expiry_never_ends_an_upload_whose_chunk_was_acknowledged(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for call in ("fsync", "fdatasync"):  # no power fails here, and thousands of syncs take minutes
        monkeypatch.setattr(os, call, lambda _descriptor: None)
    races = RACES["sqlite" if gateway.infrastructure.database.is_sqlite else "postgresql"]
    chance = random.Random(12)  # noqa: S311
    outcomes, pace = set(), Pace()
    for _ in range(races // AT_ONCE):
        uploads = [await gateway.open([("scan.dcm", BODY)]) for _ in range(AT_ONCE)]
        acknowledged = await asyncio.gather(*(race(gateway, upload, chance, pace) for upload in uploads))
        stages = await stages_of(gateway, uploads)
        for upload, was_acknowledged in zip(uploads, acknowledged, strict=True):
            is_alive = stages[upload.upload_id] == Stage.RECEIVING
            assert is_alive == was_acknowledged
            assert (f"{upload.upload_id}/0" in keys_in(gateway.infrastructure.settings, upload.upload_id)) == is_alive
            outcomes.add(is_alive)
        await end_all(gateway)
    assert outcomes == {True, False}
    assert await prefixes_of(gateway.infrastructure.storage) == []


@pytest.mark.parametrize("ending", ["cancelled", "expired"])
async def test_the_files_of_a_failed_upload_are_not_checked_again_and_again(
    gateway: GatewayClient, ending: str
) -> None:
    upload = await gateway.open([("scan.dcm", b"body"), ("other.dcm", b"body")])
    if ending == "cancelled":
        await gateway.http.delete(f"/upload/{upload.upload_id}")
    else:
        await set_expiry(gateway, upload, -1)
        await expire_uploads(gateway.infrastructure)
    async with gateway.infrastructure.database.write() as session:  # as if the check had not been quick enough
        whole = update(UploadFile).where(UploadFile.upload_id == UUID(upload.upload_id))
        await session.execute(whole.values(check_state=CheckState.DUE))
    assert await due_checks(gateway.infrastructure) == []
    await check_upload(gateway.infrastructure, UUID(upload.upload_id))


async def test_what_no_upload_needs_is_removed_and_nothing_else(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = gateway.infrastructure.storage
    kept = {
        "receiving": await gateway.open([("scan.dcm", b"body")]),
        "verified": (await gateway.send(make_study(1)))[0],
        "duplicate": (await gateway.send(make_study(1)))[0],
    }
    await gateway.put(kept["receiving"], "scan", 0, b"body")
    rejected, _ = await gateway.send([("scan.dcm", b"no DICOM")])
    left_behind = [await gateway.open([("scan.dcm", b"body")]) for _ in range(3)]
    await gateway.http.delete(f"/upload/{left_behind[0].upload_id}")
    await set_expiry(gateway, left_behind[1], -1)
    await expire_uploads(gateway.infrastructure)
    await forget(gateway, left_behind[2])
    for upload in left_behind:  # as if the process had died before it removed them
        await storage.write(f"{upload.upload_id}/0", 0, b"body")
    assert {stage: (await gateway.status(upload))["stage"] for stage, upload in kept.items()} == {s: s for s in kept}

    await date_back(gateway)
    assert await clean_up(gateway.infrastructure) == []  # all of it is younger than an hour
    monkeypatch.setattr(cleanup, "now", lambda: now() + LEFT_ALONE + timedelta(minutes=1))
    removed = await clean_up(gateway.infrastructure)
    assert {str(upload_id) for upload_id in removed} == {u.upload_id for u in (rejected, *left_behind)}
    assert {prefix.name for prefix in await prefixes_of(storage)} == {u.upload_id for u in kept.values()}


@ONE_DATABASE
async def test_what_belongs_to_another_database_or_is_none_of_ours_stays(gateway: GatewayClient) -> None:
    """An empty database beside a full storage is a mistake in the settings, not a reason to remove everything."""
    storage = gateway.infrastructure.storage
    names = {str(uuid4()), "lost+found", "0123", str(uuid4()).upper()}
    for name in names:
        await storage.write(f"{name}/0", 0, b"body")
        grow_old(gateway.infrastructure.settings.storage_dir / name)
    assert await clean_up(gateway.infrastructure) == []
    await gateway.open([("scan.dcm", b"body")])  # younger than what lies there
    assert await clean_up(gateway.infrastructure) == []
    assert {prefix.name for prefix in await prefixes_of(storage)} == names


@ONE_DATABASE
async def test_a_start_cleans_up(gateway: GatewayClient) -> None:
    rejected, _ = await gateway.send([("scan.dcm", b"no DICOM")])
    grow_old(folder(gateway, rejected))
    async with running_gateway(gateway.infrastructure.settings) as again:
        async with asyncio.timeout(10):
            while await prefixes_of(again.infrastructure.storage):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.05)


async def date_back(gateway: GatewayClient) -> None:
    """Let every upload have been opened a day ago."""
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Upload).values(created_at=now() - timedelta(days=1)))


async def stages_of(gateway: GatewayClient, uploads: Sequence[OpenUpload]) -> dict[str, Stage]:
    async with gateway.infrastructure.database.read() as session:
        rows = await UploadRepository(session).stages_of([UUID(upload.upload_id) for upload in uploads])
    return {str(upload_id): stage for upload_id, stage in rows.items()}


async def end_all(gateway: GatewayClient) -> None:
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))
    await expire_uploads(gateway.infrastructure)


async def forget(gateway: GatewayClient, upload: OpenUpload) -> None:
    """Remove the upload's rows, as a database from an older backup has none."""
    async with gateway.infrastructure.database.write() as session:
        upload_id = UUID(upload.upload_id)
        for rows in (UploadFile, UploadWord):
            await session.execute(delete(rows).where(rows.upload_id == upload_id))
        await session.execute(delete(Upload).where(Upload.id == upload_id))
