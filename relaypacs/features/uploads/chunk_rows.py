"""The rows of the hot path. Statements are built once: building them for each chunk cost more than running them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, case, exists, func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from relaypacs.core.database import UtcDateTime
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.uploads.models import OPEN, CheckState, Upload, UploadChunk, UploadFile, UploadStatus

_CHUNKS = cast("Table", UploadChunk.__table__)
_FILES = cast("Table", UploadFile.__table__)
_UPLOADS = cast("Table", Upload.__table__)
_USERS = cast("Table", User.__table__)

_INSERT_CHUNK = insert(_CHUNKS)

_RECEIVED = _FILES.c.received_chunks + bindparam("added")
_COUNT_CHUNKS = (
    update(_FILES)
    .where(_FILES.c.id == bindparam("file"))
    .values(
        received_chunks=_RECEIVED,
        check_state=case((_FILES.c.chunk_count <= _RECEIVED, CheckState.DUE), else_=_FILES.c.check_state),
    )
    .returning(_FILES.c.check_state)
)

_COUNT_BYTES = (
    update(_UPLOADS)
    .where(
        _UPLOADS.c.id == bindparam("upload"),
        _UPLOADS.c.status.in_(OPEN),
        _UPLOADS.c.expires_at > bindparam("at"),
        exists().where(_USERS.c.id == _UPLOADS.c.user_id, _USERS.c.state == AccountState.ACTIVE),
    )
    .values(
        received_chunks=_UPLOADS.c.received_chunks + bindparam("chunks"),
        received_bytes=_UPLOADS.c.received_bytes + bindparam("size"),
        saved_bytes=_UPLOADS.c.saved_bytes + bindparam("saved"),
        first_byte_at=func.coalesce(_UPLOADS.c.first_byte_at, bindparam("began", type_=UtcDateTime())),
        status=UploadStatus.UPLOADING,
        expires_at=bindparam("until"),
    )
    .returning(_UPLOADS.c.received_bytes)
)


@dataclass(frozen=True, slots=True)
class Came:
    """What has come for an upload: how many chunks and bytes, how many bytes less over the wire, and since when."""

    chunks: int = 0
    size: int = 0
    saved: int = 0
    began: datetime | None = None


class ChunkRows:
    """Writes acknowledgements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def acknowledge(self, chunks: Collection[tuple[UUID, int]], at: datetime) -> None:
        """Add a row for each (file, index). Raises IntegrityError when one has been acknowledged before."""
        await self._connection.execute(
            _INSERT_CHUNK,
            [{"file_id": file_id, "chunk_index": index, "received_at": at} for file_id, index in sorted(chunks)],
        )

    async def count_chunks(self, file_id: UUID, added: int) -> bool:
        """Add to a file's received chunks; a file that has them all becomes due. Returns whether it is."""
        state = await self._connection.scalar(_COUNT_CHUNKS, {"file": file_id, "added": added})
        return state is CheckState.DUE

    async def count_bytes(self, upload_id: UUID, came: Came, *, at: datetime, until: datetime) -> int | None:
        """Add to an upload's counters and prolong it; return its bytes in all, None when it takes no more chunks."""
        added = {"chunks": came.chunks, "size": came.size, "saved": came.saved, "began": came.began}
        received: int | None = await self._connection.scalar(
            _COUNT_BYTES, {"upload": upload_id, "at": at, "until": until, **added}
        )
        return received
