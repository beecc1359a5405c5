"""What the adapters on Redis need before a test can count on them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from relaypacs.adapters.events.redis import RedisEvents
from relaypacs.adapters.redis.link import open_link

SOON = 8.0


async def until(holds: Callable[[], bool], seconds: float = SOON) -> None:
    """Return as soon as something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - other processes change what is looked at
            await asyncio.sleep(0.01)


async def until_connected(events: RedisEvents) -> None:
    """Have a process hear others, as it does from its first subscription on: then all of it looks again, once."""
    async with events.subscribe("connecting"):
        await until(lambda: events.is_connected)


@asynccontextmanager
async def connected_events(url: str) -> AsyncIterator[RedisEvents]:
    """The events of one process, which hears others."""
    link = open_link(url)
    events = RedisEvents(link)
    try:
        await until_connected(events)
        yield events
    finally:
        await events.close()
        await link.close()
