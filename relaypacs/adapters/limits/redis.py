"""Counts of the rate limits in Redis, where every process sees them.

While Redis is away nobody knows how often somebody has tried elsewhere. What may then not be allowed (a guess at a
password) is refused; what must go on (uploads) is counted in this process alone.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from limits.aio.storage import MemoryStorage, MovingWindowSupport, Storage
from limits.aio.storage.redis import RedisStorage

from relaypacs.adapters.redis.link import RedisLink, RedisUnavailable
from relaypacs.core.errors import LimitsUnavailable

RETRY_AFTER_SECONDS = "5"
T = TypeVar("T")


class RedisLimits(Storage, MovingWindowSupport):
    """The storage of a limiter. Raises LimitsUnavailable, unless there is a `substitute` for when Redis is away."""

    STORAGE_SCHEME = None

    def __init__(self, link: RedisLink, substitute: MemoryStorage | None = None) -> None:
        super().__init__()
        self._link = link
        self._substitute = substitute
        self._counts = RedisStorage(
            f"async+{link.address.url}",
            implementation="redispy",
            key_prefix=link.key("limits"),
            connection_pool=link.client.connection_pool,
        )

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return await self._ask(lambda counts: counts.incr(key, expiry, amount))

    async def get(self, key: str) -> int:
        return await self._ask(lambda counts: counts.get(key))

    async def get_expiry(self, key: str) -> float:
        return await self._ask(lambda counts: counts.get_expiry(key))

    async def clear(self, key: str) -> None:
        await self._ask(lambda counts: counts.clear(key))

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return await self._ask(lambda counts: counts.acquire_entry(key, limit, expiry, amount))

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        return await self._ask(lambda counts: counts.get_moving_window(key, limit, expiry))

    async def check(self) -> bool:
        return await self._ask(lambda counts: counts.check())

    async def reset(self) -> int | None:
        return await self._ask(lambda counts: counts.reset())

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisUnavailable

    async def _ask(self, question: Callable[[RedisStorage | MemoryStorage], Awaitable[T]]) -> T:
        try:
            return await self._link.ask(lambda _: question(self._counts))
        except RedisUnavailable as fault:
            if self._substitute is not None:
                return await question(self._substitute)
            headers = {"Retry-After": RETRY_AFTER_SECONDS}
            raise LimitsUnavailable(
                "Attempts to sign in cannot be counted at the moment. Try again later.", headers=headers
            ) from fault
