"""What is counted of one part of one day, in the form in which days add up.

Counts are kept by names: `uploads`, `modality:CT`, `instance:truncated`. Durations are kept one by one, in whole
seconds: percentiles of any number of days are then exact, which they are not when they are made of percentiles.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relaypacs.features.analytics.models import Part
from relaypacs.features.studies.models import ServiceLevel

Seconds = NDArray[np.int32]
SECONDS = np.dtype("<i4")
LONGEST = int(np.iinfo(np.int32).max)
NONE: Seconds = np.empty(0, SECONDS)

VERIFIED = "verified"
READY = {level: f"ready:{level.value}" for level in ServiceLevel}
# The durations of each part, one series after the other. How many there are of a series is a count of its name.
SERIES: Mapping[Part, Sequence[str]] = {Part.UPLOADS: (VERIFIED,), Part.REPORTS: tuple(READY.values())}


@dataclass(slots=True)
class Tally:
    """Counts by name, and the durations of each series, as pieces that nobody has put together yet."""

    counts: Counter[str] = field(default_factory=Counter)
    pieces: dict[str, list[Seconds]] = field(default_factory=dict)

    def add_seconds(self, series: str, seconds: Iterable[int]) -> None:
        """Add durations. One that a clock has made negative, or that no study waits for, becomes the nearest."""
        taken = np.clip(np.fromiter(seconds, np.int64), 0, LONGEST).astype(SECONDS)
        self.counts[series] += len(taken)
        self.pieces.setdefault(series, []).append(taken)

    def add(self, other: "Tally") -> None:
        self.counts.update(other.counts)
        for series, pieces in other.pieces.items():
            self.pieces.setdefault(series, []).extend(pieces)

    def seconds(self, series: str) -> Seconds:
        pieces = self.pieces.get(series)
        return np.concatenate(pieces) if pieces else NONE

    def packed(self, part: Part) -> tuple[dict[str, int], bytes]:
        """Return the columns of a row: the counts that are not 0, and the durations."""
        counts = {name: count for name, count in sorted(self.counts.items()) if count}
        return counts, b"".join(self.seconds(series).tobytes() for series in SERIES[part])

    @classmethod
    def unpacked(cls, part: Part, counts: Mapping[str, int], seconds: bytes | None) -> "Tally":
        """Return what `packed` was given; `seconds` may be left out where nobody asks for them."""
        tally = cls(Counter(counts))
        rest = np.frombuffer(seconds or b"", SECONDS)
        for series in SERIES[part] if seconds else ():
            length = tally.counts[series]
            tally.pieces[series], rest = [rest[:length]], rest[length:]
        return tally


def total(tallies: Iterable[Tally]) -> Tally:
    together = Tally()
    for tally in tallies:
        together.add(tally)
    return together


def percentile(seconds: Seconds, share: int) -> int | None:
    """Return the percentile by the nearest rank: the least duration that `share` percent do not exceed."""
    if not len(seconds):
        return None
    rank = -(-len(seconds) * share // 100)
    return int(np.partition(seconds, rank - 1)[rank - 1])
