"""What every store guarantees (the docstring of `relaypacs.adapters.storage.base.Storage`)."""

import asyncio
import os
import pickle
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest

from relaypacs.adapters.storage.base import SHORTEST_RANGE, Storage
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.adapters.storage.s3 import S3Storage
from relaypacs.core.clock import now
from tests.builders.blobs import AllSealed, blob_content, prefixes_of

MIB = 1024**2
KEY = "0199a0c2-upload/0"
OPEN_IN_CHILD = "import pickle, sys; sys.stdout.buffer.write(pickle.load(sys.stdin.buffer).open().read())"


def local_storage(request: pytest.FixtureRequest) -> Storage:
    return LocalStorage(request.getfixturevalue("tmp_path") / "store")


def object_store(request: pytest.FixtureRequest) -> Storage:
    return S3Storage(request.getfixturevalue("s3").address(), copies=2)


def sealed_storage(request: pytest.FixtureRequest) -> Storage:
    return AllSealed(local_storage(request))


def sealed_object_store(request: pytest.FixtureRequest) -> Storage:
    return AllSealed(object_store(request))


STORAGES = {
    "local": local_storage,
    "s3": object_store,
    "sealed": sealed_storage,
    "sealed s3": sealed_object_store,
}


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest) -> Storage:
    return STORAGES[request.param](request)


def noise(size: int) -> bytes:
    return np.random.default_rng(size).bytes(size)


async def read(storage: Storage, key: str, offset: int, length: int, found: bytearray | None = None) -> bytes:
    found = bytearray() if found is None else found
    async for piece in storage.read(key, offset, length):
        found += piece
    return bytes(found)


async def exists(storage: Storage, key: str) -> bool:
    try:
        await blob_content(storage, key)
    except FileNotFoundError:
        return False
    return True


async def test_what_was_written_is_read(storage: Storage) -> None:
    await storage.write(KEY, 0, b"hello world")
    assert await read(storage, KEY, 0, 11) == b"hello world"
    assert await read(storage, KEY, 6, 3) == b"wor"
    assert await read(storage, KEY, 6, 0) == b""
    assert await blob_content(storage, KEY) == b"hello world"


async def test_ranges_come_in_any_order(storage: Storage) -> None:
    await storage.write(KEY, 6, b"world")
    await storage.write(KEY, 0, b"hello ")
    assert await blob_content(storage, KEY) == b"hello world"


async def test_ranges_are_written_side_by_side(storage: Storage) -> None:
    whole = noise(4 * MIB + 17)
    size = 256 * 1024 + 1
    offsets = list(range(0, len(whole), size))
    offsets.reverse()
    await asyncio.gather(*(storage.write(KEY, offset, whole[offset : offset + size]) for offset in offsets))
    assert await blob_content(storage, KEY) == whole


async def test_many_blobs_are_written_side_by_side(storage: Storage) -> None:
    keys = [f"upload-{i % 5}/{i}" for i in range(40)]
    await asyncio.gather(*(storage.write(key, 0, key.encode()) for key in keys))
    assert [await blob_content(storage, key) for key in keys] == [key.encode() for key in keys]


async def test_the_same_range_may_be_written_twice(storage: Storage) -> None:
    for _ in range(2):
        await storage.write(KEY, 3, b"same")
    assert await read(storage, KEY, 3, 4) == b"same"


async def test_a_write_leaves_its_neighbours_alone(storage: Storage) -> None:
    size = SHORTEST_RANGE + 1
    for number in (0, 2, 1, 1):
        await storage.write(KEY, number * size, b"abc"[number : number + 1] * size)
    assert await blob_content(storage, KEY) == b"a" * size + b"b" * size + b"c" * size


async def test_a_large_range_is_read_in_small_pieces(storage: Storage) -> None:
    whole = noise(3 * MIB + 5)
    await storage.write(KEY, 0, whole)
    pieces = [piece async for piece in storage.read(KEY, 0, len(whole))]
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) <= MIB


@pytest.mark.parametrize(("offset", "length"), [(0, 12), (6, 6), (11, 1), (100, 1)])
async def test_a_range_that_the_blob_does_not_hold_is_an_early_end(storage: Storage, offset: int, length: int) -> None:
    await storage.write(KEY, 0, b"hello world")
    found = bytearray()
    with pytest.raises(EOFError):
        await read(storage, KEY, offset, length, found)
    assert found == b"hello world"[offset:]


async def test_an_absent_blob_is_not_found(storage: Storage) -> None:
    await storage.write("other/0", 0, b"x")
    for key in (KEY, "other/1", "oth"):
        with pytest.raises(FileNotFoundError):
            await read(storage, key, 0, 1)
    with pytest.raises(FileNotFoundError):
        await blob_content(storage, KEY)


async def test_a_handle_travels_to_another_process_and_can_seek(storage: Storage) -> None:
    await storage.write(KEY, 0, b"hello world")
    command = [sys.executable, "-c", OPEN_IN_CHILD]
    async with storage.blob(KEY) as blob:
        handle = pickle.dumps(blob)
        child = await asyncio.to_thread(subprocess.run, command, input=handle, capture_output=True, check=True)
    assert child.stdout == b"hello world"
    async with storage.blob(KEY) as blob:
        file = blob.open()
    with file:
        file.seek(-5, os.SEEK_END)
        assert file.read() == b"world"
        assert file.seek(0) == 0


async def test_delete_removes_every_blob_below_the_prefix_and_no_other(storage: Storage) -> None:
    keys = ["one/0", "one/1", "one/10", "one-more/0", "two/0"]
    for key in keys:
        await storage.write(key, 0, b"x")
    await storage.delete("one")
    assert [key for key in keys if await exists(storage, key)] == ["one-more/0", "two/0"]


async def test_delete_is_idempotent_also_when_several_do_it_at_once(storage: Storage) -> None:
    await storage.delete("never-there")
    for number in range(50):
        await storage.write(f"upload/{number}", 0, b"x")
    await asyncio.gather(*(storage.delete("upload") for _ in range(8)))
    await storage.delete("upload")
    assert not await exists(storage, "upload/0")


async def test_a_blob_can_be_made_again_after_it_was_deleted(storage: Storage) -> None:
    await storage.write(KEY, 0, b"first, and longer")
    await storage.delete(KEY.partition("/")[0])
    await storage.write(KEY, 0, b"second")
    assert await blob_content(storage, KEY) == b"second"


async def test_remove_takes_one_blob_and_bears_that_there_is_none(storage: Storage) -> None:
    await storage.write("upload/0", 0, b"stays")
    await storage.write("upload/1", 0, b"goes")
    for _ in range(2):
        await storage.remove("upload/1")
        await storage.remove("never/there")
    assert not await exists(storage, "upload/1")
    assert await blob_content(storage, "upload/0") == b"stays"


async def test_a_write_that_meets_a_delete_succeeds(storage: Storage) -> None:
    """A cancelled upload's last chunk: whoever comes last, neither fails."""
    for _ in range(30):
        await storage.write(KEY, 0, b"chunk")
        work = [storage.write(KEY, 5 * i, b"chunk") for i in range(6)]
        await asyncio.gather(*work[:3], storage.delete(KEY.partition("/")[0]), *work[3:])


async def test_a_blob_that_must_exist_is_never_made(storage: Storage) -> None:
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            await storage.write(KEY, 6, b"world", must_exist=True)
        assert not await exists(storage, KEY)
        await storage.write(KEY, 0, b"hello ")
        await storage.write(KEY, 6, b"world", must_exist=True)
        assert await blob_content(storage, KEY) == b"hello world"
        await storage.delete(KEY.partition("/")[0])


async def test_prefixes_are_named_once_with_the_time_of_their_last_change(storage: Storage) -> None:
    assert await prefixes_of(storage) == []
    began = now() - timedelta(seconds=2)  # clocks of file systems tick coarsely
    for key in ("one/0", "one/1", "two/0", "gone/0"):
        await storage.write(key, 0, b"x")
    await storage.delete("gone")
    found = await prefixes_of(storage)
    assert sorted(prefix.name for prefix in found) == ["one", "two"]
    assert all(began <= prefix.changed_at <= now() for prefix in found)


async def test_free_bytes_are_a_number_or_there_is_no_bound(storage: Storage) -> None:
    for _ in range(2):  # before there is anything, and afterwards
        free, total = await storage.free_bytes(), await storage.total_bytes()
        assert (free is None) == (total is None)
        assert free is None or total is None or 0 < free <= total < 2**63
        await storage.write(KEY, 0, b"x")


async def test_a_sound_store_passes_the_check_and_keeps_nothing_of_it(storage: Storage) -> None:
    await asyncio.gather(*(storage.check() for _ in range(4)))
    await storage.write(KEY, 0, b"x")
    await storage.check()
    assert await blob_content(storage, KEY) == b"x"
