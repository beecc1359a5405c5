"""The sender says that everything has been sent; we answer with what became of it, or that it goes on."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.core.errors import RelayError
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.deliveries.errors import FilesRemoved
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.uploads.errors import (
    ChunksMissing,
    DuplicateStudy,
    NoAcceptableInstance,
    UploadClosed,
    UploadExpired,
    UploadNotFound,
)
from relaypacs.features.uploads.metrics import count_stage
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository, missing_ranges
from relaypacs.features.uploads.schemas import CompleteResponse
from relaypacs.infrastructure import Infrastructure

LOOK_AGAIN_SECONDS = 1.0


def channel(upload_id: UUID) -> str:
    """Return the name of the signal "this upload has changed"."""
    return f"upload:{upload_id}"


class Completion:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure

    async def complete(self, upload_id: UUID, actor: Actor, *, force: bool) -> CompleteResponse:
        """Close the upload and wait a while for the outcome; any number of calls give the same answer.

        The status of the answer is `completed`, or `processing` when the wait was over first.
        Raises ChunksMissing, NoAcceptableInstance, DuplicateStudy, UploadClosed, UploadExpired, FilesRemoved.
        """
        async with self._infrastructure.events.subscribe(channel(upload_id)) as changes:
            await self.close(upload_id, actor, force=force)
            deadline = time.monotonic() + self._infrastructure.settings.complete_wait
            while True:
                upload, receipt_id = await self._look(upload_id)
                left = deadline - time.monotonic()
                if upload.status is not UploadStatus.PROCESSING or upload.stage is Stage.HELD or left <= 0:
                    break
                await changes.wait(min(left, LOOK_AGAIN_SECONDS))
        if upload.status is UploadStatus.FAILED:
            raise failure(upload)
        return CompleteResponse(
            upload_id=upload.id,
            status=upload.status,
            stage=upload.stage,
            report_id=upload.report_id,
            pacs_receipt_id=str(receipt_id) if receipt_id else None,
        )

    async def close(
        self, upload_id: UUID, actor: Actor, *, force: bool = False, only_if: Callable[[Upload], bool] | None = None
    ) -> None:
        """Close the upload without waiting; a closed one stays as it is. `only_if` is asked under the upload's lock.

        Raises ChunksMissing, UploadExpired, UploadNotFound.
        """
        async with self._infrastructure.database.write() as session:
            upload = await UploadRepository(session).lock(upload_id)
            if upload is None:
                raise UploadNotFound("There is no such upload.")
            if only_if is not None and not only_if(upload):
                return
            if upload.is_open:
                await self._check_whole(session, upload)
            elif not (force and upload.stage is Stage.DUPLICATE):
                return
            if upload.files_removed_at:
                raise FilesRemoved(
                    "The gateway kept these files for their time, and has deleted them. Send them again."
                )
            upload.status, upload.stage = UploadStatus.PROCESSING, Stage.RECEIVED
            upload.is_forced = upload.is_forced or force
            count_stage(session, upload)
            entry = Entry(Action.UPLOAD_COMPLETED, actor, "upload", str(upload_id), details={"forced": force})
            AuditTrail(self._infrastructure).record(session, entry)
            wake = self._infrastructure.wakeups.wake
            after_commit(session, partial(wake, Task.CHECK_UPLOAD, upload_id))
            after_commit(session, partial(wake, Task.SETTLE_UPLOAD, upload_id))

    @staticmethod
    async def _check_whole(session: AsyncSession, upload: Upload) -> None:
        if upload.expires_at <= now() and upload.closes_at is None:
            raise UploadExpired("This upload has expired. Start it again.")
        repository = UploadRepository(session)
        lacking = [f for f in await repository.files_of([upload.id]) if f.received_chunks < f.chunk_count]
        if not lacking:
            return
        received = await repository.chunks_of([file.id for file in lacking])
        files: Sequence[dict[str, object]] = [
            {"file_id": file.file_id, "missing": missing_ranges(received[file.id], file.chunk_count)}
            for file in lacking
        ]
        raise ChunksMissing(f"{len(lacking)} files lack chunks. Send them, then complete again.", files=files)

    async def _look(self, upload_id: UUID) -> tuple[Upload, UUID | None]:
        async with self._infrastructure.database.read() as session:
            upload = await UploadRepository(session).get(upload_id)
            receipts = await DeliveryRepository(session).receipt_ids([upload_id])
        if upload is None:
            raise UploadNotFound("There is no such upload.")
        return upload, receipts.get(upload_id)


def failure(upload: Upload) -> RelayError:
    """Return why a failed upload failed."""
    match upload.stage:
        case Stage.REJECTED:
            return NoAcceptableInstance(
                "No file of this upload can be forwarded. The list of instances says why, file by file.",
                instances=f"/api/v1/upload/{upload.id}/instances",
            )
        case Stage.DUPLICATE:
            return DuplicateStudy(
                "Exactly this study was sent before. To send it all the same, complete with force=true.",
                duplicate_of=str(upload.duplicate_of),
                earlier_upload=f"/api/v1/upload/{upload.duplicate_of}",
            )
        case Stage.EXPIRED:
            return UploadExpired("This upload has expired. Start it again.")
        case _:
            return UploadClosed("This upload was cancelled.")
