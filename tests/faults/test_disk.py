"""Promise R9 for disks: refused in time, nothing acknowledged is lost, and the work goes on when the disk is well."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.builders.dicom import make_study
from tests.builders.problems import is_problem
from tests.faults.disks import SmallDisk, small_disk
from tests.main_job.process import CHUNK_SIZE, GatewayProcess, Sender, gateway_process

SOON_SECONDS = 10
ROOMY = "64m"


class Patient:
    """One upload to a gateway whose disk falls ill."""

    def __init__(self, gateway: GatewayProcess, store: Path, seed: int) -> None:
        self.sender = Sender(gateway, make_study(6, rows=600, columns=600, seed=seed))
        self.sender.open()
        self.folder = store / self.sender.upload["upload_id"]

    def send_until_refused(self) -> httpx.Response:
        """Send what is missing, chunk by chunk; return the first refusal, which must have come soon."""
        for key in sorted(self.sender.missing()):
            began = time.monotonic()
            answer = self.sender.put(key)
            assert time.monotonic() - began < SOON_SECONDS
            if not answer.is_success:
                return answer
            self.sender.acknowledged.add(key)
        raise AssertionError("nothing was refused")

    def assert_nothing_is_lost(self) -> None:
        assert not self.sender.missing() & self.sender.acknowledged
        ordinals = {plan["file_id"]: str(number) for number, plan in enumerate(self.sender.upload["files"])}
        chunks = self.sender.chunks()
        for file_id, index in self.sender.acknowledged:
            stored = (self.folder / ordinals[file_id]).read_bytes()[index * CHUNK_SIZE :]
            assert stored.startswith(chunks[file_id, index])

    def assert_recovers(self) -> None:
        """Without a restart: the rest is sent, and all of it arrives."""
        self.assert_nothing_is_lost()
        self.sender.send(sorted(self.sender.missing()))
        assert self.sender.complete().json()["stage"] == "verified"
        archived = self.sender.gateway.archived()
        assert {uid: archived.get(uid) for uid in self.sender.instances()} == self.sender.instances()

    def ready(self) -> httpx.Response:
        return httpx.get(f"{self.sender.gateway.address}/health/ready", timeout=SOON_SECONDS)


@dataclass(frozen=True)
class Ward:
    """A gateway whose storage alone is on a disk of its own."""

    disk: SmallDisk
    gateway: GatewayProcess
    store: Path
    numbers: Iterator[int] = field(default_factory=count)

    def patient(self) -> Patient:
        return Patient(self.gateway, self.store, next(self.numbers))


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("ward")
    with small_disk(folder / "disk", ROOMY) as disk:
        store = disk.path / "store"
        with gateway_process(folder / "data", STORAGE_URL=f"file://{store}") as gateway:
            yield Ward(disk, gateway, store)


def test_a_full_storage_is_507_and_goes_on_when_there_is_room(ward: Ward) -> None:
    patient = ward.patient()
    patient.sender.send(sorted(patient.sender.missing())[:3])
    ward.disk.fill()
    for _ in range(2):
        is_problem(patient.send_until_refused(), 507, "storage-full")
    is_problem(patient.ready(), 507, "storage-full")
    ward.disk.make_room()
    patient.assert_recovers()


def test_a_storage_that_cannot_be_written_is_503_and_goes_on_when_it_can(ward: Ward) -> None:
    patient = ward.patient()
    patient.sender.send(sorted(patient.sender.missing())[:3])
    ward.disk.remount("ro")
    is_problem(patient.send_until_refused(), 503, "storage-unavailable")
    is_problem(patient.ready(), 503, "storage-unavailable")
    patient.assert_nothing_is_lost()
    ward.disk.remount("rw")
    patient.assert_recovers()


@pytest.mark.parametrize("what", ["root", "upload"])
def test_files_that_vanish_are_503_and_never_made_anew(ward: Ward, what: str) -> None:
    """Another empty file would have zeros where bytes were acknowledged."""
    patient = ward.patient()
    first = min(patient.sender.missing())
    patient.sender.send([first])
    vanishing, elsewhere = ward.store if what == "root" else patient.folder, ward.disk.path / "elsewhere"
    vanishing.rename(elsewhere)
    is_problem(patient.send_until_refused(), 503, "storage-unavailable")
    is_problem(patient.sender.put(first), 503, "storage-unavailable")
    assert not vanishing.exists()
    elsewhere.rename(vanishing)
    patient.assert_recovers()


def test_a_full_disk_of_the_database_is_507_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        database = f"sqlite:///{disk.path}/relaypacs.db"
        with gateway_process(tmp_path / "data", DATABASE_URL=database) as gateway:
            patient = Patient(gateway, tmp_path / "data" / "uploads", 0)
            patient.sender.send(sorted(patient.sender.missing())[:3])
            disk.fill()
            for _ in range(3):
                is_problem(patient.send_until_refused(), 507, "database-full")
            patient.assert_nothing_is_lost()
            is_problem(patient.sender.complete(), 409, "chunks-missing")
            disk.make_room()
            patient.assert_recovers()


def test_below_the_reserve_it_is_507_while_everything_else_goes_on(tmp_path: Path) -> None:
    """All of the gateway on one disk: what it has still to write must not meet a full one."""
    reserve = 8 * 1024**2
    with (
        small_disk(tmp_path / "disk", ROOMY) as disk,
        gateway_process(disk.path / "data", STORAGE_RESERVE=str(reserve)) as gateway,
    ):
        patient = Patient(gateway, disk.path / "data" / "uploads", 0)
        patient.sender.send(sorted(patient.sender.missing())[:3])
        disk.fill(but=reserve - 1024**2)
        time.sleep(1.1)  # it is measured once a second
        is_problem(patient.send_until_refused(), 507, "storage-full")
        with pytest.raises(httpx.HTTPStatusError, match="507"):
            Patient(gateway, disk.path / "data" / "uploads", 1)
        assert patient.ready().is_success
        patient.assert_nothing_is_lost()
        disk.make_room()
        time.sleep(1.1)
        patient.assert_recovers()
