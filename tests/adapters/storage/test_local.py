"""What is special about a folder of this machine: the order of system calls, full disks, odd keys."""

import asyncio
import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from relaypacs.adapters.storage import local
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.core.errors import StorageFull, StorageUnavailable
from tests.builders.blobs import blob_content
from tests.servers import require, strace

KIB = 1024
WRITER = """
import asyncio, os, pathlib, sys
from relaypacs.adapters.storage.local import LocalStorage

async def main():
    storage = LocalStorage(pathlib.Path(sys.argv[1]))
    for offset in (0, 1000):
        await storage.write("upload/0", offset, bytes(1000))
        os.write(1, b"ANSWER")

asyncio.run(main())
"""
LIMITED_WRITER = """
import asyncio, pathlib, resource, sys
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.core.errors import StorageFull

async def main():
    storage = LocalStorage(pathlib.Path(sys.argv[1]))
    await storage.write("upload/0", 0, b"safe" * 256)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        await storage.write("upload/0", 1024, bytes(8192))
    except StorageFull:
        print("full")

asyncio.run(main())
"""


def run(script: str, *arguments: str | Path, before: list[str] | None = None) -> str:
    command = [*(before or []), sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_write_answers_when_the_bytes_and_every_entry_that_leads_to_them_are_synced(tmp_path: Path) -> None:
    require(strace)
    root, log = tmp_path / "data" / "store", tmp_path / "calls"
    run(WRITER, root, before=strace.tracing(log, ["pwrite64", "fdatasync", "fsync", "write"]))
    calls = [
        "ANSWER" if "ANSWER" in call.arguments else f"{call.name} {Path(call.target).relative_to(tmp_path)}"
        for call in strace.traced(log)
        if call.target.startswith(str(tmp_path)) or "ANSWER" in call.arguments
    ]
    file = "data/store/upload/0"
    first, second = calls[: calls.index("ANSWER")], calls[calls.index("ANSWER") + 1 : -1]
    first = first[first.index(f"pwrite64 {file}") :]  # before it, the root was made
    assert first[1] == f"fdatasync {file}"
    assert set(first[2:]) >= {"fsync data/store/upload", "fsync data/store", "fsync data"}
    assert second == [f"pwrite64 {file}", f"fdatasync {file}"]
    assert calls[-1] == "ANSWER"


def test_a_file_that_may_not_grow_is_a_full_disk_and_the_earlier_bytes_are_safe(tmp_path: Path) -> None:
    assert run(LIMITED_WRITER, tmp_path).split() == ["full"]
    assert (tmp_path / "upload" / "0").read_bytes()[:1024] == b"safe" * 256


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")  # the case above shows the same without it
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_is_named_so_and_works_again_when_there_is_room(small_disk: Path) -> None:
    storage = LocalStorage(small_disk / "store")
    await storage.write("one/0", 0, b"safe" * KIB)
    with pytest.raises(StorageFull):
        await storage.write("two/0", 0, bytes(512 * KIB))
    with pytest.raises(StorageFull):
        await storage.check()
    assert await blob_content(storage, "one/0") == b"safe" * KIB
    await storage.delete("two")
    await storage.check()
    await storage.write("two/0", 0, b"fits")


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
async def test_every_word_for_full_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(StorageFull):
        await LocalStorage(tmp_path).write("upload/0", 0, b"x")


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
async def test_a_sync_that_fails_is_no_acknowledgement_and_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    storage, real, failing = LocalStorage(tmp_path), getattr(os, call), True
    synced = []

    def sync(descriptor: int) -> None:
        if failing:
            raise OSError(errno.EIO, "the disk is dying")
        synced.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, call, sync)
    with pytest.raises(StorageUnavailable):
        await storage.write("upload/0", 0, b"x")
    failing = False
    await storage.write("upload/0", 0, b"x")
    assert synced


async def test_a_root_that_vanishes_is_unavailable_until_it_is_back(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    await storage.write("upload/0", 0, b"first")
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    for work in (storage.check(), storage.write("upload/0", 5, b"x"), storage.write("other/0", 0, b"x")):
        with pytest.raises(StorageUnavailable):
            await work
    with pytest.raises(FileNotFoundError):
        await storage.write("upload/0", 5, b"x", must_exist=True)
    assert not (tmp_path / "store").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "store")
    await storage.check()
    await storage.write("upload/0", 5, b" second", must_exist=True)
    assert (tmp_path / "store/upload/0").read_bytes() == b"first second"


async def test_a_root_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file, where the folder should be")
    storage = LocalStorage(occupied)
    with pytest.raises(StorageUnavailable):
        await storage.check()
    with pytest.raises(StorageUnavailable):
        await storage.write("upload/0", 0, b"x")


@pytest.mark.parametrize("key", ["../escaped", "upload/../../escaped", "..", ".", "", "a/../b/../../c"])
def test_no_key_leads_out_of_the_root(tmp_path: Path, key: str) -> None:
    storage = LocalStorage(tmp_path / "store")
    for work in (storage.write(key, 0, b"x"), storage.delete(key), blob_content(storage, key)):
        with pytest.raises(ValueError, match="inside the store"):
            asyncio.run(work)
    assert list(tmp_path.iterdir()) == []


async def test_an_absolute_key_stays_below_the_root(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    async with storage.blob("/etc/passwd") as blob:
        assert blob.path == tmp_path / "store" / "etc" / "passwd"


async def test_a_write_that_is_cancelled_has_ended_when_its_caller_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()
    write = local._write_fully

    def slow(descriptor: int, data: bytes, offset: int) -> None:
        begun.set()
        may_end.wait(5)
        write(descriptor, data, offset)
        ended.set()

    monkeypatch.setattr(local, "_write_fully", slow)
    task = asyncio.create_task(LocalStorage(tmp_path).write("upload/0", 0, b"x"))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_kernel_that_takes_less_at_a_time_is_given_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda descriptor, data, offset: real(descriptor, data[:3], offset))
    await LocalStorage(tmp_path).write("upload/0", 2, b"hello world")
    assert (tmp_path / "upload" / "0").read_bytes() == b"\0\0hello world"


async def test_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    await LocalStorage(tmp_path).write("upload/0", 0, b"x")
    assert (tmp_path / "upload" / "0").stat().st_mode & 0o777 == 0o600


async def test_what_is_remembered_about_entries_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "KNOWN_BLOBS", 3)
    storage = LocalStorage(tmp_path)
    for number in range(6):
        await storage.write(f"upload/{number}", 0, b"x")
    assert len(storage._durable_entries) == 3
