"""Which objects hold which bytes of a blob, as far as this process knows."""

import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_RANGES = 50_000  # of all blobs together; some 6 MiB


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Bytes `start` to `end` (exclusive) of a blob."""

    end: int
    start: int


@dataclass(slots=True)
class _Known:
    seen_at: float
    ranges: list[Range] = field(default_factory=list)  # by their ends


class KnownRanges:
    """Ranges that somebody has seen. They never change, so what was seen stays true until it is deleted."""

    def __init__(self) -> None:
        self._blobs: OrderedDict[str, _Known] = OrderedDict()
        self._count = 0

    def add(self, key: str, found: Range) -> None:
        """Note a range that was just written, or listed."""
        known = self._blobs.setdefault(key, _Known(time.monotonic()))
        self._blobs.move_to_end(key)
        known.seen_at = time.monotonic()
        place = bisect_right(known.ranges, found)
        if place and known.ranges[place - 1] == found:
            return
        known.ranges.insert(place, found)
        self._count += 1
        while self._count > MOST_RANGES and len(self._blobs) > 1:
            self.forget(next(iter(self._blobs)))

    def seen_within(self, key: str, seconds: float) -> bool:
        known = self._blobs.get(key)
        return known is not None and time.monotonic() - known.seen_at < seconds

    def covering(self, key: str, start: int, end: int) -> Sequence[Range]:
        """Return what holds bytes from `start` towards `end`, in order, up to the first gap."""
        found: list[Range] = []
        if (known := self._blobs.get(key)) is None:
            return found
        position = start
        for place in range(bisect_right(known.ranges, start, key=lambda each: each.end), len(known.ranges)):
            held = known.ranges[place]
            if held.start > position or position >= end:
                break
            if held.end > position:  # else seen twice: once while a store that does not write at once was at it
                found.append(held)
                position = held.end
        return found

    def forget(self, key: str) -> None:
        if known := self._blobs.pop(key, None):
            self._count -= len(known.ranges)

    def forget_below(self, prefix: str) -> None:
        for key in [key for key in self._blobs if key.startswith(f"{prefix}/")]:
            self.forget(key)
