"""Promises R2 and R11 on the real process: the order of syncs, a graceful stop."""

import threading
import time
from itertools import groupby
from pathlib import Path

from tests.builders.dicom import make_dicom, make_study
from tests.main_job.process import Sender, gateway_process
from tests.servers import require, strace
from tests.servers.flaky_dicomweb import FlakyDicomweb, Stall, When

STOP_SECONDS = 30.0


def test_a_chunk_is_answered_after_its_bytes_its_entry_and_its_row_are_synced(tmp_path: Path) -> None:
    require(strace)
    calls, data = tmp_path / "calls", tmp_path / "data"
    traced = ["pwrite64", "fdatasync", "fsync", "write", "writev", "sendto", "sendmsg"]
    with gateway_process(data, strace.tracing(calls, traced)) as gateway:
        sender = Sender(gateway, [("a.dcm", make_dicom()), ("b.dcm", make_dicom(instance_number=2))])
        sender.open()
        sender.send([("a", 0)], connections=1)
        strace.stop_tracee(gateway.process)
    blob = f"uploads/{sender.upload['upload_id']}/0"
    steps = [step for call in strace.traced(calls) if (step := durability_step(call, data))]
    steps = [step for step, _ in groupby(steps)]
    begin = steps.index(f"pwrite64 {blob}")
    assert steps[begin : steps.index("200", begin) + 1] == [
        f"pwrite64 {blob}",
        f"fdatasync {blob}",
        f"fsync {Path(blob).parent}",
        "fsync uploads",
        "fsync .",
        "pwrite64 relaypacs.db-wal",
        "fdatasync relaypacs.db-wal",
        "200",
    ]


def durability_step(call: strace.SystemCall, data: Path) -> str | None:
    """Return what a system call means for durability: a write or a sync below `data`, or a good answer."""
    if "HTTP/1.1 200" in call.arguments:
        return "200"
    target = Path(call.target)
    if call.name not in ("pwrite64", "fdatasync", "fsync") or not target.is_relative_to(data):
        return None
    return f"{call.name} {target.relative_to(data)}"


def test_a_stop_during_a_delivery_is_graceful_and_the_work_goes_on_afterwards(
    tmp_path: Path, flaky_dicomweb: FlakyDicomweb
) -> None:
    flaky_dicomweb.inject(Stall(60, When.BEFORE))
    with gateway_process(tmp_path / "data", PACS=flaky_dicomweb.pacs_url, COMPLETE_WAIT="0.5") as gateway:
        sender = Sender(gateway, make_study(3))
        sender.open()
        sender.send(list(sender.chunks()))
        assert sender.complete().status_code == 202
        while not flaky_dicomweb.count("POST"):  # otherwise the stall would hit the second life
            time.sleep(0.05)
        code, seconds = gateway.terminate()
        assert (code, seconds <= STOP_SECONDS) == (0, True), (code, seconds)
        gateway.start()
        sender.until_completed()
    assert flaky_dicomweb.stored == sender.instances()


def test_a_stop_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with gateway_process(tmp_path / "data") as gateway:
        sender = Sender(gateway, make_study(8, rows=1024, columns=1024))
        sender.open()
        sending = threading.Thread(target=sender.send, args=(list(sender.chunks()),))
        sending.start()
        while len(sender.acknowledged) < 4:
            sending.join(0.01)
        code, seconds = gateway.terminate()
        sending.join()
        assert (code, seconds <= STOP_SECONDS) == (0, True), (code, seconds)
        gateway.start()
        missing = sender.missing()
        assert not missing & sender.acknowledged
        sender.send(sorted(missing))
        assert sender.complete().json()["status"] == "completed"
        assert gateway.archived() == sender.instances()
