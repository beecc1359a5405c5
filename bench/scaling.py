"""Chunk intake with one gateway process and with two: what a second one brings, and what stands in the way.

Chunks of 1 MiB go into PostgreSQL, Redis and an object store, which run beside client and gateways on the cores of one
machine; in a region they have machines of their own. So one process is measured twice: with everybody on one core,
which is half of what two processes with everybody on two have, and with everybody on two. What two cores are worth at
that moment is told by hashing alone. `python -m bench.scaling`
"""

import hashlib
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psutil

from bench.intake import CHUNKS, uploading
from bench.servers import Server, gateway
from tests.main_job.process import SECRET
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis
from tests.servers.s3 import running_s3

ROUNDS = 5
CASES = {  # how many processes take chunks, and on how many cores everything runs
    "one process, one core": (1, 1),
    "one process, two cores": (1, 2),
    "two processes, two cores": (2, 2),
}


@contextmanager
def gateways() -> Iterator[Sequence[Server]]:
    """Run two gateways that share everything."""
    with ExitStack() as running:
        postgres = running.enter_context(running_postgres())
        redis = running.enter_context(running_redis())
        store = running.enter_context(running_s3())
        settings = {
            "DATABASE_URL": postgres.create_database(),
            "REDIS_URL": redis.fresh_url(),
            "STORAGE_URL": store.part().url(),
            "SECRET_KEY": SECRET,
        }
        yield [running.enter_context(gateway(**settings)) for _ in range(2)]


def everybody() -> list[psutil.Process]:
    """Return this process, and all that it has started."""
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def processor_seconds() -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in everybody()))


def measure(runs: Sequence[Callable[[], float]], servers: Sequence[Server], cores: int) -> tuple[float, float, float]:
    """Return MB/s, and milliseconds of processor time for a chunk: of the gateways, and of all others."""
    for process in everybody():
        for thread in process.threads():
            psutil.Process(thread.id).cpu_affinity(list(range(cores)))
    sending = [threading.Thread(target=run) for run in runs]
    gateways_before, all_before = sum(server.cpu_seconds() for server in servers), processor_seconds()
    began = time.perf_counter()
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    seconds = time.perf_counter() - began
    own = sum(server.cpu_seconds() for server in servers) - gateways_before
    others = processor_seconds() - all_before - own
    chunks = CHUNKS * len(runs)
    return chunks * 1024**2 / seconds / 1e6, own / chunks * 1000, others / chunks * 1000


def worth_of_two_cores() -> float:
    """Return how much more two threads hash than one."""

    def hashed(threads: int) -> float:
        body = bytes(1024**2)
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: hashlib.md5(body, usedforsecurity=False).digest(), range(threads * 1000)))
        return threads / (time.perf_counter() - began)

    return hashed(2) / hashed(1)


def main() -> None:
    with gateways() as both:
        runs = [uploading(server) for server in both]
        limits = [worth_of_two_cores() for _ in range(ROUNDS)]
        rounds = [
            {name: measure(runs[:processes], both, cores) for name, (processes, cores) in CASES.items()}
            for _ in range(ROUNDS + 1)
        ][1:]  # the first warms up
    for name in CASES:
        speed, own, others = (statistics.median(each[name][what] for each in rounds) for what in range(3))
        print(f"{name:>24}: {speed:4.0f} MB/s; ms of processor time a chunk: gateways {own:.2f}, others {others:.2f}")
    *before, two = CASES
    for name in before:
        ratios = [each[two][0] / each[name][0] for each in rounds]
        print(f"{two}, against {name}: {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
    print(
        f"hashing alone, two cores against one: {statistics.median(limits):.2f}, {min(limits):.2f} to {max(limits):.2f}"
    )


if __name__ == "__main__":
    main()
