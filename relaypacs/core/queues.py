"""What waits to be done, as administrators and monitors count it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, what is being done at the moment included, and since when the oldest of them."""

    waiting: int = 0
    oldest: datetime | None = None

    def __add__(self, other: "Queue") -> "Queue":
        moments = [moment for moment in (self.oldest, other.oldest) if moment]
        return Queue(self.waiting + other.waiting, min(moments, default=None))
