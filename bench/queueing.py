"""Studies that wait for those who work on them: a simulation of events, without a clock and without chance of its own.

A study goes through the stations in their order. At each, a number of servers work on the most urgent that waits, older
ones first; after every piece of work they look again, as a delivery does between two requests.
"""

import heapq
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

ARRIVES, DONE = 0, 1


@dataclass(frozen=True, slots=True)
class Station:
    servers: int
    piece: float  # seconds of work until it looks for something more urgent


@dataclass(slots=True)
class Study:
    arrived: float
    level: int  # 0 is the most urgent
    work: list[float]  # seconds, for each station
    finished: float = 0.0

    @property
    def took(self) -> float:
        return self.finished - self.arrived


def simulate(studies: Iterable[Study], stations: Sequence[Station]) -> list[Study]:
    """Return the studies with the moment at which each was through, in the order of these moments."""
    numbers = count()
    events: list[tuple[float, int, int, int, Study]] = [
        (study.arrived, ARRIVES, next(numbers), 0, study) for study in studies
    ]
    heapq.heapify(events)
    waiting: list[list[tuple[int, float, int, Study]]] = [[] for _ in stations]
    idle = [station.servers for station in stations]
    through: list[Study] = []
    while events:
        moment, what, number, place, study = heapq.heappop(events)
        if what == DONE:
            idle[place] += 1
            if study.work[place] <= 0:
                place += 1
        if place == len(stations):
            study.finished = moment
            through.append(study)
        else:
            heapq.heappush(waiting[place], (study.level, study.arrived, number, study))
        for here in {place, place - 1} & set(range(len(stations))):
            while idle[here] and waiting[here]:
                _, _, number, study = heapq.heappop(waiting[here])
                piece = min(study.work[here], stations[here].piece)
                study.work[here] -= piece
                idle[here] -= 1
                heapq.heappush(events, (moment + piece, DONE, number, here, study))
    return through


def arrivals(a_second: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """Yield moments that know nothing of each other (a Poisson process)."""
    moment = chance.expovariate(a_second)
    while moment < seconds:
        yield moment
        moment += chance.expovariate(a_second)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
