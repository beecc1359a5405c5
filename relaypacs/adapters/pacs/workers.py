"""Several workers that send at once, and the one stream of what they have achieved."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from relaypacs.adapters.pacs.base import StoreOutcome

Emit = Callable[[StoreOutcome], None]
Worker = Callable[[Emit], Awaitable[None]]


async def run_workers(workers: Sequence[Worker]) -> AsyncGenerator[StoreOutcome, None]:
    """Yield what the workers emit, until all have ended. Raises what one of them raises.

    However it ends, no worker is running afterwards.
    """
    emitted: asyncio.Queue[StoreOutcome | None] = asyncio.Queue()

    async def run(worker: Worker) -> None:
        await worker(emitted.put_nowait)

    async def run_all() -> None:
        try:
            await asyncio.gather(*running)
        finally:
            emitted.put_nowait(None)

    running = [asyncio.create_task(run(worker)) for worker in workers]
    whole = asyncio.create_task(run_all())
    try:
        while (outcome := await emitted.get()) is not None:
            yield outcome
        await whole
    finally:
        for task in (whole, *running):
            task.cancel()
        await asyncio.gather(whole, *running, return_exceptions=True)
