"""A cache in Redis, for all processes of the gateway. Without Redis it is empty."""

from contextlib import suppress

from relaypacs.adapters.redis.link import RedisLink, RedisUnavailable


class RedisCache:
    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def get(self, key: str) -> bytes | None:
        try:
            kept: bytes | None = await self._link.ask(lambda redis: redis.get(self._named(key)))
        except RedisUnavailable:
            return None
        return kept

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        with suppress(RedisUnavailable):
            await self._link.ask(lambda redis: redis.set(self._named(key), value, ex=seconds))

    def _named(self, key: str) -> str:
        return self._link.key("cache", key)
