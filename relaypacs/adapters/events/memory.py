"""Signals inside one process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class MemorySubscription:
    def __init__(self) -> None:
        self.signalled = asyncio.Event()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - as in the port
        try:
            async with asyncio.timeout(timeout):
                await self.signalled.wait()
        except TimeoutError:
            return False
        self.signalled.clear()
        return True


class MemoryEvents:
    def __init__(self) -> None:
        self._subscriptions: defaultdict[str, set[MemorySubscription]] = defaultdict(set)

    async def signal(self, channel: str) -> None:
        for subscription in self._subscriptions.get(channel, ()):
            subscription.signalled.set()

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[MemorySubscription]:
        subscription = MemorySubscription()
        self._subscriptions[channel].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[channel].discard(subscription)
            if not self._subscriptions[channel]:
                del self._subscriptions[channel]
