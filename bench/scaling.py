"""Chunk intake with one gateway process and with two: what a second one brings, and what stands in the way.

Both take chunks of 1 MiB into PostgreSQL, Redis and an object store, each process on a core of its own. Client and
stores take what is left of the two cores, where in a region they have machines of their own; the processor time that
they took is therefore told beside it. `python -m bench.scaling`
"""

import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import psutil

from bench.intake import CHUNKS, uploading
from bench.servers import Server, gateway
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis
from tests.servers.s3 import running_s3

ROUNDS = 5
SECRET = "kD8-vWq2Zr5tYb7nLx0cJm4sHe9aGu1f"  # noqa: S105 - of gateways that live for one run


@contextmanager
def gateways() -> Iterator[Sequence[Server]]:
    """Run two gateways that share everything, each on a core of its own."""
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
        found = [running.enter_context(gateway(**settings)) for _ in range(2)]
        for core, server in enumerate(found):
            server.process.cpu_affinity([core])
        yield found


def everybody_else(servers: Sequence[Server]) -> float:
    """Return the processor time so far of this process, and of the stores that it has started."""
    ours = {server.process.pid for server in servers}
    own = psutil.Process()
    others = [process for process in own.children(recursive=True) if process.pid not in ours]
    times = [process.cpu_times() for process in (own, *others)]
    return sum(t.user + t.system for t in times)


def measure(servers: Sequence[Server], all_servers: Sequence[Server]) -> tuple[float, float, float]:
    """Return MB/s, and milliseconds of processor time for a chunk: of the gateways, and of everybody else."""
    sending = [threading.Thread(target=uploading(server)) for server in servers]
    before, others = sum(server.cpu_seconds() for server in servers), everybody_else(all_servers)
    began = time.perf_counter()
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    seconds = time.perf_counter() - began
    chunks = CHUNKS * len(servers)
    spent = sum(server.cpu_seconds() for server in servers) - before
    return (
        chunks * 1024**2 / seconds / 1e6,
        spent / chunks * 1000,
        (everybody_else(all_servers) - others) / chunks * 1000,
    )


def main() -> None:
    with gateways() as both:
        rounds = [(measure(both[:1], both), measure(both, both)) for _ in range(ROUNDS + 1)][1:]  # the first warms up
    for name, index in (("one process", 0), ("two", 1)):
        speed, own, others = (statistics.median(each[index][what] for each in rounds) for what in range(3))
        print(f"{name:>11}: {speed:5.0f} MB/s; ms of processor time a chunk: {own:5.2f}, all others {others:5.2f}")
    ratios = [two[0] / one[0] for one, two in rounds]
    print(f"      ratio: {statistics.median(ratios):.2f} (goal: 1.70), {min(ratios):.2f} to {max(ratios):.2f}")
    cores = os.cpu_count() or 1
    limits = [cores * 1000 / (two[1] + two[2]) * 1024**2 / 1e6 / one[0] for one, two in rounds]
    print(f"       limit: {statistics.median(limits):.2f}, with nothing on {cores} cores but this work")


if __name__ == "__main__":
    main()
