"""The hot path: a chunk from the wire to the acknowledgement.

digest in memory -> bytes at their place, synced -> row, committed -> 200
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from relaypacs.core.clock import now
from relaypacs.core.errors import RelayError, StorageUnavailable
from relaypacs.features.uploads.errors import (
    ACCOUNT_DISABLED,
    ChunkConflict,
    ChunkSizeMismatch,
    UploadClosed,
    UploadExpired,
    UploadNotFound,
    UploadTokenInvalid,
)
from relaypacs.features.uploads.metrics import (
    CHUNK_BYTES,
    CHUNK_WIRE_BYTES,
    CHUNKS,
    CLIENT_GONE,
    FAILED,
    REPEATED,
    STORED,
)
from relaypacs.features.uploads.models import Stage, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.schemas import ChunkResponse
from relaypacs.features.uploads.service.digest import Digest, open_body
from relaypacs.features.uploads.service.ledger import AcknowledgedBefore, Arrival, ChunkLedger
from relaypacs.features.uploads.service.plans import PlannedFile, UploadPlan, UploadPlans
from relaypacs.infrastructure import Infrastructure

# gzip makes what it cannot compress larger: 5 bytes for each 16 KiB block, and 18 around it.
GZIP_OVERHEAD = 2048
# How long a disk may take, and how many chunks may be kept in memory for one that takes longer.
PATIENCE_SECONDS = 30.0
MOST_LATE = 16
TOO_SLOW = "The gateway's storage takes too long. Try again later."
NO_MORE_CHUNKS = "This upload takes no more chunks."
FILES_GONE = "What was acknowledged of this file cannot be found in the storage. Try again later."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Body:
    """The bytes of a chunk, how many were sent for them, and when the first of them came."""

    data: bytes
    wire_size: int
    began: datetime


@dataclass(slots=True)
class _Outcome:
    """What has become of a request, for the metrics: a code, or what it will be if it breaks off where it is now."""

    word: str = FAILED


@dataclass(slots=True)
class _Range:
    """A range that requests want to handle; forgotten by the last of them. A lock that is free may be waited for."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class ChunkIntake:
    """Takes chunks. One per process: it knows what has been acknowledged, and keeps two writers off one range."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        time_to_live = timedelta(hours=infrastructure.settings.upload_ttl_hours)
        self._database = infrastructure.database
        self._storage = infrastructure.storage
        self._space = infrastructure.space
        self._ledger = ChunkLedger(infrastructure.database, infrastructure.wakeups, time_to_live)
        self._plans = UploadPlans(infrastructure.database)
        self._ranges: dict[tuple[UUID, int], _Range] = {}
        self._late = 0  # chunks that are still being placed though nobody waits any more

    async def receive(
        self,
        upload_id: UUID,
        file_id: str,
        chunk_index: int,
        body: AsyncIterator[bytes],
        digest: Digest,
        *,
        is_gzip: bool,
    ) -> ChunkResponse:
        """Take one chunk; return only when its bytes and its row survive a power failure.

        The same bytes again are acknowledged again, without being written. Raises the errors of
        `features.uploads.errors` from UploadNotFound to ChunkConflict.
        """
        with _counted() as outcome:
            if self._late >= MOST_LATE:
                raise StorageUnavailable(TOO_SLOW)
            began = now()
            await self._space.require_reserve()
            plan = await self._plans.get(upload_id)
            file, expected_size = plan.chunk(file_id, chunk_index)
            outcome.word = CLIENT_GONE
            raw = await _read(body, expected_size + (GZIP_OVERHEAD if is_gzip else 0))
            outcome.word = FAILED
            data = await asyncio.to_thread(open_body, raw, digest, expected_size, is_gzip=is_gzip)
            outcome.word = await self._place_in_time(plan, file, chunk_index, _Body(data, len(raw), began))
        CHUNK_WIRE_BYTES.inc(len(raw))
        return ChunkResponse(
            chunk_index=chunk_index,
            checksum_verified=True,
            uploaded_bytes=plan.received_bytes,
            total_bytes=plan.total_bytes,
        )

    async def _place_in_time(self, plan: UploadPlan, file: PlannedFile, chunk_index: int, body: _Body) -> str:
        """Place a chunk, and wait for it as long as a client should; return as `_place`. Raises StorageUnavailable.

        A client that goes away, or a disk that takes too long, must not leave the range half handled: the next request
        for it may bring other bytes. What has begun therefore ends by itself, and keeps the range until then.
        """
        begun = asyncio.Event()
        placing = asyncio.create_task(self._place(plan, file, chunk_index, body, begun))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.shield(placing)
        except TimeoutError:
            raise StorageUnavailable(TOO_SLOW) from None
        finally:
            if not placing.done():
                self._leave(placing, has_begun=begun.is_set())

    def _leave(self, placing: asyncio.Task[str], *, has_begun: bool) -> None:
        """Let a chunk that nobody waits for any more end, or not begin."""
        if not has_begun:
            placing.cancel()
            return
        self._late += 1

        def ended(task: asyncio.Task[str]) -> None:
            self._late -= 1
            if not task.cancelled() and (error := task.exception()):
                log.warning("late_chunk_failed", reason=type(error).__name__)

        placing.add_done_callback(ended)

    async def _place(
        self, plan: UploadPlan, file: PlannedFile, chunk_index: int, body: _Body, begun: asyncio.Event
    ) -> str:
        """Write and record a chunk (STORED), or recognise one that was acknowledged before (REPEATED)."""
        data = body.data
        offset = chunk_index * plan.chunk_size
        async with self._alone(file.id, chunk_index):
            begun.set()
            if chunk_index in file.acknowledged:
                await self._compare(plan, file, offset, data)
                await self._confirm(plan)
                return REPEATED
            await self._write(plan, file, offset, data)
            arrival = Arrival(plan.upload_id, file.id, chunk_index, len(data), body.wire_size, body.began)
            try:
                received = await self._ledger.record(arrival)
            except AcknowledgedBefore:
                file.acknowledged.add(chunk_index)
                await self._compare(plan, file, offset, data)
                return REPEATED
            except UploadClosed:
                raise await self._refusal(plan) or UploadClosed(NO_MORE_CHUNKS) from None
            file.acknowledged.add(chunk_index)
            plan.received_bytes = max(plan.received_bytes, received)
            CHUNK_BYTES.inc(len(data))
            return STORED

    async def _write(self, plan: UploadPlan, file: PlannedFile, offset: int, data: bytes) -> None:
        """Write the bytes, never into a file that has lost what was acknowledged before: zeros would be there."""
        try:
            await self._storage.write(file.blob_key, offset, data, must_exist=bool(file.acknowledged))
        except FileNotFoundError:
            raise await self._refusal(plan) or StorageUnavailable(FILES_GONE) from None
        except FileExistsError:
            raise ChunkConflict("Other bytes came for this chunk before. They were kept.") from None

    async def _confirm(self, plan: UploadPlan) -> None:
        """Prolong the upload of a chunk that is acknowledged again: one that expires now would break that word.

        A closed upload needs no time. Raises what `_refusal` returns when it has failed.
        """
        if await self._ledger.prolong(plan.upload_id):
            return
        async with self._database.read() as session:
            upload = await UploadRepository(session).get(plan.upload_id)
        if upload is None or upload.status is UploadStatus.FAILED or upload.is_open:
            raise await self._refusal(plan) or UploadClosed(NO_MORE_CHUNKS)

    async def _refusal(self, plan: UploadPlan) -> RelayError | None:
        """Return why an upload takes no more chunks, None when it does.

        What was just written to one that is gone is taken back.
        """
        async with self._database.read() as session:
            upload = await UploadRepository(session).get(plan.upload_id)
            is_active = await UploadRepository(session).owner_is_active(plan.upload_id)
        if upload is None:
            return UploadNotFound("There is no such upload.")
        if not is_active:
            return UploadTokenInvalid(ACCOUNT_DISABLED)
        if upload.stage in (Stage.CANCELLED, Stage.EXPIRED):
            await self._storage.delete(str(plan.upload_id))
        if upload.stage is Stage.EXPIRED or (upload.is_open and upload.expires_at <= now()):
            return UploadExpired("This upload has expired. Start it again.")
        return None if upload.is_open else UploadClosed(NO_MORE_CHUNKS)

    async def _compare(self, plan: UploadPlan, file: PlannedFile, offset: int, data: bytes) -> None:
        """Hold the bytes against those that were acknowledged.

        Raises ChunkConflict when they differ, UploadClosed or UploadExpired when the files have been removed,
        StorageUnavailable when they should be there and are not.
        """
        position = 0
        try:
            async for piece in self._storage.read(file.blob_key, offset, len(data)):
                if piece != data[position : position + len(piece)]:
                    raise ChunkConflict("Other bytes were acknowledged for this chunk. They were kept.")
                position += len(piece)
        except (FileNotFoundError, EOFError):
            raise await self._refusal(plan) or StorageUnavailable(FILES_GONE) from None

    @asynccontextmanager
    async def _alone(self, file_id: UUID, chunk_index: int) -> AsyncIterator[None]:
        """Let one request at a time handle a range: an acknowledged one must never be written again."""
        key = (file_id, chunk_index)
        chunk_range = self._ranges.setdefault(key, _Range())
        chunk_range.users += 1
        try:
            async with chunk_range.lock:
                yield
        finally:
            chunk_range.users -= 1
            if not chunk_range.users:
                del self._ranges[key]


@contextmanager
def _counted() -> Iterator[_Outcome]:
    outcome = _Outcome()
    try:
        yield outcome
    except RelayError as refusal:
        outcome.word = refusal.code
        raise
    finally:
        CHUNKS.labels(outcome.word).inc()


async def _read(body: AsyncIterator[bytes], limit: int) -> bytes:
    """Gather the body. Raises ChunkSizeMismatch as soon as it is longer than it may be."""
    pieces: list[bytes] = []
    size = 0
    async for piece in body:
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise ChunkSizeMismatch("This chunk is longer than it was announced to be.", expected=limit)
    return b"".join(pieces)
