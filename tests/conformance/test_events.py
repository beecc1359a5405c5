"""What every way of signalling guarantees (the docstrings of `relaypacs.adapters.events.base`)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from relaypacs.adapters.events.base import Events
from relaypacs.adapters.events.memory import MemoryEvents
from tests.builders.redis import connected_events
from tests.servers.redis import RedisServer

SOON, NEVER = 5.0, 0.05


@pytest.fixture(params=["memory", "redis"])
async def events(request: pytest.FixtureRequest) -> AsyncIterator[Events]:
    if request.param == "memory":
        yield MemoryEvents()
        return
    server: RedisServer = request.getfixturevalue("redis")
    async with connected_events(server.fresh_url()) as connected:
        yield connected


async def test_a_signal_wakes_whoever_waits(events: Events) -> None:
    async with events.subscribe("a") as subscription:
        waiting = asyncio.create_task(subscription.wait(SOON))
        await asyncio.sleep(0)
        await events.signal("a")
        assert await waiting


async def test_a_signal_sent_after_subscribing_is_not_missed(events: Events) -> None:
    async with events.subscribe("a") as subscription:
        await events.signal("a")
        assert await subscription.wait(NEVER)


async def test_signals_merge_and_are_taken_once(events: Events) -> None:
    async with events.subscribe("a") as subscription:
        await events.signal("a")
        await events.signal("a")
        assert await subscription.wait(NEVER)
        assert not await subscription.wait(NEVER)
        await events.signal("a")
        assert await subscription.wait(NEVER)


async def test_every_subscriber_of_the_channel_is_woken_and_no_other(events: Events) -> None:
    async with events.subscribe("a") as one, events.subscribe("a") as two, events.subscribe("b") as other:
        await events.signal("a")
        waits = (one.wait(NEVER), two.wait(NEVER), other.wait(NEVER))
        assert list(await asyncio.gather(*waits)) == [frozenset("a"), frozenset("a"), frozenset()]


async def test_who_listens_to_several_channels_is_told_which(events: Events) -> None:
    async with events.subscribe("a", "b", "c") as subscription, events.subscribe("a") as other:
        await events.signal("a")
        await events.signal("c")
        assert await subscription.wait(NEVER) == {"a", "c"}
        assert not await subscription.wait(NEVER)
        await events.signal("b")
        assert await subscription.wait(NEVER) == {"b"}
        assert await other.wait(NEVER) == {"a"}


async def test_a_signal_to_nobody_and_after_the_end_is_nothing(events: Events) -> None:
    await events.signal("a")
    async with events.subscribe("a") as subscription:
        assert not await subscription.wait(NEVER)
    async with events.subscribe("a") as subscription:
        pass
    await events.signal("a")
    assert not await subscription.wait(NEVER)


async def test_a_waiter_that_is_cancelled_harms_nobody(events: Events) -> None:
    async with events.subscribe("a") as one, events.subscribe("a") as two:
        waiting = asyncio.create_task(one.wait(SOON))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await events.signal("a")
        assert await two.wait(SOON)


async def test_subscriptions_leave_nothing_behind() -> None:
    events = MemoryEvents()
    for number in range(100):
        async with events.subscribe(f"upload:{number}"):
            pass
        await events.signal(f"upload:{number}")
    assert not events._subscriptions


async def test_who_listens_is_counted_by_the_channels_they_listen_on(events: Events) -> None:
    async with events.subscribe("user:1", "worklist"), events.subscribe("user:1"), events.subscribe("upload:1"):
        assert (events.listening("user:"), events.listening("upload:")) == (2, 1)
    assert events.listening("") == 0
