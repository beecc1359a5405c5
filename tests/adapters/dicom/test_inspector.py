"""The child processes: they give what the synchronous inspection gives, and die without harm."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from relaypacs.adapters.dicom.base import FileInspection, Verdict
from relaypacs.adapters.dicom.child import ADDRESS_SPACE, OPEN_FILES
from relaypacs.adapters.dicom.inspector import InspectorUnavailable, ProcessInspector
from tests.adapters.dicom.blobs import (
    AbsentBlob,
    BusyBlob,
    BytesBlob,
    CrashingBlob,
    DeadlyBlob,
    EndlessBlob,
    GreedyBlob,
    ManyFilesBlob,
    OnceDeadlyBlob,
    inspect,
)
from tests.builders.dicom import make_dicom, make_study, make_zip

IMAGE = make_dicom(rows=8, columns=8)
SERVER = """
import asyncio, sys
from relaypacs.adapters.dicom.inspector import ProcessInspector
from tests.adapters.dicom.blobs import EndlessBlob

async def main():
    inspector = ProcessInspector(2)
    await inspector.warm_up()
    print("ready", flush=True)
    await inspector.inspect(EndlessBlob())

asyncio.run(main())
"""


@pytest_asyncio.fixture
async def inspector() -> AsyncIterator[ProcessInspector]:
    inspector = ProcessInspector(1, time_limit=3)
    yield inspector
    await inspector.close()


def code(result: FileInspection) -> str:
    assert result.problem
    return result.problem.code


def children() -> set[int]:
    """Return the process ids of this process's inspecting children."""
    return {
        child.pid
        for child in psutil.Process().children()
        if "relaypacs.adapters.dicom.child" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE
    }


async def test_the_result_is_that_of_the_synchronous_inspection(inspector: ProcessInspector):
    for content in (IMAGE, b"", IMAGE[:-1], make_zip(dict(make_study(200, rows=8, columns=8)))):
        assert await inspector.inspect(BytesBlob(content)) == inspect(content)


async def test_a_file_that_kills_its_process_gets_a_verdict_and_the_next_one_is_inspected(inspector: ProcessInspector):
    assert code(await inspector.inspect(DeadlyBlob())) == "check-failed"
    assert code(await inspector.inspect(CrashingBlob("Muster^Erika"))) == "check-failed"
    assert (await inspector.inspect(BytesBlob(IMAGE))).instances[0].verdict is Verdict.ACCEPTED


async def test_a_process_that_dies_once_is_not_the_files_fault(inspector: ProcessInspector, tmp_path: Path):
    result = await inspector.inspect(OnceDeadlyBlob(str(tmp_path / "mark"), IMAGE))
    assert result == inspect(IMAGE)


async def test_a_process_that_is_killed_while_idle_is_replaced(inspector: ProcessInspector):
    for _ in range(3):
        await inspector.inspect(BytesBlob(IMAGE))
        (pid,) = children()
        os.kill(pid, signal.SIGKILL)
    assert (await inspector.inspect(BytesBlob(IMAGE))).problem is None


async def test_an_unforeseen_error_is_reported_without_patient_data(
    inspector: ProcessInspector, capfd: pytest.CaptureFixture[str]
):
    await inspector.inspect(CrashingBlob("Muster^Erika"))
    printed = capfd.readouterr().err
    assert "ValueError" in printed
    assert "Muster" not in printed


async def test_a_file_that_takes_too_long_gets_a_verdict(inspector: ProcessInspector):
    assert code(await inspector.inspect(EndlessBlob())) == "check-timed-out"
    assert (await inspector.inspect(BytesBlob(IMAGE))).problem is None


async def test_a_file_that_takes_the_processor_or_the_memory_gets_a_verdict_and_the_next_one_a_new_process(
    inspector: ProcessInspector,
):
    await inspector.warm_up()
    for blob, expected in ((BusyBlob(), "check-timed-out"), (GreedyBlob(), "check-failed")):
        before = children()
        assert code(await inspector.inspect(blob)) == expected
        assert (await inspector.inspect(BytesBlob(IMAGE))).problem is None
        assert len(children()) == 1
        assert not children() & before


async def test_descriptors_are_bounded_too(inspector: ProcessInspector):
    with pytest.raises(OSError, match="Too many open files"):
        await inspector.inspect(ManyFilesBlob())
    assert (await inspector.inspect(BytesBlob(IMAGE))).problem is None


async def test_the_kernel_holds_the_limits(inspector: ProcessInspector):
    await inspector.inspect(BytesBlob(IMAGE))
    (pid,) = children()
    limits = psutil.Process(pid)
    assert limits.rlimit(psutil.RLIMIT_AS) == (ADDRESS_SPACE, ADDRESS_SPACE)
    assert limits.rlimit(psutil.RLIMIT_NOFILE) == (OPEN_FILES, OPEN_FILES)
    assert limits.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    seconds, _ = limits.rlimit(psutil.RLIMIT_CPU)
    used = limits.cpu_times()
    assert 0 < seconds <= used.user + used.system + 3 + 1  # what it has used before, and the limit of one file


async def test_faults_of_the_storage_are_the_callers(inspector: ProcessInspector):
    with pytest.raises(FileNotFoundError, match="no such blob"):
        await inspector.inspect(AbsentBlob())
    assert (await inspector.inspect(BytesBlob(IMAGE))).problem is None


async def test_whoever_stops_waiting_leaves_no_stale_answer(inspector: ProcessInspector):
    await inspector.warm_up()
    waiting = asyncio.create_task(inspector.inspect(EndlessBlob()))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await inspector.inspect(BytesBlob(IMAGE)) == inspect(IMAGE)


async def test_files_are_inspected_side_by_side_by_as_many_processes_as_allowed():
    inspector = ProcessInspector(2)
    results = await asyncio.gather(*(inspector.inspect(BytesBlob(IMAGE)) for _ in range(20)))
    assert len(children()) == 2
    assert all(result == inspect(IMAGE) for result in results)
    await inspector.close()
    await inspector.close()
    assert children() == set()
    with pytest.raises(InspectorUnavailable):
        await inspector.inspect(BytesBlob(IMAGE))


async def test_the_children_ignore_what_is_meant_for_the_server(inspector: ProcessInspector):
    await inspector.warm_up()
    (pid,) = children()
    for request_to_stop in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, request_to_stop)
    await inspector.inspect(BytesBlob(IMAGE))
    assert children() == {pid}
    assert os.getpgid(pid) != os.getpgid(0)


async def test_a_child_knows_no_secrets(inspector: ProcessInspector, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", "secret")
    await inspector.warm_up()
    (pid,) = children()
    assert not [name for name in psutil.Process(pid).environ() if name.startswith("RELAYPACS_")]


def test_the_children_end_with_a_server_that_is_killed():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    assert server.stdout.readline() == "ready\n"
    started = psutil.Process(server.pid).children()
    assert started
    server.kill()
    server.communicate()
    _, alive = psutil.wait_procs(started, timeout=5)
    assert not alive
