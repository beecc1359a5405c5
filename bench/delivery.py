"""Delivery of 300 CT slices from the storage to Orthanc, against the best tool of each protocol in the same run.

By STOW-RS against `POST /instances` on 4 connections; by DIMSE against dcmtk's storescu, with TCP_NODELAY=1, as two
processes. At least 0.75 of the tool, or 120 and 80 MB/s.

ROUNDS=5 python -m bench.delivery
"""

import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop

from bench.main_job import post_directly
from relaypacs.adapters.dicom.base import Span
from relaypacs.adapters.dicom.content import read_instance
from relaypacs.adapters.pacs.base import OutgoingInstance, StoreStatus
from relaypacs.adapters.pacs.factory import open_pacs, parse_pacs_url
from relaypacs.adapters.storage.local import LocalStorage
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_study
from tests.servers.orthanc import AE_TITLE, Orthanc, running_orthanc

SLICES = 300
PROCESSES = 2
STOW, POST, DIMSE, STORESCU = "STOW-RS, ours", "POST /instances, 4 connections", "DIMSE, ours", "storescu, 2 processes"
GOALS = ((STOW, POST, 120), (DIMSE, STORESCU, 80))
ENOUGH = 0.75


@dataclass(frozen=True)
class Figures:
    speed: float  # MB/s
    sender: float  # seconds of processor time
    pacs: float


class Study:
    """The same slices in the gateway's storage, as files for a tool, and in memory."""

    def __init__(self, folder: Path) -> None:
        files = make_study(SLICES, rows=512, columns=512)
        self.contents = [content for _, content in files]
        self.size = sum(map(len, self.contents)) / 1e6
        self._storage = LocalStorage(folder / "storage")
        self.instances: list[OutgoingInstance] = []
        self.folders = [folder / f"part{number}" for number in range(PROCESSES)]
        for part in self.folders:
            part.mkdir()
        for number, (name, content) in enumerate(files):
            (self.folders[number % PROCESSES] / name).write_bytes(content)
            asyncio.run(self._storage.write(f"bench/{number}", 0, content))
            self.instances.append(self._stored(f"bench/{number}", content))

    def _stored(self, key: str, content: bytes) -> OutgoingInstance:
        span = Span(0, len(content), len(content))
        return outgoing(content, open=lambda: read_instance(self._storage, key, span))

    def send(self, url: str) -> None:
        uvloop.run(self._send(url))

    async def _send(self, url: str) -> None:
        pacs = open_pacs(parse_pacs_url(url))
        outcomes = [outcome async for outcome in pacs.store(self.instances)]
        await pacs.close()
        assert {outcome.status for outcome in outcomes} == {StoreStatus.STORED}, outcomes[0]
        assert len(outcomes) == SLICES

    def storescu(self, orthanc: Orthanc) -> None:
        command = ["storescu", "-aec", AE_TITLE, "+sd", "127.0.0.1", str(orthanc.dicom_port)]
        environment = {**os.environ, "TCP_NODELAY": "1"}
        running = [subprocess.Popen([*command, folder], env=environment) for folder in self.folders]
        assert [process.wait() for process in running] == [0] * PROCESSES


def measure(orthanc: Orthanc, size: float, run: Callable[[], object]) -> Figures:
    orthanc.clear()
    before, pacs_before = _processor_time(), _pacs_time(orthanc)
    started = time.perf_counter()
    run()
    seconds = time.perf_counter() - started
    assert orthanc.count() == SLICES
    return Figures(size / seconds, _processor_time() - before, _pacs_time(orthanc) - pacs_before)


def _processor_time() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _pacs_time(orthanc: Orthanc) -> float:
    times = psutil.Process(orthanc.pid).cpu_times()
    return times.user + times.system


def main() -> int:
    rounds = int(os.environ.get("ROUNDS", "5"))
    if shutil.which("storescu") is None:
        print("The tool for comparison is missing: apt-get install --no-install-recommends dcmtk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name, running_orthanc() as orthanc:
        study = Study(Path(name))
        ways: dict[str, Callable[[], object]] = {
            STOW: lambda: study.send(orthanc.pacs_url),
            POST: lambda: post_directly(orthanc, study.contents),
            DIMSE: lambda: study.send(orthanc.dicom_url),
            STORESCU: lambda: study.storescu(orthanc),
        }
        for run in ways.values():  # once to warm up
            measure(orthanc, study.size, run)
        found = [{way: measure(orthanc, study.size, run) for way, run in ways.items()} for _ in range(rounds)]
    return show(found)


def show(found: list[dict[str, Figures]]) -> int:
    """Print medians, and return the exit code."""
    for way in found[0]:
        figures = [each[way] for each in found]
        speed, sender, pacs = (
            statistics.median(getattr(f, name) for f in figures) for name in ("speed", "sender", "pacs")
        )
        print(f"{way:>30}: {speed:4.0f} MB/s, processor time {sender:.2f} s, of the PACS {pacs:.2f} s")
    missed = 0
    for ours, tool, enough in GOALS:
        ratio = statistics.median(each[ours].speed / each[tool].speed for each in found)
        speed = statistics.median(each[ours].speed for each in found)
        missed += ratio < ENOUGH and speed < enough
        print(f"{ours:>30}: {ratio:.2f} of {tool} (goal: {ENOUGH}, or {enough} MB/s)")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
