"""Promise R2: what was acknowledged before the power failed is there afterwards.

A gateway's system calls are recorded, and the disk is rebuilt as it would be had the power failed at the moment of an
answer: see `disk.py` for the model.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.builders.dicom import make_dicom, make_study
from tests.campaign.destinations import compare_folder
from tests.main_job.process import CHUNK_SIZE, Sender, gateway_process
from tests.power_loss.disk import Disk
from tests.power_loss.recording import Call, calls, recording
from tests.servers import require, strace

FILES = [*make_study(3), ("large.dcm", make_dicom(rows=640, columns=640, instance_number=9))]
CHANCES = [None, 1, 2, 3]  # seeds; None: nothing survives that was not synced


@dataclass
class Recorded:
    """What a gateway did while a client sent, in this order, the chunks `sent`, and then completed."""

    disk: Path
    settings: dict[str, Any]
    sender: Sender
    sent: list[tuple[str, int]]
    calls: list[Call]

    def until_answers(self) -> Iterator[tuple[int, Disk]]:
        """Yield the disk at the moment of each answer to a chunk, and to `complete`: (answers so far, disk)."""
        disk, answers, answered_at = Disk(self.disk), 0, 0
        moments = []
        for call in self.calls:
            payload = b"".join(call.texts) if call.name in ("write", "writev", "sendto", "sendmsg") else b""
            if b"HTTP/1.1 200" in payload:
                answered_at = call.begun
            if b'"checksum_verified":true' in payload or b'"stage":"verified"' in payload:
                moments.append(answered_at)
        for call in self.calls:
            while answers < len(moments) and moments[answers] <= call.ended:
                answers += 1
                yield answers, disk
            disk.apply(call)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    require(strace)
    folder = tmp_path_factory.mktemp("power-loss")
    disk, log = folder / "disk", folder / "calls"
    disk.mkdir()
    settings = {"DATA_DIR": str(disk / "made" / "by-the-gateway")}
    with gateway_process(folder / "process", recording(log), **settings) as gateway:
        sender = Sender(gateway, FILES)
        sender.open()
        sent = sorted(sender.chunks())
        for key in sent:
            sender.send([key], connections=1)
        assert sender.complete().json()["stage"] == "verified"
        strace.stop_tracee(gateway.process)
    return Recorded(disk, settings, sender, sent, list(calls(log)))


def data_after_failure(recorded: Recorded, disk: Disk, seed: int | None) -> Path:
    shutil.rmtree(recorded.disk)
    disk.rebuild(random.Random(seed) if seed else None)  # noqa: S311
    return recorded.disk / "made" / "by-the-gateway"


@pytest.mark.parametrize("seed", CHANCES)
def test_every_acknowledged_chunk_is_there_after_a_power_failure(recorded: Recorded, seed: int | None) -> None:
    upload, chunks = recorded.sender.upload, recorded.sender.chunks()
    ordinal = {plan["file_id"]: str(number) for number, plan in enumerate(upload["files"])}
    seen = 0
    for answers, disk in recorded.until_answers():
        data = data_after_failure(recorded, disk, seed)
        for file_id, index in recorded.sent[:answers]:
            body = chunks[file_id, index]
            stored = (data / "uploads" / upload["upload_id"] / ordinal[file_id]).read_bytes()
            assert stored[index * CHUNK_SIZE :][: len(body)] == body
        with sqlite3.connect(data / "relaypacs.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = "SELECT count(*) FROM upload_chunks"
            assert database.execute(rows).fetchone()[0] >= min(answers, len(recorded.sent))
        database.close()
        seen = answers
    assert seen == len(recorded.sent) + 1


@pytest.mark.parametrize("answers", [3, len(FILES) + 2])
def test_a_gateway_goes_on_after_a_power_failure(recorded: Recorded, tmp_path: Path, answers: int) -> None:
    """In the middle of the upload, and right after it was verified."""
    disk = next(disk for count, disk in recorded.until_answers() if count == answers)
    data = data_after_failure(recorded, disk, None)
    with gateway_process(tmp_path / "process", **recorded.settings) as gateway:
        sender = Sender(gateway, FILES, upload=recorded.sender.upload)
        missing = sender.missing()
        assert not missing & set(recorded.sent[:answers])
        if missing:
            sender.send(sorted(missing))
            assert sender.complete().json()["stage"] == "verified"
        else:
            assert sender.status()["stage"] == "verified"
    assert compare_folder(data / "archive", recorded.sender.instances()) == (0, 0, 0)
