"""Wake-ups as taskiq messages: in this process by default, through whatever broker is given otherwise."""

from collections.abc import Callable
from uuid import UUID

import structlog
from taskiq import AsyncBroker, SendTaskError
from taskiq.kicker import AsyncKicker

from relaypacs.adapters.metrics import WAKEUPS_LOST
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.tracing import carrier

log = structlog.get_logger(__name__)


class BrokerWakeups:
    """`stand_in` does the work in this process when the broker takes no message; only a worker has one."""

    def __init__(self, broker: AsyncBroker) -> None:
        self._broker = broker
        self.stand_in: Callable[[Task, UUID], None] | None = None

    async def wake(self, task: Task, key: UUID) -> None:
        try:
            kicker: AsyncKicker[[str], None] = AsyncKicker(task_name=task, broker=self._broker, labels=carrier())
            await kicker.kiq(str(key))
        except SendTaskError as fault:
            if self.stand_in:
                self.stand_in(task, key)
                return
            WAKEUPS_LOST.inc()
            log.warning("wake_up_lost", task=task, key=str(key), reason=str(fault.__cause__))
        except Exception:
            log.warning("wake_up_lost", task=task, key=str(key), exc_info=True)
