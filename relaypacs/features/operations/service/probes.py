"""Asks the parts of the gateway how they are, and waits for none of them for long."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog

from relaypacs.core.clock import now
from relaypacs.core.errors import RelayError
from relaypacs.features.operations.schemas import Part, Unanswered
from relaypacs.features.operations.service.jobs import error_code

PATIENCE_SECONDS = 3.0
PARTING_SECONDS = 1.0
TIMED_OUT = "timed-out"
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a part has said, after how many milliseconds; or why it has not."""

    value: T | None = None
    milliseconds: int = 0
    fault: Unanswered | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    task: asyncio.Task[tuple[Any, int]]
    asked_at: datetime


class Probes:
    """One question to a part at a time: whoever asks while it hangs waits for the same answer, and is told since when.

    So a disk that hangs holds one thread, however many administrators look on.
    """

    def __init__(self) -> None:
        self._open: dict[Part, _Question] = {}

    async def ask(self, part: Part, question: Callable[[], Awaitable[T]]) -> Answer[T]:
        """Return the answer. Never raises, and returns within PATIENCE_SECONDS."""
        asked = self._open.get(part)
        if asked is None or asked.task.done():
            task = asyncio.create_task(_timed(question))
            task.add_done_callback(_heard)
            asked = self._open[part] = _Question(task, now())
        done, _ = await asyncio.wait([asked.task], timeout=PATIENCE_SECONDS)
        if not done:
            return Answer(fault=Unanswered(part=part, problem=TIMED_OUT, asked_at=asked.asked_at))
        try:
            value, milliseconds = asked.task.result()
        except Exception as fault:  # whatever it was, the part does not work, and the others are told
            if not isinstance(fault, RelayError):
                log.exception("part_failed", task=part.value)
            return Answer(fault=Unanswered(part=part, problem=error_code(fault), asked_at=asked.asked_at))
        return Answer(value, milliseconds)

    async def close(self) -> None:
        """Ask no more. What hangs is left behind."""
        tasks = [asked.task for asked in self._open.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=PARTING_SECONDS)


def _heard(task: asyncio.Task[Any]) -> None:
    """Take notice of an error that comes when nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


async def _timed(question: Callable[[], Awaitable[T]]) -> tuple[T, int]:
    began = time.monotonic()
    value = await question()
    return value, round((time.monotonic() - began) * 1000)
