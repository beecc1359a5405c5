"""Writes acknowledgements down: those that wait together share one transaction, and one disk sync."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from relaypacs.adapters.wakeups.base import Task, Wakeups
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.features.uploads.chunk_rows import Came, ChunkRows
from relaypacs.features.uploads.errors import UploadClosed

MAX_BATCH = 256


class AcknowledgedBefore(Exception):
    """Another process recorded this chunk first."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A chunk whose bytes are durable, and whose row is not yet."""

    upload_id: UUID
    file_id: UUID
    chunk_index: int
    size: int
    wire_size: int  # as it was sent, perhaps compressed
    began: datetime  # when its first byte came
    context: Context = field(default_factory=copy_context, compare=False)  # of the request that brought it


Waiting = tuple[Arrival, "asyncio.Future[int]"]


class ChunkLedger:
    """Records arrivals. While one transaction commits, the next batch gathers; nobody waits for a timer."""

    def __init__(self, database: Database, wakeups: Wakeups, time_to_live: timedelta) -> None:
        self._database = database
        self._wakeups = wakeups
        self._time_to_live = time_to_live
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, arrival: Arrival) -> int:
        """Make the acknowledgement durable, and return the bytes that the upload has received.

        Raises UploadClosed when the upload was completed, cancelled or expired meanwhile, AcknowledgedBefore.
        """
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, answer))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return await answer

    async def prolong(self, upload_id: UUID) -> bool:
        """Prolong an upload as a new chunk would. Returns False when it takes no more chunks."""
        at = now()
        async with self._database.write_rows() as connection:
            rows = ChunkRows(connection)
            until = at + self._time_to_live
            return await rows.count_bytes(upload_id, Came(), at=at, until=until) is not None

    async def _write_all(self) -> None:
        try:
            while batch := self._waiting[:MAX_BATCH]:
                del self._waiting[:MAX_BATCH]
                await self._write_batch(batch)
        finally:
            self._writer = None

    async def _write_batch(self, batch: Sequence[Waiting]) -> None:
        """Record all of a batch in one transaction; when one cannot be, each on its own."""
        try:
            received = await self._commit([arrival for arrival, _ in batch])
        except (IntegrityError, UploadClosed) as error:
            if len(batch) > 1:
                for waiting in batch:
                    await self._write_batch([waiting])
                return
            refusal = error if isinstance(error, UploadClosed) else AcknowledgedBefore()
            _refuse(batch, refusal)
        except Exception as error:  # noqa: BLE001 - every waiter gets it, and answers for itself
            _refuse(batch, error)
        else:
            for arrival, answer in batch:
                if not answer.done():  # done: the client went away; its chunk is recorded all the same
                    answer.set_result(received[arrival.upload_id])

    async def _commit(self, arrivals: Sequence[Arrival]) -> dict[UUID, int]:
        """Write rows and counters, always in one order, so that two processes never wait for each other."""
        at = now()
        of_file = Counter(arrival.file_id for arrival in arrivals)
        last_of = {arrival.file_id: arrival for arrival in arrivals}
        due: dict[UUID, Context] = {}
        received: dict[UUID, int] = {}
        async with self._database.write_rows() as connection:
            rows = ChunkRows(connection)
            await rows.acknowledge(sorted((arrival.file_id, arrival.chunk_index) for arrival in arrivals), at)
            for file_id, added in sorted(of_file.items()):
                if await rows.count_chunks(file_id, added):
                    due[last_of[file_id].upload_id] = last_of[file_id].context
            for upload_id in sorted({arrival.upload_id for arrival in arrivals}):
                own = [arrival for arrival in arrivals if arrival.upload_id == upload_id]
                total = await rows.count_bytes(upload_id, _came(own), at=at, until=at + self._time_to_live)
                if total is None:
                    raise UploadClosed("This upload takes no more chunks.")
                received[upload_id] = total
        for upload_id, context in due.items():
            # What follows belongs to the request that made a file whole, and not to the one that this batch began with.
            await asyncio.create_task(self._wakeups.wake(Task.CHECK_UPLOAD, upload_id), context=context)
        return received


def _came(arrivals: Sequence[Arrival]) -> Came:
    size = sum(arrival.size for arrival in arrivals)
    return Came(
        chunks=len(arrivals),
        size=size,
        saved=size - sum(arrival.wire_size for arrival in arrivals),
        began=min(arrival.began for arrival in arrivals),
    )


def _refuse(batch: Sequence[Waiting], error: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)
