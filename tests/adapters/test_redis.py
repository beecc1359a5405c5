"""What becomes of the adapters on Redis when Redis, or a process beside them, goes away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from relaypacs.adapters.cache.redis import RedisCache
from relaypacs.adapters.events import redis as events_redis
from relaypacs.adapters.events.redis import RedisEvents
from relaypacs.adapters.limits.redis import RedisLimits
from relaypacs.adapters.redis import link as redis_link
from relaypacs.adapters.redis.link import RedisLink, RedisUnavailable, open_link
from relaypacs.adapters.wakeups import streams
from relaypacs.adapters.wakeups.base import Task
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.adapters.wakeups.streams import Held, StreamBroker
from relaypacs.core.clock import new_id
from relaypacs.core.errors import LimitsUnavailable
from relaypacs.core.tasks import end_tasks
from tests.builders.redis import connected_events, until
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def server(own_redis: RedisServer) -> RedisServer:
    own_redis.ensure_running()
    return own_redis


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all that is tried again be so sooner."""
    for module in (redis_link, events_redis, streams):
        monkeypatch.setattr(module, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(events_redis, "PING_SECONDS", 0.3)
    monkeypatch.setattr(events_redis, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(streams, "HOLD_SECONDS", 0.1)
    monkeypatch.setattr(streams, "DEAD_SECONDS", 0.5)
    monkeypatch.setattr(streams, "BLOCK_SECONDS", 0.2)


@pytest.fixture
async def link(server: RedisServer) -> AsyncIterator[RedisLink]:
    opened = open_link(server.fresh_url())
    yield opened
    await opened.close()


class WorkingBroker(StreamBroker):
    """One that notes what it was woken for."""

    def __init__(self, link: RedisLink) -> None:
        super().__init__(link)
        self.woken: list[UUID] = []
        self.may_end = asyncio.Event()
        self._is_dead = False
        for task in (Task.DELIVER, Task.CHECK_UPLOAD):

            async def note(key: str) -> None:
                self.woken.append(UUID(key))
                await self.may_end.wait()

            self.register_task(note, task_name=task)

    async def die(self) -> None:
        """End as a process does that is killed: nothing is acknowledged any more."""
        self._is_dead = True
        await end_tasks((*self._loops, *self._running))

    async def _forget(self, redis: Any, held: Held) -> None:
        if not self._is_dead:
            await super()._forget(redis, held)


@asynccontextmanager
async def working(url: str) -> AsyncIterator[WorkingBroker]:
    link = open_link(url)
    broker = WorkingBroker(link)
    await broker.startup()
    try:
        yield broker
    finally:
        broker.may_end.set()
        await broker.shutdown()
        await link.close()


async def waiting(link: RedisLink) -> int:
    """Return how many messages no worker has ended with."""
    standing = await link.standing()
    assert standing
    return standing.wakeups


async def test_signals_reach_other_processes_and_everybody_looks_after_a_gap(server: RedisServer) -> None:
    url = server.fresh_url()
    async with connected_events(url) as here, connected_events(url) as there, there.subscribe("a", "b") as listener:
        await listener.wait(0.01)
        await here.signal("a")
        assert await listener.wait(5) == {"a"}
        server.stop()
        await until(lambda: not there.is_connected)
        assert await listener.wait(5) == {"a", "b"}  # at once, and then every few moments
        assert await listener.wait(5) == {"a", "b"}
        await here.signal("b")  # is kept until it can be sent
        server.start()
        await until(lambda: there.is_connected)
        await until(lambda: here.is_connected)
        assert await listener.wait(5)
        await until(lambda: not here._unsent)
        await listener.wait(0.2)
        await here.signal("a")
        assert await listener.wait(5) == {"a"}


async def test_signals_wait_for_no_redis_that_hangs(server: RedisServer) -> None:
    async with connected_events(server.fresh_url()) as events:
        server.freeze()
        try:
            began = time.monotonic()
            for _ in range(1000):
                await events.signal("a")
            assert time.monotonic() - began < 0.5
            await until(lambda: not events.is_connected)  # nothing was closed: it does not answer
        finally:
            server.thaw()
        await until(lambda: events.is_connected)


async def test_a_cache_is_empty_while_redis_is_away(server: RedisServer, link: RedisLink) -> None:
    cache = RedisCache(link)
    await cache.put("a", b"1", 60)
    server.stop()
    assert await cache.get("a") is None
    await cache.put("a", b"2", 60)
    server.start()
    await asyncio.sleep(redis_link.PAUSE_SECONDS)
    await cache.put("a", b"3", 60)
    assert await cache.get("a") == b"3"


async def test_who_asks_a_redis_that_hangs_waits_a_moment_and_others_not_at_all(
    server: RedisServer, link: RedisLink
) -> None:
    await link.ask(lambda redis: redis.ping())
    server.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(RedisUnavailable):
            await link.ask(lambda redis: redis.ping())
        assert time.monotonic() - began < 2 * redis_link.ANSWER_SECONDS
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(RedisUnavailable, match="resting"):
                await link.ask(lambda redis: redis.ping())
        assert time.monotonic() - began < redis_link.PAUSE_SECONDS
    finally:
        server.thaw()


async def test_limits_are_shared_and_without_redis_closed_or_counted_here(server: RedisServer, link: RedisLink) -> None:
    rate = RateLimitItemPerMinute(2)
    strict, elsewhere = (MovingWindowRateLimiter(RedisLimits(link)) for _ in range(2))
    lenient = MovingWindowRateLimiter(RedisLimits(link, substitute=MemoryStorage()))
    assert await strict.hit(rate, "login", "10.0.0.1")
    assert await elsewhere.hit(rate, "login", "10.0.0.1")
    assert not await strict.hit(rate, "login", "10.0.0.1")
    server.stop()
    with pytest.raises(LimitsUnavailable) as refused:
        await strict.hit(rate, "login", "10.0.0.1")
    assert refused.value.status == 503
    assert int(refused.value.headers["Retry-After"]) > 0
    assert [await lenient.hit(rate, "api", "10.0.0.1") for _ in range(3)] == [True, True, False]


async def test_the_same_wake_up_waits_once_until_somebody_begins(server: RedisServer, link: RedisLink) -> None:
    sender, key, url = StreamBroker(link), new_id(), f"{server.url(link.address.prefix)}"
    for _ in range(5):
        await BrokerWakeups(sender).wake(Task.CHECK_UPLOAD, key)
    assert await waiting(link) == 1
    async with working(url) as worker:
        await until(lambda: worker.woken == [key])
        await BrokerWakeups(sender).wake(Task.CHECK_UPLOAD, key)  # what was changed since must be seen
        await until(lambda: worker.woken == [key, key])
        worker.may_end.set()
        async with asyncio.timeout(5):
            while await waiting(link):  # noqa: ASYNC110 - it is Redis that is looked at
                await asyncio.sleep(0.01)


async def test_what_a_dead_worker_held_is_taken_by_another_and_what_a_living_one_holds_is_not(
    server: RedisServer, link: RedisLink
) -> None:
    url, key = server.url(link.address.prefix), new_id()
    async with working(url) as dying:
        await BrokerWakeups(StreamBroker(link)).wake(Task.DELIVER, key)
        await until(lambda: dying.woken == [key])
        async with working(url) as other:
            await asyncio.sleep(2 * streams.DEAD_SECONDS)
            assert not other.woken
            await dying.die()
            await until(lambda: other.woken == [key])


async def test_a_worker_goes_on_after_redis_was_away_and_has_lost_everything(
    server: RedisServer, link: RedisLink
) -> None:
    wakeups, before, after = BrokerWakeups(StreamBroker(link)), new_id(), new_id()
    async with working(server.url(link.address.prefix)) as worker:
        await wakeups.wake(Task.DELIVER, before)
        await until(lambda: worker.woken == [before])
        server.stop()
        stood_in: list[UUID] = []
        await wakeups.wake(Task.DELIVER, after)  # lost, without an error
        wakeups.stand_in = lambda _, key: stood_in.append(key)
        await wakeups.wake(Task.DELIVER, after)
        assert stood_in == [after]
        server.start()
        wakeups.stand_in = None
        await asyncio.sleep(2 * redis_link.PAUSE_SECONDS)
        await wakeups.wake(Task.DELIVER, after)
        await until(lambda: worker.woken == [before, after])


async def test_streams_are_bounded(link: RedisLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING", 10)
    broker = StreamBroker(link)
    for _ in range(300):
        await BrokerWakeups(broker).wake(Task.DELIVER, new_id())
    assert await waiting(link) < 300


async def test_processes_of_other_gateways_keep_to_themselves(server: RedisServer) -> None:
    async with connected_events(server.fresh_url()) as one, connected_events(server.fresh_url()) as other:
        assert isinstance(one, RedisEvents)
        async with other.subscribe("a") as listener:
            await one.signal("a")
            assert not await listener.wait(0.2)
