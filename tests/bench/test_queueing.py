"""The simulation of the queue says what is known of queues."""

import random
import statistics
from math import factorial

import pytest

from bench.queueing import Station, Study, arrivals, simulate

SEED = 3


def waits(load: float, servers: int) -> float:
    """Return the mean wait of studies that take a second on average (M/M/c)."""
    chance = random.Random(SEED)  # noqa: S311 - the same numbers each time
    studies = [Study(moment, 0, [chance.expovariate(1)]) for moment in arrivals(load * servers, 60_000, chance)]
    total = sum(study.work[0] for study in studies)
    done = simulate(studies, [Station(servers, float("inf"))])
    return statistics.mean(study.took for study in done) - total / len(done)


def erlang(load: float, servers: int) -> float:
    """Return that wait by Erlang's formula C."""
    offered = load * servers
    busy = offered**servers / factorial(servers) / (1 - load)
    idle = sum(offered**number / factorial(number) for number in range(servers))
    return busy / (idle + busy) / (servers * (1 - load))


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (0.7, 2), (0.7, 4)])
def test_the_mean_wait_is_that_of_the_theory(load: float, servers: int) -> None:
    assert waits(load, servers) == pytest.approx(erlang(load, servers), rel=0.1)


def test_the_more_urgent_overtakes_after_the_piece_that_is_under_way() -> None:
    routine, stat = Study(0, 3, [10]), Study(2.5, 0, [2])
    assert simulate([routine, stat], [Station(1, 1)]) == [stat, routine]
    assert (stat.finished, routine.finished) == (5, 12)


def test_a_study_goes_through_one_station_after_the_other() -> None:
    first, second = Study(0, 0, [1, 3]), Study(0, 0, [1, 3])
    simulate([first, second], [Station(1, 1), Station(1, 1)])
    assert (first.finished, second.finished) == (4, 7)
