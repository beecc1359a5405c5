"""A gateway that seals its files: everything goes its way as ever, and nothing of it lies in the storage as it came."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.retention import remove_kept_files
from tests.builders.dicom import make_dicom, make_study, make_zip
from tests.builders.gateway import ADMIN, GatewayClient, OpenUpload
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

ODD = 524_289  # chunks that begin and end inside cells
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"encrypt_files": True, "retention_hours": 0})


def stored(settings: Settings, upload: OpenUpload) -> list[Path]:
    return sorted((settings.storage_dir / upload.upload_id).iterdir())


def archived(settings: Settings) -> set[bytes]:
    return {path.read_bytes() for path in (settings.data_dir / "archive").rglob("*.dcm")}


async def has_been_read_back(gateway: GatewayClient, upload: OpenUpload) -> None:
    async with gateway.infrastructure.database.write() as session:
        mine = Delivery.upload_id == UUID(upload.upload_id)
        await session.execute(update(Delivery).where(mine).values(read_back_at=now()))
        await session.execute(update(Upload).values(created_at=now(), completed_at=now()))


async def test_a_study_is_resumed_delivered_and_removed_and_never_lies_there_in_the_clear(settings: Settings) -> None:
    study = make_study(2, rows=600, columns=600)
    packed = ("rest.zip", make_zip({"IM1": make_dicom(instance_number=9, sop_instance_uid="1.2.3.9")}))
    files = [*study, packed]
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        upload = await gateway.open(files, chunk_size=ODD)
        first = upload.files[0]["file_id"]
        (await gateway.put(upload, first, 1, study[0][1][ODD:])).raise_for_status()
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        system = (await gateway.http.get("/system")).raise_for_status().json()
        assert system["storage"]["sealed_by"] == 1
        status = await gateway.status(upload)
        assert status["files"][0]["missing"] == [[0, 0]]
        (await gateway.put(upload, first, 1, study[0][1][ODD:])).raise_for_status()
        other = await gateway.put(upload, first, 1, study[0][1][ODD:-1] + b"!")
        assert is_problem(other, 409, "chunk-conflict")
        await gateway.send_chunks(upload, files)
        names = {path.name for path in stored(settings, upload)}
        assert names == {f"{ordinal}~1" for ordinal in range(len(files))}
        for path in stored(settings, upload):
            lying = path.read_bytes()
            assert not any(clear in lying for clear in (b"Muster", b"DICM", b"PK\x03\x04\x14", study[0][1][-64:]))
        assert (await gateway.complete(upload)).json()["status"] == "completed"
        assert {content for _, content in study} <= archived(settings)
        assert len(archived(settings)) == 3
        await has_been_read_back(gateway, upload)
        assert await remove_kept_files(gateway.infrastructure) == 1
        assert not (settings.storage_dir / upload.upload_id).exists()


@ONE_DATABASE
async def test_the_setting_is_changed_under_uploads_that_are_under_way(settings: Settings) -> None:
    begun: list[tuple[OpenUpload, list[tuple[str, bytes]]]] = []
    for number, sealed in enumerate((False, True, False)):
        async with running_gateway(settings.model_copy(update={"encrypt_files": sealed})) as gateway:
            await gateway.sign_in(ADMIN)
            files = make_study(1, rows=600, columns=600, patient_id=f"PAT-{number}")
            begun.append((await gateway.open(files), files))
            for upload, [(_, content)] in begun:
                first = content[: upload.chunk_size]
                (await gateway.put(upload, upload.files[0]["file_id"], 0, first)).raise_for_status()
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        for upload, files in begun:
            await gateway.send_chunks(upload, files)
            assert (await gateway.complete(upload)).json()["status"] == "completed"
    assert [path.name for upload, _ in begun for path in stored(settings, upload)] == ["0", "0~1", "0"]
    assert archived(settings) == {files[0][1] for _, files in begun}


@ONE_DATABASE
async def test_a_file_that_was_changed_in_the_storage_is_refused_and_not_delivered(settings: Settings) -> None:
    files = make_study(2, rows=600, columns=600)
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        upload = await gateway.open(files)
        for plan, (_, content) in zip(upload.files, files, strict=True):
            (await gateway.put(upload, plan["file_id"], 0, content[: upload.chunk_size])).raise_for_status()
        changed = bytearray(stored(settings, upload)[0].read_bytes())
        changed[300_000] ^= 1
        stored(settings, upload)[0].write_bytes(changed)
        again = await gateway.put(upload, upload.files[0]["file_id"], 0, files[0][1][: upload.chunk_size])
        assert is_problem(again, 500, "stored-file-damaged")
        for plan, (_, content) in zip(upload.files, files, strict=True):
            (await gateway.put(upload, plan["file_id"], 1, content[upload.chunk_size :])).raise_for_status()
        await gateway.complete(upload)
        await gateway.until(upload, "verified")
        listed = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).raise_for_status().json()
        reasons = [each["reason_codes"] for each in listed["items"]]
        assert sorted(reasons) == [[], ["damaged-in-storage"]]
    assert archived(settings) == {files[1][1]}
