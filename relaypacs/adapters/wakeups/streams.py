"""Wake-ups as taskiq messages in Redis streams, for workers that are processes of their own.

A message is acknowledged after its work. What a worker holds it names again and again; what nobody has named for as
long as a lease lasts was held by one that is dead, and another takes it. A stream is bounded, and Redis may lose all
of it: the rows are the truth, and an interval job wakes whatever is due.

taskiq-redis' own broker looks for what dead workers held only when something new comes, and ends when Redis goes away.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from redis.exceptions import ResponseError
from taskiq import AckableMessage, AsyncBroker
from taskiq.message import BrokerMessage
from taskiq.receiver import Receiver

from relaypacs.adapters.redis.link import FAULTS, PAUSE_SECONDS, RedisLink, RedisUnavailable
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.tasks import end_tasks

GROUP = "workers"
BLOCK_SECONDS = 2.0
HOLD_SECONDS = 5.0  # how often a worker names what it holds, and looks for what nobody holds
DEAD_SECONDS = 16.0  # a lease, and a bit: what the message is about is free by then
GONE_SECONDS = 3600.0
MOST_WAITING = 10_000
MOST_RECLAIMED = 10
WAITS_SECONDS = 60  # a mark that a message waits; should it outlive the message, it ends by itself
log = structlog.get_logger(__name__)

# Once is enough as long as nobody has begun: whoever begins, sees what the rows say by then.
ADD_ONCE = """
if KEYS[2] ~= '' and not redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[3]) then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'data', ARGV[1], 'mark', KEYS[2])
return 1
"""


class Lane(NamedTuple):
    """A stream, and how much of it one worker does at once. What takes hours has another than what takes seconds."""

    name: str
    at_once: int


SHORT, LONG = LANES = Lane("short", 16), Lane("long", 200)
LASTING = {Task.DELIVER, Task.READ_BACK}


class Held(NamedTuple):
    lane: Lane
    message_id: bytes


class StreamBroker(AsyncBroker):
    """Sends from everywhere; takes messages between `startup` and `shutdown`."""

    def __init__(self, link: RedisLink) -> None:
        super().__init__()
        self._link = link
        self._consumer = uuid4().hex
        self._held: set[Held] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def kick(self, message: BrokerMessage) -> None:
        """Add the message, unless the same one waits. Raises RedisUnavailable."""
        lane = LONG if message.task_name in LASTING else SHORT
        # Each message for a destination is one more delivery to it at the same time, within its bounds.
        key = ":".join(str(each) for each in self.formatter.loads(message.message).args)
        mark = self._link.key("waits", message.task_name, key) if lane is SHORT else ""
        keys_and_values = (self._stream(lane), mark, message.message, MOST_WAITING, WAITS_SECONDS)
        await self._link.ask(lambda redis: redis.eval(ADD_ONCE, 2, *keys_and_values))

    async def startup(self) -> None:
        await super().startup()
        receiver = Receiver(self, run_startup=False, max_async_tasks=SHORT.at_once + LONG.at_once)
        self._loops = [
            asyncio.create_task(self._take(SHORT, receiver), name="take_short"),
            asyncio.create_task(self._take(LONG, receiver), name="take_long"),
            asyncio.create_task(self._hold(receiver), name="hold_messages"),
        ]

    async def shutdown(self) -> None:
        """Take nothing any more, and wait for what runs."""
        await end_tasks(self._loops)
        await asyncio.gather(*self._running, return_exceptions=True)
        await super().shutdown()

    def listen(self) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Not in use: the lanes are listened to from `startup` on, each with a bound of its own."""
        raise NotImplementedError

    def _stream(self, lane: Lane) -> str:
        return self._link.key("wakeups", lane.name)

    async def _take(self, lane: Lane, receiver: Receiver) -> None:
        """Take messages one by one, as many as may be worked on. Goes on whatever becomes of Redis."""
        turns = asyncio.Semaphore(lane.at_once)
        client = self._link.connect(patience=BLOCK_SECONDS)
        stream, block = self._stream(lane), int(BLOCK_SECONDS * 1000)
        try:
            while True:
                await turns.acquire()
                found = None
                while not found:
                    try:
                        found = await client.xreadgroup(GROUP, self._consumer, {stream: ">"}, count=1, block=block)
                        self._link.found()
                    except FAULTS as fault:
                        await self._after(fault, lane)
                [(_, [(message_id, fields)])] = found
                self._begin(Held(lane, message_id), fields, receiver, turns)
        finally:
            await client.aclose()

    async def _after(self, fault: BaseException, lane: Lane) -> None:
        """Make the group, which an empty Redis lacks; else wait for one that is away."""
        if not isinstance(fault, ResponseError):
            self._link.lost(fault)
            await asyncio.sleep(PAUSE_SECONDS)
            return
        try:
            await self._link.ask(lambda redis: self._make_group(redis, lane))
        except RedisUnavailable:
            await asyncio.sleep(PAUSE_SECONDS)

    async def _make_group(self, redis: Any, lane: Lane) -> None:
        with suppress(ResponseError):  # another worker has made it
            await redis.xgroup_create(self._stream(lane), GROUP, id="0", mkstream=True)
        await redis.xinfo_groups(self._stream(lane))

    def _begin(
        self, held: Held, fields: Mapping[bytes, bytes], receiver: Receiver, turns: asyncio.Semaphore | None
    ) -> None:
        self._held.add(held)
        work = asyncio.create_task(self._work(held, fields, receiver))
        self._running.add(work)

        def ended(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            self._held.discard(held)
            if turns:
                turns.release()

        work.add_done_callback(ended)

    async def _work(self, held: Held, fields: Mapping[bytes, bytes], receiver: Receiver) -> None:
        if mark := fields.get(b"mark"):
            with suppress(RedisUnavailable):
                await self._link.ask(lambda redis: redis.delete(mark))

        async def acknowledge() -> None:
            with suppress(RedisUnavailable):
                await self._link.ask(lambda redis: self._forget(redis, held))

        await receiver.callback(AckableMessage(data=fields[b"data"], ack=acknowledge))

    async def _forget(self, redis: Any, held: Held) -> None:
        await redis.xack(self._stream(held.lane), GROUP, held.message_id)
        await redis.xdel(self._stream(held.lane), held.message_id)

    async def _hold(self, receiver: Receiver) -> None:
        """Name what is worked on here, and take what nobody holds any more."""
        while True:
            await asyncio.sleep(HOLD_SECONDS)
            for lane in LANES:
                with suppress(RedisUnavailable):
                    await self._name_held(lane)
                    for message_id, fields in await self._reclaimed(lane):
                        log.info("wake_up_reclaimed", task=lane.name)
                        self._begin(Held(lane, message_id), fields, receiver, None)
                    await self._forget_workers(lane)

    async def _name_held(self, lane: Lane) -> None:
        held = [each.message_id for each in self._held if each.lane is lane]
        if held:
            stream = self._stream(lane)
            await self._link.ask(lambda redis: redis.xclaim(stream, GROUP, self._consumer, 0, held, justid=True))

    async def _reclaimed(self, lane: Lane) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
        stream, idle = self._stream(lane), int(DEAD_SECONDS * 1000)
        answer = await self._link.ask(
            lambda redis: redis.xautoclaim(stream, GROUP, self._consumer, idle, count=MOST_RECLAIMED)
        )
        return list(answer[1])

    async def _forget_workers(self, lane: Lane) -> None:
        """Forget workers that were not heard of for an hour, and hold nothing."""
        stream = self._stream(lane)
        for known in await self._link.ask(lambda redis: redis.xinfo_consumers(stream, GROUP)):
            if known["idle"] > GONE_SECONDS * 1000 and not known["pending"]:
                await self._link.ask(partial(self._forget_worker, stream, known["name"]))

    async def _forget_worker(self, stream: str, name: bytes, redis: Any) -> None:
        await redis.xgroup_delconsumer(stream, GROUP, name)
