"""What is special to a folder as the destination. What it has in common with others is in the conformance suite."""

import asyncio
import errno
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.folder import ABANDONED_SECONDS, FolderPacs
from tests.adapters.pacs.outgoing import outgoing, reading, statuses, store_all
from tests.builders.dicom import make_dicom, make_study

STORED, REFUSED, FAILED = StoreStatus.STORED, StoreStatus.REFUSED, StoreStatus.FAILED


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def pacs(root: Path) -> FolderPacs:
    return FolderPacs(root)


def path_of(root: Path, instance: OutgoingInstance) -> Path:
    key = instance.key
    return root / key.study_instance_uid / key.series_instance_uid / f"{key.sop_instance_uid}.dcm"


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_files_are_byte_for_byte_what_was_given(pacs: FolderPacs, root: Path) -> None:
    contents = [content for _, content in make_study(slices=20)]
    instances = list(map(outgoing, contents))
    await store_all(pacs, instances)
    assert [path_of(root, instance).read_bytes() for instance in instances] == contents


async def test_nothing_but_the_instances_is_left(pacs: FolderPacs, root: Path) -> None:
    sound = outgoing(make_dicom())
    broken = outgoing(make_dicom(instance_number=2), open=reading(b"cut", EOFError()))
    await pacs.echo()
    await store_all(pacs, [sound, broken])
    assert files_under(root) == [path_of(root, sound)]


async def test_what_is_there_is_not_touched(pacs: FolderPacs, root: Path) -> None:
    instance = outgoing(make_dicom())
    path = path_of(root, instance)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"somebody's file")
    before = path.stat()
    assert await statuses(pacs, [instance]) == [STORED]
    assert path.read_bytes() == b"somebody's file"
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_the_quicker_of_two_writers_wins(pacs: FolderPacs, root: Path) -> None:
    content = make_dicom()
    path = path_of(root, outgoing(content))

    async def overtaken() -> AsyncIterator[bytes]:
        yield content[:1000]
        path.parent.mkdir(parents=True)
        path.write_bytes(b"the other one's")
        yield content[1000:]

    assert await statuses(pacs, [outgoing(content, open=overtaken)]) == [STORED]
    assert path.read_bytes() == b"the other one's"


@pytest.mark.parametrize("field", ["study_instance_uid", "series_instance_uid", "sop_instance_uid"])
async def test_an_illegal_uid_is_refused_and_leaves_the_folder(pacs: FolderPacs, tmp_path: Path, field: str) -> None:
    content = make_dicom()
    hostile = outgoing(content, key=replace(outgoing(content).key, **{field: "../../../escaped"}))
    assert await statuses(pacs, [hostile]) == [REFUSED]
    assert not files_under(tmp_path)


async def test_outcomes_come_after_every_folder_was_flushed(
    pacs: FolderPacs, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def watching(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watching)
    instances = [outgoing(content) for _, content in make_study(slices=3)]
    outcomes = pacs.store(instances)
    await anext(outcomes)
    folder = path_of(root, instances[0]).parent
    assert set(map(str, (folder, folder.parent, root))) <= set(flushed)
    assert sum(path.endswith(".part") for path in flushed) == len(instances)
    first_folder = next(index for index, path in enumerate(flushed) if path == str(folder))
    assert all(path.endswith(".part") for path in flushed[1:first_folder] if "incoming" in path)
    await outcomes.aclose()  # type: ignore[attr-defined]


async def test_a_failing_flush_means_not_stored(pacs: FolderPacs, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    instances = [outgoing(content) for _, content in make_study(slices=3)]
    await pacs.echo()
    monkeypatch.setattr(os, "fsync", failing)
    outcomes = await store_all(pacs, instances)
    assert {(outcome.status, outcome.reason) for outcome in outcomes.values()} == {
        (FAILED, "the folder cannot be used: Input/output error")
    }


def test_a_full_disk_fails_with_a_clear_reason(root: Path) -> None:
    """In a process of its own, because the limit that stands in for the disk's size is for ever."""
    script = """
import asyncio, resource, signal, sys
from pathlib import Path
from relaypacs.adapters.pacs.folder import FolderPacs
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom

async def main():
    small, large = make_dicom(rows=8, columns=8), make_dicom(rows=256, columns=256, instance_number=2)
    async for outcome in FolderPacs(Path(sys.argv[1])).store([outgoing(small), outgoing(large)]):
        print(outcome.status, outcome.reason)

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", script, root], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == ["stored ", "failed the folder cannot be used: File too large"]
    assert [path.suffix for path in files_under(root)] == [".dcm"]


async def test_a_folder_that_may_not_be_written_is_unavailable() -> None:
    # /proc takes no files from anybody, not even from root, whom permissions do not stop.
    pacs = FolderPacs(Path("/proc/relaypacs"))
    with pytest.raises(PacsUnavailable, match="the folder cannot be used"):
        await pacs.echo()
    assert await statuses(pacs, [outgoing(make_dicom())]) == [FAILED]


async def test_what_a_dead_process_left_is_removed(pacs: FolderPacs, root: Path) -> None:
    incoming = root / ".incoming"
    incoming.mkdir(parents=True)
    dead, alive = incoming / "dead.part", incoming / "alive.part"
    alive.touch()
    dead.touch()
    old = time.time() - ABANDONED_SECONDS - 1
    os.utime(dead, (old, old))
    await store_all(pacs, [])
    assert list(incoming.iterdir()) == [alive]


async def test_cancelling_leaves_no_partial_file(pacs: FolderPacs, root: Path) -> None:
    content = make_dicom()
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield content[:1000]
        begun.set()
        await asyncio.Event().wait()

    storing = asyncio.create_task(store_all(pacs, [outgoing(content, open=endless)]))
    await begun.wait()
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    assert not files_under(root)


async def test_only_instances_are_listed(pacs: FolderPacs, root: Path) -> None:
    instance = outgoing(make_dicom())
    await store_all(pacs, [instance])
    folder = path_of(root, instance).parent
    (folder / "Thumbs.db").touch()
    (folder / "report.dcm").touch()
    (folder.parent / "1.2.3.dcm").touch()
    listed = await pacs.list_instances(instance.key.study_instance_uid)
    assert listed == {instance.key.sop_instance_uid}
