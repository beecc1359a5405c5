"""What waits to be done, as administrators and monitors count it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, what is being done at the moment included, and since when the oldest of them."""

    waiting: int = 0
    oldest: datetime | None = None

    def age(self, at: datetime) -> float:
        """Return for how many seconds the oldest of them waits; 0 when none does."""
        return max(0.0, (at - self.oldest).total_seconds()) if self.oldest else 0.0

    def __add__(self, other: "Queue") -> "Queue":
        moments = [moment for moment in (self.oldest, other.oldest) if moment]
        return Queue(self.waiting + other.waiting, min(moments, default=None))
