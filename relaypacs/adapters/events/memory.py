"""Signals inside one process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager


class MemorySubscription:
    def __init__(self) -> None:
        self._signalled: set[str] = set()
        self._news = asyncio.Event()

    def tell(self, channel: str) -> None:
        self._signalled.add(channel)
        self._news.set()

    async def wait(self, timeout: float) -> frozenset[str]:  # noqa: ASYNC109 - as in the port
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            return frozenset()
        signalled = frozenset(self._signalled)
        self._signalled.clear()
        self._news.clear()
        return signalled


class MemoryEvents:
    def __init__(self) -> None:
        self._subscriptions: defaultdict[str, set[MemorySubscription]] = defaultdict(set)

    async def signal(self, channel: str) -> None:
        self.tell(channel)

    def tell(self, channel: str) -> None:
        """Wake those of this process that are subscribed to the channel."""
        for subscription in self._subscriptions.get(channel, ()):
            subscription.tell(channel)

    def tell_everybody(self) -> None:
        """Wake everybody of this process, as if each channel had had a signal."""
        for channel in self._subscriptions:
            self.tell(channel)

    def listening(self, prefix: str) -> int:
        return sum(len(each) for channel, each in self._subscriptions.items() if channel.startswith(prefix))

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[MemorySubscription]:
        async with self._listening_on(MemorySubscription(), channels) as subscription:
            yield subscription

    async def close(self) -> None:
        """Nothing leaves this process."""

    @asynccontextmanager
    async def _listening_on(
        self, subscription: MemorySubscription, channels: Collection[str]
    ) -> AsyncIterator[MemorySubscription]:
        for channel in channels:
            self._subscriptions[channel].add(subscription)
        try:
            yield subscription
        finally:
            for channel in channels:
                self._forget(channel, subscription)

    def _forget(self, channel: str, subscription: MemorySubscription) -> None:
        self._subscriptions[channel].discard(subscription)
        if not self._subscriptions[channel]:
            del self._subscriptions[channel]
