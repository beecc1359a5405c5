"""What a chunk, a file and a delivery cost here, what a region needs by that, and whether the simulation is right.

A real gateway takes chunks, and studies of one instance and of many; the differences are the costs. Then studies come
in faster than a slow PACS takes them: how long each waits is measured, and simulated from nothing but when they came
and how long one takes by itself.

python -m bench.capacity
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.needs import Average, Costs, needs, waits
from bench.queueing import Station, Study, percentile, simulate
from tests.builders.dicom import make_study
from tests.main_job.process import CHUNK_SIZE, GatewayProcess, Sender, gateway_process, sign_in
from tests.servers.flaky_dicomweb import running_flaky_dicomweb

SMALL, LARGE = 1, 100  # instances
STUDIES = {SMALL: 12, LARGE: 4}
WAITING, AT_ONCE, PACS_DELAY = 16, 2, 1.0
CHUNKS_A_MIB = 1024**2 / CHUNK_SIZE
A_DAY = (10, 1_000, 100_000)
ENOUGH = 0.25  # of the measured figure, that the simulated one may differ by


@dataclass
class Spent:
    """Processor time of the gateway's own process and of the children that check, and bytes of the database."""

    own: float
    checks: float
    rows: int


@contextmanager
def spending(gateway: GatewayProcess, studies: int) -> Iterator[Spent]:
    """Give what a study costs, on average, of those that are sent meanwhile."""
    before, spent = _now(gateway), Spent(0, 0, 0)
    yield spent
    after = _now(gateway)
    spent.own = (after.own - before.own) / studies
    spent.checks = (after.checks - before.checks) / studies
    spent.rows = (after.rows - before.rows) // studies


def _now(gateway: GatewayProcess) -> Spent:
    process = psutil.Process(gateway.process.pid)
    times = process.cpu_times()
    children = [child.cpu_times() for child in process.children(recursive=True)]
    checks = times.children_user + times.children_system + sum(child.user + child.system for child in children)
    rows = sum(path.stat().st_size for path in gateway.data.glob("relaypacs.db*"))
    return Spent(times.user + times.system, checks, rows)


def send(gateway: GatewayProcess, bearer: dict[str, str], instances: int, seed: int) -> Sender:
    """Send a study to its last chunk."""
    sender = Sender(gateway, make_study(instances, rows=512, columns=512, seed=seed))
    sender.open(bearer)
    sender.send(sender.keys())
    return sender


def until_read_back(sender: Sender) -> None:
    while not sender.status()["safe_to_delete"]:
        time.sleep(0.2)


def measure(folder: Path) -> Costs:
    with gateway_process(folder / "costs") as gateway:
        bearer = sign_in(gateway)
        until_read_back(_whole(gateway, bearer, LARGE, seed=1))  # to warm up
        with spending(gateway, 1) as idle_chunks:
            chunks = len(send(gateway, bearer, LARGE, seed=2).keys())  # and no more of it: chunks alone, but for checks
        found = {}
        for instances, studies in STUDIES.items():
            with spending(gateway, studies) as found[instances]:
                for number in range(studies):
                    until_read_back(_whole(gateway, bearer, instances, seed=100 * instances + number))
    more = LARGE - SMALL
    chunk = idle_chunks.own / chunks
    check = (found[LARGE].checks - found[SMALL].checks) / more
    deliver = (found[LARGE].own - found[SMALL].own) / more - chunk
    return Costs(
        study=found[SMALL].own - chunk - deliver,
        chunk=chunk * CHUNKS_A_MIB,
        check=check,
        deliver=deliver,
        row_bytes=(found[LARGE].rows - found[SMALL].rows) / more,
    )


def _whole(gateway: GatewayProcess, bearer: dict[str, str], instances: int, seed: int) -> Sender:
    sender = send(gateway, bearer, instances, seed)
    sender.complete().raise_for_status()
    return sender


def small_case(folder: Path) -> list[tuple[float, float]]:
    """Return (measured, simulated) seconds from complete to verified: the median and the longest."""
    with running_flaky_dicomweb() as pacs:
        pacs.give_delay = PACS_DELAY
        settings = {"PACS": pacs.pacs_url, "DELIVERY_CONCURRENCY": str(AT_ONCE), "COMPLETE_WAIT": "0"}
        with gateway_process(folder / "queue", **settings) as gateway:
            bearer = sign_in(gateway)
            alone = statistics.median(_alone(gateway, bearer, seed) for seed in range(3))
            senders = [send(gateway, bearer, SMALL, seed=10 + number) for number in range(WAITING)]
            came = {id(sender): _completed(sender) for sender in senders}
            took = _until_all(senders, came)
    first = min(came.values())
    simulated = simulate([Study(moment - first, 0, [alone]) for moment in came.values()], [Station(AT_ONCE, alone)])
    return [(percentile(took, share), percentile([study.took for study in simulated], share)) for share in (0.5, 1.0)]


def _alone(gateway: GatewayProcess, bearer: dict[str, str], seed: int) -> float:
    sender = send(gateway, bearer, SMALL, seed)
    began = _completed(sender)
    (took,) = _until_all([sender], {id(sender): began})
    return took


def _completed(sender: Sender) -> float:
    sender.complete().raise_for_status()
    return time.monotonic()


def _until_all(senders: list[Sender], came: dict[int, float]) -> list[float]:
    waiting, took = list(senders), []
    while waiting:
        for sender in list(waiting):
            if sender.status()["status"] == "completed":
                took.append(time.monotonic() - came[id(sender)])
                waiting.remove(sender)
        time.sleep(0.02)
    return took


def show(costs: Costs, study: Average) -> None:
    print(
        f"a study {costs.study * 1000:.0f} ms, a chunk of 1 MiB {costs.chunk * 1000:.1f} ms, an instance: check",
        end=" ",
    )
    print(f"{costs.check * 1000:.1f} ms, delivery {costs.deliver * 1000:.1f} ms, {costs.row_bytes:.0f} bytes of rows")
    print(f"a study of {study.instances} instances and {study.megabytes:.0f} MB:")
    for a_day in A_DAY:
        found = needs(a_day, costs, study)
        (stat, stat_95), _, (routine, routine_95), _ = waits(a_day, costs, study)
        print(
            f"{a_day:>7} a day: {found.gateways} gateways, {found.workers} workers, {found.deliveries} deliveries at "
            f"once, {found.inbound:.0f} Mbit/s in, {found.outbound:.0f} out, {found.storage:.0f} GB of files, "
            f"{found.rows_a_year:.1f} GB of rows a year; STAT {stat:.1f} s ({stat_95:.1f}), "
            f"routine {routine:.1f} s ({routine_95:.1f})"
        )


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        costs = measure(Path(name))
        case = small_case(Path(name))
    print(f"on {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    show(costs, Average())
    for what, (measured, simulated) in zip(("median", "longest"), case, strict=True):
        print(f"the small case, {what}: {measured:.2f} s measured, {simulated:.2f} s simulated")
    return 0 if all(abs(simulated - measured) <= ENOUGH * measured for measured, simulated in case) else 1


if __name__ == "__main__":
    sys.exit(main())
