"""The hot path: a chunk from the wire to the acknowledgement.

digest in memory -> bytes at their place, synced -> row, committed -> 200
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from prometheus_client import Counter

from relaypacs.core.clock import now
from relaypacs.features.uploads.errors import (
    ChunkConflict,
    ChunkIndexOutOfRange,
    ChunkSizeMismatch,
    FileNotInUpload,
    UploadClosed,
    UploadExpired,
    UploadNotFound,
)
from relaypacs.features.uploads.models import OPEN, blob_key
from relaypacs.features.uploads.repository import ChunkState, UploadRepository
from relaypacs.features.uploads.schemas import ChunkResponse
from relaypacs.features.uploads.service.digest import Digest, open_body
from relaypacs.features.uploads.service.ledger import Arrival, ChunkLedger
from relaypacs.infrastructure import Infrastructure

PLANS_KEPT = 1000
# gzip makes what it cannot compress larger: 5 bytes for each 16 KiB block, and 18 around it.
GZIP_OVERHEAD = 2048

CHUNKS_RECEIVED = Counter("relaypacs_chunks_received_total", "Chunks acknowledged")
BYTES_RECEIVED = Counter("relaypacs_chunk_bytes_total", "Bytes of acknowledged chunks, decoded")
WIRE_BYTES_RECEIVED = Counter("relaypacs_chunk_wire_bytes_total", "Bytes of chunk bodies, as sent")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    id: UUID
    blob_key: str
    size: int
    chunk_count: int


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """What never changes about an upload, so that it can be remembered between its chunks."""

    upload_id: UUID
    chunk_size: int
    total_bytes: int
    files: dict[str, PlannedFile]

    def chunk(self, file_id: str, chunk_index: int) -> tuple[PlannedFile, int]:
        """Return the file and the chunk's size. Raises FileNotInUpload, ChunkIndexOutOfRange."""
        file = self.files.get(file_id)
        if file is None:
            raise FileNotInUpload("This upload has no file of that id.", expected=list(self.files))
        if not 0 <= chunk_index < file.chunk_count:
            raise ChunkIndexOutOfRange(
                f"This file has chunks 0 to {file.chunk_count - 1}.", expected=[0, file.chunk_count - 1]
            )
        return file, min(self.chunk_size, file.size - chunk_index * self.chunk_size)


class ChunkIntake:
    """Takes chunks. One per process: it remembers plans, and keeps two writers off one range."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._storage = infrastructure.storage
        self._ledger = ChunkLedger(
            infrastructure.database,
            infrastructure.wakeups,
            timedelta(hours=infrastructure.settings.upload_ttl_hours),
        )
        self._plans: OrderedDict[UUID, UploadPlan] = OrderedDict()
        self._ranges: dict[tuple[UUID, int], asyncio.Lock] = {}

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
        plan = await self._plan(upload_id)
        file, expected_size = plan.chunk(file_id, chunk_index)
        raw = await _read(body, expected_size + (GZIP_OVERHEAD if is_gzip else 0))
        data = await asyncio.to_thread(open_body, raw, digest, expected_size, is_gzip=is_gzip)
        # A client that goes away must not leave the range half handled: the next request for it may bring other bytes.
        received = await asyncio.shield(self._place(plan, file, chunk_index, data))
        WIRE_BYTES_RECEIVED.inc(len(raw))
        return ChunkResponse(
            chunk_index=chunk_index,
            checksum_verified=True,
            uploaded_bytes=received,
            total_bytes=plan.total_bytes,
        )

    async def _place(self, plan: UploadPlan, file: PlannedFile, chunk_index: int, data: bytes) -> int:
        """Write and record a chunk, or recognise it; return the bytes that the upload has received."""
        offset = chunk_index * plan.chunk_size
        async with self._alone(file.id, chunk_index):
            state = await self._state(plan, file, chunk_index)
            if state.is_acknowledged:
                await self._compare(file, offset, data)
                return state.received_bytes
            _check_open(state)
            await self._storage.write(file.blob_key, offset, data)
            received = await self._ledger.record(Arrival(plan.upload_id, file.id, chunk_index, len(data)))
            CHUNKS_RECEIVED.inc()
            BYTES_RECEIVED.inc(len(data))
            return received

    async def _plan(self, upload_id: UUID) -> UploadPlan:
        if plan := self._plans.get(upload_id):
            self._plans.move_to_end(upload_id)
            return plan
        async with self._database.read() as session:
            repository = UploadRepository(session)
            upload = await repository.get(upload_id)
            files = await repository.files_of([upload_id])
        if upload is None:
            raise UploadNotFound("There is no such upload.")
        plan = UploadPlan(
            upload_id=upload.id,
            chunk_size=upload.chunk_size,
            total_bytes=upload.total_bytes,
            files={
                file.file_id: PlannedFile(file.id, blob_key(upload.id, file.ordinal), file.size, file.chunk_count)
                for file in files
            },
        )
        self._plans[upload_id] = plan
        if len(self._plans) > PLANS_KEPT:
            self._plans.popitem(last=False)
        return plan

    async def _state(self, plan: UploadPlan, file: PlannedFile, chunk_index: int) -> ChunkState:
        async with self._database.read() as session:
            state = await UploadRepository(session).chunk_state(plan.upload_id, file.id, chunk_index)
        if state is None:
            raise UploadNotFound("There is no such upload.")
        return state

    async def _compare(self, file: PlannedFile, offset: int, data: bytes) -> None:
        """Hold the bytes against those that were acknowledged. Raises ChunkConflict when they differ."""
        position = 0
        async for piece in self._storage.read(file.blob_key, offset, len(data)):
            if piece != data[position : position + len(piece)]:
                raise ChunkConflict("Other bytes were acknowledged for this chunk. They were kept.")
            position += len(piece)

    @asynccontextmanager
    async def _alone(self, file_id: UUID, chunk_index: int) -> AsyncIterator[None]:
        """Let one request at a time handle a range: an acknowledged one must never be written again."""
        key = (file_id, chunk_index)
        lock = self._ranges.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():
                self._ranges.pop(key, None)


def _check_open(state: ChunkState) -> None:
    if state.status not in OPEN:
        raise UploadClosed("This upload takes no more chunks.")
    if state.expires_at <= now():
        raise UploadExpired("This upload has expired. Start it again.")


async def _read(body: AsyncIterator[bytes], limit: int) -> bytes:
    """Gather the body. Raises ChunkSizeMismatch as soon as it is longer than it may be."""
    gathered = bytearray()
    async for piece in body:
        gathered += piece
        if len(gathered) > limit:
            raise ChunkSizeMismatch("This chunk is longer than it was announced to be.", expected=limit)
    return bytes(gathered)
