"""Wake-ups as taskiq messages: in this process by default, through whatever broker is given otherwise."""

from uuid import UUID

import structlog
from taskiq import AsyncBroker
from taskiq.kicker import AsyncKicker

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.tracing import carrier

log = structlog.get_logger(__name__)


class BrokerWakeups:
    def __init__(self, broker: AsyncBroker) -> None:
        self._broker = broker

    async def wake(self, task: Task, key: UUID) -> None:
        try:
            kicker: AsyncKicker[[str], None] = AsyncKicker(task_name=task, broker=self._broker, labels=carrier())
            await kicker.kiq(str(key))
        except Exception:
            log.warning("wake_up_lost", task=task, key=str(key), exc_info=True)
