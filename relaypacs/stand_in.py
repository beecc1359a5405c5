"""Does in a worker's own process what the broker brings to no worker while Redis is away."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from relaypacs.adapters.redis.link import RedisUnavailable
from relaypacs.adapters.wakeups.base import Task
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.metrics import STOOD_IN
from relaypacs.core.tasks import end_tasks
from relaypacs.infrastructure import Infrastructure

MOST_AT_ONCE = 32
Due = Callable[[Infrastructure], Awaitable[Sequence[UUID]]]
Run = Callable[[str], Coroutine[Any, Any, None]]
log = structlog.get_logger(__name__)


class StandIn:
    """Looks every `wake_interval` whether Redis is there; while it is not, this process does whatever is due.

    Every worker does so for itself: what is claimed by one, the others leave alone, as always.
    """

    def __init__(self, infrastructure: Infrastructure, tasks: Mapping[Task, tuple[Run, Due]]) -> None:
        self._infrastructure = infrastructure
        self._tasks = tasks
        self._at_work: dict[tuple[Task, UUID], asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._serve(self.take)
        self._looking = asyncio.create_task(self._look(), name="stand_in")

    def take(self, task: Task, key: UUID) -> None:
        """Do it here, unless that is being done, or so much else that it has to wait for the next look."""
        if (task, key) in self._at_work or len(self._at_work) >= MOST_AT_ONCE:
            return
        STOOD_IN.labels(task.value).inc()
        run, _ = self._tasks[task]
        work = self._at_work[task, key] = asyncio.create_task(run(str(key)))
        work.add_done_callback(lambda _: self._at_work.pop((task, key)))

    async def stop(self) -> None:
        """Look no more. What is at work ends as the tasks of messages do."""
        self._serve(None)
        if self._looking:
            await end_tasks([self._looking])

    def _serve(self, take: Callable[[Task, UUID], None] | None) -> None:
        if isinstance(wakeups := self._infrastructure.wakeups, BrokerWakeups):
            wakeups.stand_in = take

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._infrastructure.settings.wake_interval)
            if await self._is_there():
                continue
            try:
                for task, (_, due) in self._tasks.items():
                    for key in await due(self._infrastructure):
                        self.take(task, key)
            except DatabaseUnavailable:
                log.warning("stand_in_waits", reason="database-unavailable")

    async def _is_there(self) -> bool:
        link = self._infrastructure.redis
        if link is None:
            return True
        with suppress(RedisUnavailable):
            await link.ask(lambda redis: redis.ping())
        return link.is_up
