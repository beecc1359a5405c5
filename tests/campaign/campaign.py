"""Kills a gateway at random moments, resumes, and counts what was lost, differs, or happened twice.

Several uploads of different kinds run at once. Each kill aims at the phase that has been hit least: it waits until the
rows say that an upload is in it, and a random while longer. What it hit is read from the rows of the dead process.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from tests.builders.dicom import make_study, make_zip
from tests.builders.gateway import NamedBytes
from tests.campaign.destinations import Destination
from tests.campaign.phases import Phase, Rows
from tests.main_job.process import CHUNK_SIZE, GatewayProcess, Sender

LIFE_SECONDS = 120
LONGEST_WAIT = 1.0
POLL_SECONDS = 0.001
GOOD = (200, 202)


@dataclass
class Tally:
    kills: int = 0
    hits: Counter[Phase] = field(default_factory=Counter)  # a kill counts for each phase that an upload was in
    uploads: int = 0
    lost: int = 0  # chunks or instances
    differing: int = 0
    duplicated: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.differing or self.duplicated or self.failures)

    def __str__(self) -> str:
        phases = ", ".join(f"{phase} {self.hits[phase]}" for phase in Phase)
        lines = [f"kills: {self.kills} (during {phases}), uploads: {self.uploads}"]
        lines += [f"{name}: {getattr(self, name)}" for name in ("lost", "differing", "duplicated")]
        return "\n".join(lines + [f"failure: {failure}" for failure in self.failures])


class Driver:
    """One upload, taken up again after each kill until it is verified."""

    def __init__(self, sender: Sender, instances: Mapping[str, bytes], tally: Tally) -> None:
        self.instances = instances
        self.is_done = False
        self._sender = sender
        self._tally = tally

    def open(self) -> None:
        self._sender.open()

    def drive(self) -> None:
        """Go on until the upload is verified or the gateway is gone."""
        try:
            missing = self._sender.missing()
            self._tally.lost += len(missing & self._sender.acknowledged)
            # What the gateway does not ask for again is promised too, also if the kill cut the answer off.
            self._sender.acknowledged |= self._sender.chunks().keys() - missing
            self._sender.send(sorted(missing), connections=2)
            if self._sender.acknowledged == set(self._sender.chunks()):
                answer = self._sender.complete()
                if answer.status_code not in GOOD:
                    self._tally.failures.append(f"complete: {answer.status_code} {answer.text}")
                self._sender.until_completed(LIFE_SECONDS)
                self.is_done = True
        except httpx.TransportError:
            pass  # killed: the next life goes on
        except Exception as error:  # noqa: BLE001 - a thread's; the campaign reports it
            self._tally.failures.append(repr(error))

    def compare_stored(self) -> None:
        """Hold the acknowledged chunks against the bytes on the disk."""
        folder = self._sender.gateway.data / "uploads" / self._sender.upload["upload_id"]
        for ordinal, plan in enumerate(self._sender.upload["files"]):
            own = {key: body for key, body in self._sender.chunks().items() if key[0] == plan["file_id"]}
            own = {key: body for key, body in own.items() if key in self._sender.acknowledged}
            path = folder / str(ordinal)
            if own and not path.exists():
                self._tally.lost += len(own)
                continue
            stored = path.read_bytes() if own else b""
            for (_, index), body in own.items():
                self._tally.differing += stored[index * CHUNK_SIZE :][: len(body)] != body


class Campaign:
    """Runs until it has killed often enough and each phase has had its share."""

    def __init__(
        self,
        gateway: GatewayProcess,
        destination: Destination,
        seed: int,
        after_round: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self.tally = Tally()
        self._gateway = gateway
        self._destination = destination
        self._random = random.Random(seed)  # noqa: S311 - moments, not secrets
        self._reach = dict.fromkeys(Phase, 0.2)  # seconds, at most, from the begin of a phase to the kill
        self._rounds = 0
        self._after_round = after_round

    def run(self, kills: int) -> Tally:
        """Kill a running gateway `kills` times; afterwards it runs again, and every upload is verified."""
        while self.tally.kills < kills and not self.tally.failures:
            self._round(kills)
            self._after_round(self.tally)
        return self.tally

    def _round(self, kills: int) -> None:
        """Open some uploads, and kill until all of them are verified."""
        self._rounds += 1
        drivers = self._drivers()
        for driver in drivers:
            driver.open()
        while not self.tally.failures and not all(driver.is_done for driver in drivers):
            threads = [threading.Thread(target=driver.drive) for driver in drivers if not driver.is_done]
            for thread in threads:
                thread.start()
            if self.tally.kills < kills:
                self._kill_in_time(threads)
            for thread in threads:
                thread.join()
            for driver in drivers:
                driver.compare_stored()
            if self._gateway.process.poll() is not None:
                self._gateway.start()
        self.tally.uploads += len(drivers)
        self._judge(drivers)

    def _kill_in_time(self, threads: list[threading.Thread]) -> None:
        """Kill when an upload is in the phase that needs it most; not at all when none comes into it."""
        aim = min(Phase, key=lambda phase: (self.tally.hits[phase], self._random.random()))
        if not self._await(aim, threads):
            return
        time.sleep(self._random.uniform(0, self._reach[aim]))
        self._gateway.kill()
        rows = Rows(self._gateway.data)
        hit = rows.phases()
        rows.close()
        self.tally.kills += 1
        self.tally.hits.update(hit)
        change = 1.3 if aim in hit else 0.5
        self._reach[aim] = min(LONGEST_WAIT, self._reach[aim] * change)

    def _await(self, phase: Phase, threads: list[threading.Thread]) -> bool:
        rows = Rows(self._gateway.data)
        try:
            while any(thread.is_alive() for thread in threads):
                if rows.is_under_way(phase):
                    return True
                time.sleep(POLL_SECONDS)
        finally:
            rows.close()
        return False

    def _judge(self, drivers: list[Driver]) -> None:
        expected = {uid: content for driver in drivers for uid, content in driver.instances.items()}
        lost, differing, duplicated = self._destination.compare(expected)
        rows = Rows(self._gateway.data)
        self.tally.lost += lost
        self.tally.differing += differing
        self.tally.duplicated += duplicated + rows.more_than_once(self.tally.uploads)
        rows.close()

    def _drivers(self) -> list[Driver]:
        """Return uploads of each kind: files with MD5, one ZIP with SHA-256, gzip chunks with SHA-256."""
        slices, members, zipped = (self._study(kind, count) for kind, count in enumerate((4, 5, 3)))
        archive = [("study.zip", make_zip(dict(members)))]
        return [
            self._driver(Sender(self._gateway, slices), slices),
            self._driver(Sender(self._gateway, archive, is_sha256=True), members),
            self._driver(Sender(self._gateway, zipped, is_zipped=True, is_sha256=True), zipped),
        ]

    def _study(self, kind: int, slices: int) -> list[tuple[str, bytes]]:
        return make_study(slices, rows=640, columns=640, seed=self._rounds * 10 + kind)

    def _driver(self, sender: Sender, files: NamedBytes) -> Driver:
        return Driver(sender, Sender(self._gateway, files).instances(), self.tally)
