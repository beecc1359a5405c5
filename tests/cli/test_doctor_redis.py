"""`relaypacs doctor` on a Redis that is away, does not know us, or would drop what it is given."""

from collections.abc import Iterator

import pytest

from relaypacs.cli.doctor_redis import examine_redis
from tests.servers import redis as redis_server
from tests.servers import require
from tests.servers.ports import free_port
from tests.servers.redis import RedisServer, running_redis


@pytest.fixture(scope="module")
def strict_redis() -> Iterator[RedisServer]:
    """A Redis that drops keys, and has a user of its own for everything."""
    require(redis_server)
    with running_redis("--maxmemory", "50mb", "--user", "relay", "on", ">opensesame", "~*", "&*", "+@all") as running:
        yield running


async def test_a_good_redis_is_good(redis: RedisServer) -> None:
    found = await examine_redis(redis.fresh_url())
    assert found.ok
    assert "version" in found.detail


async def test_a_redis_that_is_away() -> None:
    found = await examine_redis(f"redis://127.0.0.1:{free_port()}")
    assert (found.ok, found.code) == (False, "redis_unreachable")


async def test_a_wrong_password_is_told_and_not_shown(strict_redis: RedisServer) -> None:
    found = await examine_redis(f"redis://relay:wrong-{strict_redis.port}@127.0.0.1:{strict_redis.port}")
    assert (found.ok, found.code) == (False, "redis_not_allowed")
    assert "wrong-" not in f"{found.detail} {found.remedy}"


async def test_a_redis_that_drops_keys(strict_redis: RedisServer) -> None:
    strict_redis.client.config_set("maxmemory-policy", "allkeys-lru")
    found = await examine_redis(f"redis://relay:opensesame@127.0.0.1:{strict_redis.port}")
    assert (found.ok, found.code) == (False, "redis_evicts")
    strict_redis.client.config_set("maxmemory-policy", "noeviction")
    assert (await examine_redis(f"redis://relay:opensesame@127.0.0.1:{strict_redis.port}")).ok
