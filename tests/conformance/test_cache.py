"""What every cache guarantees (the docstrings of `relaypacs.adapters.cache.base`)."""

import pytest

from relaypacs.adapters.cache.base import Cache
from relaypacs.adapters.cache.memory import MemoryCache


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


CACHES = {"memory": lambda clock: MemoryCache(clock=clock)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=CACHES)
def cache(request: pytest.FixtureRequest, clock: Clock) -> Cache:
    return CACHES[request.param](clock)


async def test_a_value_is_there_under_its_own_key(cache: Cache) -> None:
    await cache.put("stats:admin:all", b"\0 all", 60)
    await cache.put("stats:clinician:own", b"own", 60)
    assert await cache.get("stats:admin:all") == b"\0 all"
    assert await cache.get("stats:clinician:own") == b"own"
    assert await cache.get("stats:admin") is None


async def test_the_last_value_counts_and_its_time(cache: Cache, clock: Clock) -> None:
    await cache.put("a", b"first", 60)
    clock.seconds += 50
    await cache.put("a", b"second", 60)
    clock.seconds += 59
    assert await cache.get("a") == b"second"
    clock.seconds += 1
    assert await cache.get("a") is None


async def test_memory_is_bounded_and_what_was_kept_first_goes_first() -> None:
    cache = MemoryCache(most_bytes=10)
    for key in "abc":
        await cache.put(key, b"1234", 60)
    assert [await cache.get(key) for key in "abc"] == [None, b"1234", b"1234"]
    await cache.put("d", b"12345678901", 60)
    assert await cache.get("d") is None
    assert await cache.get("c") == b"1234"
