"""Copies of blobs on this machine: there while they are used, and not a moment longer."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relaypacs.adapters.storage.local_copies import BEING_MADE_SECONDS, NAME, LocalCopies
from relaypacs.core.errors import StorageFull, StorageUnavailable
from tests.faults.disks import small_disk

KIB = 1024


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def pieces(*given: bytes | Exception) -> AsyncIterator[bytes]:
    for piece in given:
        if isinstance(piece, Exception):
            raise piece
        yield piece


async def test_a_copy_is_private_and_goes_whatever_happens(scratch: Path) -> None:
    copies = LocalCopies(at_once=1)
    async with copies.copy(11, pieces(b"hello ", b"world")) as copy:
        assert copy.path.parent == scratch
        assert copy.path.stat().st_mode & 0o777 == 0o600
        with copy.open() as file:
            assert file.read() == b"hello world"
    with pytest.raises(EOFError):
        async with copies.copy(11, pieces(b"hello ", EOFError())):
            pytest.fail("there is no whole copy")
    with pytest.raises(asyncio.CancelledError):
        async with copies.copy(5, pieces(b"hello")):
            raise asyncio.CancelledError
    assert os.listdir(scratch) == []  # noqa: PTH208 - the event loop has nothing else to do


async def test_so_many_at_a_time_and_no_more(scratch: Path) -> None:
    copies, seen = LocalCopies(at_once=2), []

    async def use() -> None:
        async with copies.copy(1, pieces(b"x")):
            seen.append(len(os.listdir(scratch)))  # noqa: PTH208 - as above
            await asyncio.sleep(0)

    await asyncio.gather(*(use() for _ in range(8)))
    assert max(seen) == 2


async def test_no_room_is_said_before_and_while_a_copy_is_made(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk(scratch / "small", "256k"):
        monkeypatch.setattr(tempfile, "tempdir", str(scratch / "small"))
        for announced in (2**62, 1):
            with pytest.raises(StorageFull):
                async with LocalCopies(at_once=1).copy(announced, pieces(bytes(512 * KIB))):
                    pytest.fail("there is no room")
        assert os.listdir(scratch / "small") == []  # noqa: PTH208 - as above


async def test_a_scratch_folder_that_is_gone_is_unavailable(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = LocalCopies(at_once=1)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch / "gone"))
    with pytest.raises(StorageUnavailable):
        async with copies.copy(1, pieces(b"x")):
            pytest.fail("there is no folder")


async def test_what_a_killed_process_left_behind_is_removed_and_what_is_used_stays(scratch: Path) -> None:
    left, fresh, other = (scratch / name for name in (f"{NAME}left", f"{NAME}fresh", "somebody-elses"))
    for path in (left, fresh, other):
        path.write_bytes(b"x")
    long_ago = left.stat().st_mtime - 2 * BEING_MADE_SECONDS
    os.utime(left, (long_ago, long_ago))
    async with LocalCopies(at_once=1).copy(1, pieces(b"x")) as used:
        os.utime(used.path, (long_ago, long_ago))
        LocalCopies(at_once=1)
        assert [path.exists() for path in (left, fresh, other, used.path)] == [False, True, True, True]
