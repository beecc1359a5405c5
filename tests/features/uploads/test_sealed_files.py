"""A gateway that seals its files: everything goes its way as ever, and nothing of it lies in the storage as it came."""

import tarfile
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from relaypacs.cli.backup_making import make_backup
from relaypacs.cli.backup_restoring import restore_backup
from relaypacs.cli.doctor_rows import examine_rows
from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.retention import remove_kept_files
from tests.builders.blobs import keys_in, place_of
from tests.builders.dicom import make_dicom, make_study, make_zip
from tests.builders.gateway import ADMIN, GatewayClient, OpenUpload
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.features.deliveries.test_store_report import pdf_of, scene, verified
from tests.features.inbound.stow import stow, until_settled, upload_ids
from tests.features.reports.test_writing import report_of, sign

ODD = 524_289  # chunks that begin and end inside cells
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"encrypt_files": True, "retention_hours": 0})


def stored(settings: Settings, upload: OpenUpload) -> list[Path]:
    return sorted((settings.storage_dir / upload.upload_id).iterdir())


def lying(settings: Settings, prefix: str = "") -> list[Path]:
    """Return the files of the store itself, be it a folder or a server of objects."""
    return [path for path in (place_of(settings) / prefix).rglob("*") if path.is_file()]


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
        found = {each.what: each.detail for each in await examine_rows(settings)}
        assert found["sealed files"] == "new files are sealed with key 1, of 1"
        system = (await gateway.http.get("/system")).raise_for_status().json()
        assert system["storage"]["sealed_by"] == 1
        status = await gateway.status(upload)
        assert status["files"][0]["missing"] == [[0, 0]]
        (await gateway.put(upload, first, 1, study[0][1][ODD:])).raise_for_status()
        other = await gateway.put(upload, first, 1, study[0][1][ODD:-1] + b"!")
        assert is_problem(other, 409, "chunk-conflict")
        await gateway.send_chunks(upload, files)
        names = keys_in(settings, upload.upload_id)
        assert names == {f"{upload.upload_id}/{ordinal}~1" for ordinal in range(len(files))}
        for path in lying(settings, upload.upload_id):
            content = path.read_bytes()
            assert not any(clear in content for clear in (b"Muster", b"DICM", b"PK\x03\x04\x14", study[0][1][-64:]))
        assert (await gateway.complete(upload)).json()["status"] == "completed"
        assert {content for _, content in study} <= archived(settings)
        assert len(archived(settings)) == 3
        await has_been_read_back(gateway, upload)
        assert await remove_kept_files(gateway.infrastructure) == 1
        assert not lying(settings, upload.upload_id)


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


async def test_pages_of_reports_and_what_comes_by_stow_are_sealed_too(settings: Settings) -> None:
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        answer = await stow(gateway, [make_dicom(patient_id="BY-STOW")])
        (upload_id,) = upload_ids(answer)
        await until_settled(gateway, upload_id, "verified")
        _, anna, report_id = await scene(gateway)
        (await sign(anna, report_id)).raise_for_status()
        await verified(anna, report_id, 1)
        (version,) = (await report_of(anna, report_id))["versions"]
        assert (await pdf_of(anna, version)).startswith(b"%PDF-")
        pages = keys_in(settings, f"report-{report_id}")
        assert len(pages) == 2, "the pages, and the instance that was made of them"
        assert all(name.endswith("~1") for name in pages | keys_in(settings, upload_id))
        assert not any(b"%PDF-" in path.read_bytes() for path in lying(settings))
        for path in lying(settings, f"report-{report_id}"):
            lies = path.read_bytes()
            path.write_bytes(lies[:-1] + bytes([lies[-1] ^ 1]))
    async with running_gateway(settings) as gateway:  # the first one may have kept an object that it has read
        await gateway.sign_in(ADMIN)
        damaged = await gateway.http.get(version["pdf_url"].removeprefix("/api/v1"))
        assert is_problem(damaged, 500, "stored-file-damaged")


@ONE_DATABASE
async def test_a_backup_has_files_as_they_lie_there_and_brings_them_back(settings: Settings, tmp_path: Path) -> None:
    files = make_study(1, rows=600, columns=600)
    backup = tmp_path / "backup.tar"
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        upload = await gateway.open(files)
        first = upload.files[0]["file_id"]
        (await gateway.put(upload, first, 0, files[0][1][: upload.chunk_size])).raise_for_status()
        await make_backup(gateway.infrastructure, backup, with_archive=False)
    assert b"Muster" not in stored(settings, upload)[0].read_bytes()
    with tarfile.open(backup) as tar:
        copied = tar.extractfile(f"uploads/{upload.upload_id}/0~1")
        assert copied is not None
        assert copied.read() == stored(settings, upload)[0].read_bytes()
    elsewhere = tmp_path / "elsewhere"
    restored = settings.model_copy(
        update={"data_dir": elsewhere, "database_url": f"sqlite:///{elsewhere}/relaypacs.db"}
    )
    restore_backup(backup, restored)
    async with running_gateway(restored) as gateway:
        await gateway.sign_in(ADMIN)
        (await gateway.put(upload, first, 1, files[0][1][upload.chunk_size :])).raise_for_status()
        assert (await gateway.complete(upload)).status_code in (200, 202)
        await gateway.until(upload, "verified")
