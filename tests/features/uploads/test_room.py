"""A disk that gets full: refused in time, with room left for what is under way, and administrators hear of it."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from relaypacs.adapters.storage import space as space_module
from relaypacs.adapters.storage.space import FreeSpace
from relaypacs.core.errors import StorageFull
from relaypacs.core.settings import Settings
from relaypacs.features.uploads.service import room
from relaypacs.features.uploads.service.room import watch_room
from tests.builders.blobs import keys_in
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MIB = 1024**2


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space_module, "FRESH_SECONDS", 0.0)


@dataclass
class Room:
    """What a store says of its room; of what it keeps it knows nothing."""

    free: int

    async def free_bytes(self) -> int:
        return self.free


def shrink(gateway: GatewayClient, free: int, reserve: int) -> Room:
    """Let the gateway's store have so much room."""
    room = Room(free)
    gateway.infrastructure.space._storage = room
    gateway.infrastructure.space._reserve = reserve
    gateway.infrastructure.space._database_folder = None
    gateway.infrastructure.space._database_free = None
    return room


async def test_what_does_not_fit_beside_what_was_announced_is_refused(gateway: GatewayClient) -> None:
    disk = shrink(gateway, free=30 * MIB, reserve=10 * MIB)
    files = [("a.dcm", bytes(8 * MIB))]
    first = await gateway.open(files)
    await gateway.open(files)
    answer = await gateway.init(files)
    is_problem(answer, 507, "storage-full")
    assert int(answer.headers["Retry-After"]) > 0
    await gateway.send_chunks(first, files)  # now the bytes are on the disk, and no longer announced
    disk.free -= 8 * MIB
    is_problem(await gateway.init(files), 507, "storage-full")
    await gateway.open([("a.dcm", bytes(3 * MIB))])
    disk.free += 8 * MIB
    await gateway.open(files)


async def test_of_two_that_are_announced_at_once_and_do_not_both_fit_one_is_refused(gateway: GatewayClient) -> None:
    shrink(gateway, free=20 * MIB, reserve=10 * MIB)
    answers = await asyncio.gather(*(gateway.init([("a.dcm", bytes(4 * MIB))]) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 507, 507, 507]


async def test_of_many_that_one_user_opens_at_once_no_more_are_opened_than_may_be(settings: Settings) -> None:
    async with running_gateway(settings.model_copy(update={"max_open_uploads": 2})) as gateway:
        await gateway.sign_in(ADMIN)
        answers = await asyncio.gather(*(gateway.init([("a.dcm", b"body")]) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429, 429]


async def test_a_chunk_is_refused_below_the_reserve_and_taken_again_when_there_is_room(gateway: GatewayClient) -> None:
    disk = shrink(gateway, free=30 * MIB, reserve=10 * MIB)
    files = make_study(2)
    upload = await gateway.open(files)
    disk.free = 10 * MIB - 1
    is_problem(await gateway.put(upload, upload.files[0]["file_id"], 0, files[0][1]), 507, "storage-full")
    assert keys_in(gateway.infrastructure.settings, upload.upload_id) == set()
    disk.free = 10 * MIB
    await gateway.send_chunks(upload, files)
    disk.free = 0
    assert (await gateway.complete(upload)).json()["stage"] == "verified"  # what is here goes on its way


@ONE_DATABASE
async def test_administrators_are_told_once_an_hour(gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = shrink(gateway, free=100 * MIB, reserve=10 * MIB)

    async def told() -> int:
        await watch_room(gateway.infrastructure)
        items = (await gateway.http.get("/notifications")).json()["items"]
        return [item["type"] for item in items].count("storage_alert")

    assert await told() == 0
    is_problem(await gateway.init([("a.dcm", bytes(101 * MIB))]), 507, "storage-full")
    assert await told() == 1
    disk.free = 0
    assert await told() == 1
    monkeypatch.setattr(room, "TELL_EVERY", timedelta(0))
    assert await told() == 2


@ONE_DATABASE
async def test_a_store_without_bounds_refuses_nothing(gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = shrink(gateway, free=0, reserve=10 * MIB)

    async def unlimited() -> None:
        return None

    monkeypatch.setattr(disk, "free_bytes", unlimited)
    await gateway.open([("a.dcm", bytes(MIB))])


async def test_the_disk_of_the_database_counts_too(tmp_path: Path) -> None:
    space = FreeSpace(Room(2**60), tmp_path / "not yet" / "made", shutil.disk_usage(tmp_path).total)
    with pytest.raises(StorageFull):
        await space.require_reserve()
    await FreeSpace(Room(2**60), tmp_path, 0).require_reserve()


async def test_the_disk_is_not_asked_for_each_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space_module, "FRESH_SECONDS", 60.0)
    disk = Room(100)
    space = FreeSpace(disk, None, 10)
    await space.require_reserve()
    disk.free = 0
    for _ in range(100):
        await space.require_reserve()


@ONE_DATABASE
async def test_the_reserve_is_a_setting(settings: Settings) -> None:
    whole_disk = shutil.disk_usage(settings.data_dir.parent).total
    async with running_gateway(settings.model_copy(update={"storage_reserve": whole_disk})) as gateway:
        await gateway.sign_in(ADMIN)
        is_problem(await gateway.init(make_study(1)), 507, "storage-full")
