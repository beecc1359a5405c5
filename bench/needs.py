"""How many processes, and how much disk, database and network, a number of studies a day comes to."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.queueing import Station, Study, arrivals, percentile, simulate

DAY = 86400.0  # seconds
PEAK = 4.0  # the busiest hour has so many times the average one
BUSY = 0.6  # of a processor that is planned with: above it waits grow quickly
RETENTION_DAYS = 7.0  # RELAYPACS_RETENTION_HOURS
PACS_SPEED = 40.0  # MB/s to one destination, over each of its deliveries
PIECE = 1.0  # seconds of a delivery between two looks for a more urgent one
SHARES = (0.03, 0.12, 0.8, 0.05)  # STAT, emergency, routine, subspecialty
STUDIES = 20_000  # that are simulated


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of processor time, but for the last, as measured."""

    study: float  # to open, complete, settle and prove one
    chunk: float  # of 1 MiB
    check: float  # of an instance
    deliver: float  # of an instance, with the comparison of what the PACS has
    row_bytes: float  # of an instance in the database


@dataclass(frozen=True, slots=True)
class Average:
    """The study that is reckoned with."""

    instances: int = 120
    megabytes: float = 60.0

    @property
    def chunks(self) -> int:
        return math.ceil(self.megabytes / 1.048576)


@dataclass(frozen=True, slots=True)
class Needs:
    gateways: int
    workers: int
    deliveries: int  # at once, to one destination
    inbound: float  # Mbit/s in the busiest hour
    outbound: float
    storage: float  # GB
    rows_a_year: float  # GB


def needs(a_day: int, costs: Costs, study: Average) -> Needs:
    peak = a_day * PEAK / DAY  # studies a second
    gateway = peak * (costs.study + study.chunks * costs.chunk)
    worker = peak * study.instances * (costs.check + costs.deliver)
    megabits = peak * study.megabytes * 8
    return Needs(
        gateways=math.ceil(gateway / BUSY),
        workers=math.ceil(worker / BUSY),
        deliveries=math.ceil(peak * delivery(costs, study) / BUSY),
        inbound=megabits,
        outbound=2 * megabits,  # what is sent is read back
        storage=a_day * study.megabytes * RETENTION_DAYS / 1000,
        rows_a_year=a_day * 365 * study.instances * costs.row_bytes / 1e9,
    )


def delivery(costs: Costs, study: Average) -> float:
    """Return the seconds of one delivery: the PACS and our processor take turns."""
    return study.megabytes / PACS_SPEED + study.instances * costs.deliver


def waits(a_day: int, costs: Costs, study: Average) -> list[tuple[float, float]]:
    """Return median and 95th percentile of seconds from complete to verified in the busiest hour, by urgency."""
    found = needs(a_day, costs, study)
    rate = a_day * PEAK / DAY
    seconds = STUDIES / rate  # the busiest hour without an end
    stations = [Station(found.workers, math.inf), Station(found.deliveries, PIECE)]
    done = simulate(_busiest(rate, seconds, costs, study), stations)
    took = [[one.took for one in done if one.level == level] or [0.0] for level in range(len(SHARES))]
    return [(percentile(each, 0.5), percentile(each, 0.95)) for each in took]


def _busiest(rate: float, seconds: float, costs: Costs, study: Average) -> Iterator[Study]:
    chance = random.Random(1)  # noqa: S311 - the same numbers each time
    levels = range(len(SHARES))
    for moment in arrivals(rate, seconds, chance):
        size = chance.expovariate(1)  # most studies are small, some are large
        (level,) = chance.choices(levels, SHARES)
        yield Study(moment, level, [size * study.instances * costs.check, size * delivery(costs, study)])
