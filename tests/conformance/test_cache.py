"""What every cache guarantees (the docstrings of `relaypacs.adapters.cache.base`)."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

import pytest

from relaypacs.adapters.cache.base import Cache
from relaypacs.adapters.cache.memory import MemoryCache
from relaypacs.adapters.cache.redis import RedisCache
from relaypacs.adapters.redis.link import open_link
from tests.servers.redis import RedisServer


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Kept:
    cache: Cache
    pass_time: Callable[[float], None]


@pytest.fixture(params=["memory", "redis"])
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    if request.param == "memory":
        clock = Clock()
        yield Kept(MemoryCache(clock=clock), clock.pass_time)
        return
    server: RedisServer = request.getfixturevalue("redis")
    link = open_link(server.fresh_url())
    yield Kept(RedisCache(link), partial(server.pass_time, link.address.prefix))
    await link.close()


@pytest.fixture
def cache(kept: Kept) -> Cache:
    return kept.cache


async def test_a_value_is_there_under_its_own_key(cache: Cache) -> None:
    await cache.put("stats:admin:all", b"\0 all", 60)
    await cache.put("stats:clinician:own", b"own", 60)
    assert await cache.get("stats:admin:all") == b"\0 all"
    assert await cache.get("stats:clinician:own") == b"own"
    assert await cache.get("stats:admin") is None


async def test_the_last_value_counts_and_its_time(kept: Kept) -> None:
    cache = kept.cache
    await cache.put("a", b"first", 60)
    kept.pass_time(50)
    await cache.put("a", b"second", 60)
    kept.pass_time(59)
    assert await cache.get("a") == b"second"
    kept.pass_time(1)
    assert await cache.get("a") is None


async def test_memory_is_bounded_and_what_was_kept_first_goes_first() -> None:
    cache = MemoryCache(most_bytes=10)
    for key in "abc":
        await cache.put(key, b"1234", 60)
    assert [await cache.get(key) for key in "abc"] == [None, b"1234", b"1234"]
    await cache.put("d", b"12345678901", 60)
    assert await cache.get("d") is None
    assert await cache.get("c") == b"1234"
