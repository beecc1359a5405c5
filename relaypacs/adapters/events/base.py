"""The events port: signals that something changed, for whoever waits for it right now.

A signal carries no data. It says "look again at the rows"; losing or merging signals therefore loses
nothing but time, and every waiter also looks again after its time-out.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Subscription(Protocol):
    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's deadline is data here
        """Wait for a signal sent since the last `wait` (or since subscribing); False after `timeout` seconds."""
        ...


class Events(Protocol):
    async def signal(self, channel: str) -> None:
        """Wake everybody who is subscribed to `channel`. Never blocks, never fails."""
        ...

    def subscribe(self, channel: str) -> AbstractAsyncContextManager[Subscription]:
        """Listen on `channel`. A signal sent after entering the context is never missed."""
        ...
