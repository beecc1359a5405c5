"""The events port: signals that something changed, for whoever waits for it right now.

A signal carries no data. It says "look again at the rows"; losing or merging signals therefore loses
nothing but time, and every waiter also looks again after its time-out.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Subscription(Protocol):
    async def wait(self, timeout: float) -> frozenset[str]:  # noqa: ASYNC109 - the caller's deadline is data here
        """Wait for a signal sent since the last `wait` (or since subscribing); return which channels had one.

        None of them had after `timeout` seconds. While signals of other processes can't come through, all of them count
        as having had one every few seconds: whoever waits looks again by himself.
        """
        ...


class Events(Protocol):
    async def signal(self, channel: str) -> None:
        """Wake everybody who is subscribed to `channel`. Never blocks, never fails."""
        ...

    def listening(self, prefix: str) -> int:
        """Return how many subscriptions of this process are to a channel whose name begins so."""
        ...

    def subscribe(self, *channels: str) -> AbstractAsyncContextManager[Subscription]:
        """Listen on all of `channels`. A signal sent after entering the context is never missed."""
        ...

    async def close(self) -> None:
        """Signal what is left to be signalled, and end. Waits no longer than a moment, and never fails."""
        ...
