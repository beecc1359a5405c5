"""Signals between processes by Redis' pub/sub, and inside this one without it.

All signals of a gateway go over one channel of Redis, which every process listens to on one connection. A signal to
nobody costs little, and nothing has to be agreed upon with Redis before somebody may begin to listen.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

from relaypacs.adapters.events.memory import MemoryEvents, MemorySubscription
from relaypacs.adapters.redis.link import ANSWER_SECONDS, FAULTS, PAUSE_SECONDS, RedisLink, RedisUnavailable
from relaypacs.core.tasks import end_tasks

PING_SECONDS = 5.0
POLL_SECONDS = 3.0
"""How often waiters look again on their own while no signal of another process would reach them."""
MOST_UNSENT = 10_000
EVERYBODY = "*"


class RedisSubscription(MemorySubscription):
    def __init__(self, events: "RedisEvents", channels: tuple[str, ...]) -> None:
        super().__init__()
        self._events = events
        self._channels = channels

    async def wait(self, timeout: float) -> frozenset[str]:  # noqa: ASYNC109 - as in the port
        if self._events.is_connected:
            return await super().wait(timeout)
        poll = POLL_SECONDS * random.uniform(0.7, 1)  # noqa: S311 - no secret
        if timeout <= poll:
            return await super().wait(timeout)
        return await super().wait(poll) or frozenset(self._channels)


class RedisEvents(MemoryEvents):
    """Begins with the first signal or subscription; `close` sends what is left."""

    def __init__(self, link: RedisLink) -> None:
        super().__init__()
        self._link = link
        self._channel = link.key("events")
        self._process = uuid4().hex
        self._unsent: dict[str, None] = {}
        self._has_unsent = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.is_connected = False

    async def signal(self, channel: str) -> None:
        await super().signal(channel)
        if len(self._unsent) >= MOST_UNSENT:
            self._unsent.clear()
            channel = EVERYBODY
        self._unsent[channel] = None
        self._has_unsent.set()
        self._begin()

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[MemorySubscription]:
        self._begin()
        async with self._listening_on(RedisSubscription(self, channels), channels) as subscription:
            yield subscription

    def _begin(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen(), name="events_listen"),
                asyncio.create_task(self._send(), name="events_send"),
            ]

    async def _listen(self) -> None:
        """Hear what other processes signal. After each gap everybody looks again: something may have been missed."""
        while True:
            client = self._link.connect(patience=PING_SECONDS)
            pubsub = client.pubsub()
            try:
                await self._hear(pubsub)
            except FAULTS as fault:
                self._link.lost(fault)
            finally:
                with suppress(*FAULTS):
                    await pubsub.aclose()
                await client.aclose()
            if self.is_connected:
                self.is_connected = False
                self.tell_everybody()  # they wait for as long as they would with signals
            await asyncio.sleep(PAUSE_SECONDS)

    async def _hear(self, pubsub: Any) -> None:
        async with asyncio.timeout(2 * ANSWER_SECONDS):
            await pubsub.subscribe(self._channel)
        is_asked = False
        while True:
            message = await pubsub.get_message(timeout=ANSWER_SECONDS if is_asked else PING_SECONDS)
            if message is None and is_asked:
                raise TimeoutError
            is_asked = message is None
            if message is None:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await pubsub.ping()
            elif message["type"] == "subscribe":
                self.is_connected = True
                self._link.found()
                self.tell_everybody()
            elif message["type"] == "message":
                self._pass_on(message["data"].decode())

    def _pass_on(self, text: str) -> None:
        process, *channels = text.split("\n")
        if process == self._process:
            return
        for channel in channels:
            if channel == EVERYBODY:
                self.tell_everybody()
            else:
                self.tell(channel)

    async def _send(self) -> None:
        while True:
            await self._has_unsent.wait()
            await asyncio.sleep(0)  # what is signalled together goes together
            try:
                await self._publish()
            except RedisUnavailable:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _publish(self) -> None:
        """Send what is unsent; what could not be sent stays so."""
        sent, self._unsent = self._unsent, {}
        self._has_unsent.clear()
        try:
            await self._link.ask(lambda redis: redis.publish(self._channel, "\n".join((self._process, *sent))))
        except RedisUnavailable:
            self._unsent = sent | self._unsent
            self._has_unsent.set()
            raise

    async def close(self) -> None:
        await end_tasks(self._tasks)
        if self._unsent:
            with suppress(RedisUnavailable):
                await self._publish()
