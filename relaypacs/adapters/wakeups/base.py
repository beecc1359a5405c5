"""The wake-ups port: tells a worker that a row has work waiting.

The row is the truth and the message only a nudge: losing every message loses nothing, because an
interval job wakes whatever is due again. A task must therefore bear being woken twice, or for nothing.
"""

from typing import Protocol
from uuid import UUID


class Wakeups(Protocol):
    async def wake(self, task: str, key: UUID) -> None:
        """Have `task` look at the row `key` soon. Never raises: a wake-up that is lost comes again."""
        ...
