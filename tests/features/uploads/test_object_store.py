"""The main job with files in an object store: several replicas, a store that goes away, and nothing left behind."""

import asyncio
from datetime import timedelta

import pytest

from relaypacs.core.settings import Settings
from relaypacs.features.uploads.service import cleanup
from relaypacs.features.uploads.service.cleanup import clean_up
from tests.builders.blobs import prefixes_of
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, CHUNK_SIZE, GatewayClient, NamedBytes, OpenUpload
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.servers.s3 import Part

LARGE = {"rows": 640, "columns": 640}  # two chunks each


@pytest.fixture
def settings(settings: Settings, s3: Part) -> Settings:
    return settings.model_copy(update={"storage_url": s3.url()})


def archived(settings: Settings) -> list[bytes]:
    return sorted(path.read_bytes() for path in (settings.data_dir / "archive").rglob("*.dcm"))


def chunks_of(upload: OpenUpload, files: NamedBytes) -> list[tuple[str, int, bytes]]:
    return [
        (plan["file_id"], index, content[index * CHUNK_SIZE : (index + 1) * CHUNK_SIZE])
        for plan, (_, content) in zip(upload.files, files, strict=True)
        for index in range(plan["chunk_count"])
    ]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_chunks_arrive_at_any_replica(settings: Settings, s3: Part) -> None:
    files = make_study(3, **LARGE)
    async with running_gateway(settings) as one, running_gateway(settings) as other:
        await one.sign_in(ADMIN)
        await other.sign_in(ADMIN)
        upload = await one.open(files)
        chunks = chunks_of(upload, files)
        replicas: list[GatewayClient] = [one, other]
        answers = await asyncio.gather(
            *(replicas[number % 2].put(upload, *chunk) for number, chunk in enumerate(chunks)),
            *(replica.put(upload, *chunks[-1]) for replica in replicas),  # the same one at both, too
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len(s3.names()) == len(chunks) == 6
        await other.complete(upload)
        assert (await one.until(upload, "verified"))["counts"]["verified"] == 3
    assert archived(settings) == sorted(content for _, content in files)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_store_that_goes_away_is_503_and_everything_goes_on_when_it_is_back(
    gateway: GatewayClient, settings: Settings, s3: Part
) -> None:
    files = make_study(2, **LARGE)
    upload = await gateway.open(files)
    first, *rest = chunks_of(upload, files)
    (await gateway.put(upload, *first)).raise_for_status()
    s3.server.stop()
    is_problem(await gateway.put(upload, *rest[0]), 503, "storage-unavailable")
    is_problem(await gateway.http.get("http://gateway/health/ready"), 503, "storage-unavailable")
    missing = (await gateway.status(upload))["files"][0]["missing"]
    assert missing == [[1, 1]]
    s3.server.start()
    assert (await gateway.http.get("http://gateway/health/ready")).status_code == 200
    for chunk in (first, *rest):
        (await gateway.put(upload, *chunk)).raise_for_status()
    await gateway.complete(upload)
    await gateway.until(upload, "verified")
    assert archived(settings) == sorted(content for _, content in files)
    assert len(s3.names()) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_clean_up_leaves_no_object_and_takes_none_of_a_live_upload(
    gateway: GatewayClient, s3: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, cancelled = [await gateway.open([("scan.dcm", b"body")]) for _ in range(2)]
    for upload in (kept, cancelled):
        (await gateway.put(upload, "scan", 0, b"body")).raise_for_status()
    assert (await gateway.http.delete(f"/upload/{cancelled.upload_id}")).status_code == 204
    storage = gateway.infrastructure.storage
    orphan = "01a0c3d2-0000-7000-8000-000000000000"
    for key in (f"{cancelled.upload_id}/0", f"{orphan}/0", "not-ours/0"):
        await storage.write(key, 0, b"late")
    monkeypatch.setattr(cleanup, "LEFT_ALONE", timedelta(seconds=-60))
    monkeypatch.setattr(cleanup, "AT_ONCE", 2)
    assert {str(upload_id) for upload_id in await clean_up(gateway.infrastructure)} == {cancelled.upload_id, orphan}
    assert {prefix.name for prefix in await prefixes_of(storage)} == {kept.upload_id, "not-ours"}
    assert len(s3.names()) == 2
