"""Ending tasks that run as long as the process does."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 0.02


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended. One that has just been answered may not hear it the first time."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
