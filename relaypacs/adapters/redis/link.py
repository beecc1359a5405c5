"""The way to Redis that the adapters of a process share: bounded in time, and left alone for a moment once it failed.

Nothing that must not be lost is in Redis. Whoever asks it therefore waits a second at the longest, and knows what to do
without an answer; while it is away, one question in a second is put to it, and all others are told at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError, ResponseError

from relaypacs.adapters.metrics import REDIS_UP
from relaypacs.core.redis_address import RedisAddress, parse_redis_url

ANSWER_SECONDS = 1.0
PAUSE_SECONDS = 1.0
MOST_CONNECTIONS = 50
STREAMS = ("short", "long")  # of wake-ups: see adapters/wakeups/streams.py
FAULTS = (RedisError, OSError, TimeoutError)
T = TypeVar("T")
log = structlog.get_logger(__name__)


class RedisUnavailable(Exception):
    """Redis does not answer, or refuses to; the message is the kind of what went wrong."""


@dataclass(frozen=True, slots=True)
class Standing:
    version: str
    used_bytes: int
    wakeups: int  # messages that no worker has ended with


class RedisLink:
    def __init__(self, address: RedisAddress) -> None:
        self.address = address
        self.client = self.connect()
        self.is_up = True
        self._rests_until = 0.0
        self._is_tried = False
        REDIS_UP.set(1)

    def key(self, *parts: str) -> str:
        """Return the name of something of ours in Redis."""
        return ":".join((self.address.prefix, *parts))

    def connect(self, *, patience: float = 0.0) -> Any:  # its own types differ from what it answers
        """Return a client with connections of its own, for who waits there on purpose: for up to `patience` seconds."""
        options: dict[str, Any] = {"ssl_ca_certs": self.address.ca} if self.address.ca else {}
        pool = BlockingConnectionPool.from_url(
            self.address.url,
            protocol=2,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS + patience,
            max_connections=MOST_CONNECTIONS,
            timeout=None,  # as long as the question may take
            # A server that was restarted has closed what is in the pool; a command that got no answer is not repeated.
            retry=Retry(NoBackoff(), 1, supported_errors=(Disconnected,)),
            **options,
        )
        return Redis.from_pool(pool)

    async def ask(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """Return the answer to a question. Raises RedisUnavailable, within ANSWER_SECONDS."""
        if not self.is_up and (self._is_tried or time.monotonic() < self._rests_until):
            raise RedisUnavailable("resting")
        self._is_tried = not self.is_up
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await question(self.client)
        except ResponseError as fault:  # it is there, and refuses: it is full, or has no such stream
            self.found()
            raise RedisUnavailable(type(fault).__name__) from fault
        except FAULTS as fault:
            self.lost(fault)
            raise RedisUnavailable(type(fault).__name__) from fault
        finally:
            self._is_tried = False
        self.found()
        return answer

    def lost(self, fault: BaseException) -> None:
        """Take notice that Redis has not answered."""
        self._rests_until = time.monotonic() + PAUSE_SECONDS
        if self.is_up:
            self.is_up = False
            REDIS_UP.set(0)
            log.warning("redis_lost", reason=type(fault).__name__)

    def found(self) -> None:
        """Take notice that Redis has answered."""
        if not self.is_up:
            self.is_up = True
            REDIS_UP.set(1)
            log.info("redis_found")

    async def standing(self) -> Standing | None:
        """Return how Redis is, None when it does not say."""
        try:
            about = await self.ask(lambda redis: redis.info())
            lengths = [await self.ask(partial(self._length, name)) for name in STREAMS]
        except RedisUnavailable:
            return None
        return Standing(str(about.get("redis_version", "")), int(about.get("used_memory", 0)), sum(lengths))

    async def _length(self, stream: str, redis: Any) -> int:
        length: int = await redis.xlen(self.key("wakeups", stream))
        return length

    async def close(self) -> None:
        await self.client.aclose()


def open_link(url: str) -> RedisLink:
    """Return the way to the Redis of a `redis://` or `rediss://` address."""
    return RedisLink(parse_redis_url(url))
