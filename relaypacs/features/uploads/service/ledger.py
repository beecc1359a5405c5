"""Writes acknowledgements down: those that wait together share one transaction, and one disk sync."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task, Wakeups
from relaypacs.core.clock import now
from relaypacs.core.database import Database, after_commit
from relaypacs.features.uploads.errors import UploadClosed
from relaypacs.features.uploads.repository import UploadRepository

MAX_BATCH = 256


@dataclass(frozen=True, slots=True)
class Arrival:
    """A chunk whose bytes are durable, and whose row is not yet."""

    upload_id: UUID
    file_id: UUID
    chunk_index: int
    size: int


class ChunkLedger:
    """Records arrivals. While one transaction commits, the next batch gathers; nobody waits for a timer."""

    def __init__(self, database: Database, wakeups: Wakeups, time_to_live: timedelta) -> None:
        self._database = database
        self._wakeups = wakeups
        self._time_to_live = time_to_live
        self._waiting: list[tuple[Arrival, asyncio.Future[int]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, arrival: Arrival) -> int:
        """Make the acknowledgement durable, and return the bytes that the upload has received.

        Raises UploadClosed when the upload was completed, cancelled or expired meanwhile.
        """
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, answer))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        try:
            while batch := self._waiting[:MAX_BATCH]:
                del self._waiting[:MAX_BATCH]
                await self._write_batch(batch)
        finally:
            self._writer = None

    async def _write_batch(self, batch: Sequence[tuple[Arrival, "asyncio.Future[int]"]]) -> None:
        try:
            async with self._database.write() as session:
                received = await self._record(session, [arrival for arrival, _ in batch])
        except Exception as error:  # noqa: BLE001 - every waiter gets it, and answers for itself
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for arrival, answer in batch:
            if answer.done():  # the client went away; its chunk is recorded all the same
                continue
            if arrival.upload_id in received:
                answer.set_result(received[arrival.upload_id])
            else:
                answer.set_exception(UploadClosed("This upload takes no more chunks."))

    async def _record(self, session: AsyncSession, arrivals: Sequence[Arrival]) -> dict[UUID, int]:
        """Write rows and counters; return the received bytes of each upload that is still open."""
        at = now()
        repository = UploadRepository(session)
        still_open = await repository.lock_open({arrival.upload_id for arrival in arrivals}, at)
        accepted = {(a.file_id, a.chunk_index): a for a in arrivals if a.upload_id in still_open}
        if not accepted:
            return {}
        new = [accepted[key] for key in await repository.acknowledge(accepted.keys(), at)]
        for file_id, added in sorted(Counter(arrival.file_id for arrival in new).items()):
            upload_id = next(a.upload_id for a in new if a.file_id == file_id)
            if await repository.count_chunks(file_id, added):
                after_commit(session, partial(self._wakeups.wake, Task.CHECK_UPLOAD, upload_id))
        return {
            upload_id: await repository.count_bytes(
                upload_id,
                chunks=sum(1 for a in new if a.upload_id == upload_id),
                size=sum(a.size for a in new if a.upload_id == upload_id),
                expires_at=at + self._time_to_live,
            )
            for upload_id in sorted(still_open)
        }
