"""A storage that fails or hangs, seen from outside; faults are injected at its port."""

import asyncio
import errno
from typing import Any

import pytest

from relaypacs.adapters.storage import local
from relaypacs.core.errors import StorageUnavailable
from relaypacs.features.uploads.service import receive_chunk
from relaypacs.features.uploads.service.receive_chunk import ChunkIntake
from tests.builders.blobs import blob_content
from tests.builders.gateway import CHUNK_SIZE, GatewayClient
from tests.builders.problems import is_problem
from tests.builders.waiting import until
from tests.faults.disks import FaultyStorage


@pytest.fixture
def intake(gateway: GatewayClient) -> ChunkIntake:
    app: Any = gateway.transport.app  # type: ignore[attr-defined]
    return app.state.chunk_intake


@pytest.fixture
def faulty(intake: ChunkIntake) -> FaultyStorage:
    storage = intake._storage = FaultyStorage(intake._storage)
    return storage


@pytest.mark.parametrize("storage_url", [""])  # a disk, whatever the database
async def test_a_dying_disk_is_503_and_the_chunk_is_taken_when_it_is_well(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await gateway.open([("scan.dcm", bytes(CHUNK_SIZE + 4))])
    await gateway.put(upload, "scan", 1, b"body")

    def dying(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(local.os, "fdatasync", dying)
        is_problem(await gateway.put(upload, "scan", 0, bytes(CHUNK_SIZE)), 503, "storage-unavailable")
    assert (await gateway.status(upload))["files"][0]["missing"] == [[0, 0]]
    assert (await gateway.put(upload, "scan", 0, bytes(CHUNK_SIZE))).status_code == 200


async def test_a_disk_that_hangs_is_503_in_time_and_its_late_bytes_do_no_harm(
    gateway: GatewayClient, faulty: FaultyStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    faulty.may_write.clear()
    with monkeypatch.context() as patch:
        patch.setattr(receive_chunk, "PATIENCE_SECONDS", 0.2)
        for body in (b"body", b"evil", b"evil"):
            is_problem(await gateway.put(upload, "scan", 0, body), 503, "storage-unavailable")
    faulty.may_write.set()
    assert (await gateway.put(upload, "scan", 0, b"body")).json()["uploaded_bytes"] == 4
    is_problem(await gateway.put(upload, "scan", 0, b"evil"), 409, "chunk-conflict")


async def test_a_disk_that_hangs_fills_no_memory(
    gateway: GatewayClient, intake: ChunkIntake, faulty: FaultyStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive_chunk, "MOST_LATE", 3)
    files = [(f"{number}.dcm", b"body") for number in range(6)]
    upload = await gateway.open(files)
    faulty.may_write.clear()
    with monkeypatch.context() as patch:
        patch.setattr(receive_chunk, "PATIENCE_SECONDS", 0.2)
        for _ in range(2):
            answers = [await gateway.put(upload, str(number), 0, b"body") for number in range(6)]
            assert [answer.status_code for answer in answers] == [503] * 6
            assert (intake._late, len(intake._ranges)) == (3, 3)
    faulty.may_write.set()

    async def ended() -> bool:
        return not intake._late

    await until(ended)
    await gateway.send_chunks(upload, files)
    assert (intake._late, len(intake._ranges)) == (0, 0)


async def test_of_many_bodies_for_a_range_that_failed_before_one_wins(
    gateway: GatewayClient, faulty: FaultyStorage
) -> None:
    faulty.faults = [StorageUnavailable("injected")] * 3
    upload = await gateway.open([("scan.dcm", b"body")])
    faulty.may_write.clear()
    bodies = [f"{number:04}".encode() for number in range(32)]
    puts = [asyncio.create_task(gateway.put(upload, "scan", 0, body)) for body in bodies]
    asyncio.get_running_loop().call_later(0.2, faulty.may_write.set)
    answers = await asyncio.gather(*puts)
    (winner,) = (body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200)
    assert {answer.status_code for answer in answers} == {200, 409, 503}
    assert await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/0") == winner


async def test_a_range_is_handled_by_one_request_also_while_it_changes_hands(intake: ChunkIntake) -> None:
    file_id: Any = "file"
    inside: list[str] = []
    overlaps: list[tuple[str, ...]] = []

    async def handle(name: str) -> None:
        async with intake._alone(file_id, 0):
            inside.append(name)
            overlaps.append(tuple(inside))
            await asyncio.sleep(0)
            inside.remove(name)

    async with intake._alone(file_id, 0):
        waiting = asyncio.create_task(handle("waited"))
        await asyncio.sleep(0)
    await asyncio.gather(handle("came then"), waiting)
    assert all(len(overlap) == 1 for overlap in overlaps)
    assert len(overlaps) == 2
