"""Ends uploads that will not be finished, and gives their space back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, Actor, AuditTrail, Entry
from relaypacs.features.deliveries.service.plan import DeliveryPlan
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify
from relaypacs.features.uploads.errors import UploadClosed, UploadNotFound
from relaypacs.features.uploads.metrics import count_stage
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.infrastructure import Infrastructure

EXPIRE_AT_ONCE = 100


async def cancel_upload(infrastructure: Infrastructure, upload_id: UUID, actor: Actor) -> None:
    """Give an upload up; once more does nothing. Raises UploadNotFound, and UploadClosed when it is on its way."""
    async with infrastructure.database.write() as session:
        upload = await UploadRepository(session).lock(upload_id)
        if upload is None:
            raise UploadNotFound("There is no such upload.")
        if upload.stage is Stage.CANCELLED:
            return
        if not upload.is_open and upload.stage is not Stage.HELD:
            raise UploadClosed("This upload is no longer open, and cannot be cancelled.")
        if await UploadRepository(session).still_read([upload_id]):
            raise UploadClosed("What was split from this upload is still on its way, from the same files. Wait for it.")
        upload.status, upload.stage = UploadStatus.FAILED, Stage.CANCELLED
        count_stage(session, upload)
        await DeliveryPlan(session, infrastructure.wakeups).pause(upload_id)
        entry = Entry(Action.UPLOAD_CANCELLED, actor, "upload", str(upload_id))
        AuditTrail(infrastructure).record(session, entry)

        async def remove_files() -> None:
            await infrastructure.storage.delete(str(upload_id))

        after_commit(session, remove_files)


async def expire_uploads(infrastructure: Infrastructure) -> Sequence[UUID]:
    """End uploads without activity for longer than their time, and remove their files. Returns which."""
    expired: list[UUID] = []
    while some := await _mark_expired(infrastructure, now()):
        for upload_id in some:
            await infrastructure.storage.delete(str(upload_id))
        expired += some
    return expired


async def _mark_expired(infrastructure: Infrastructure, at: datetime) -> list[UUID]:
    """Mark first and remove afterwards: a chunk that comes in between finds the upload closed."""
    async with infrastructure.database.write() as session:
        uploads = await UploadRepository(session).lock_expired(at, EXPIRE_AT_ONCE)
        for upload in uploads:
            upload.status, upload.stage = UploadStatus.FAILED, Stage.EXPIRED
            count_stage(session, upload)
            await DeliveryPlan(session, infrastructure.wakeups).pause(upload.id)
            AuditTrail(infrastructure).record(session, Entry(Action.UPLOAD_EXPIRED, SYSTEM, "upload", str(upload.id)))
            await _tell_sender(infrastructure, session, upload)
    return [upload.id for upload in uploads]


async def _tell_sender(infrastructure: Infrastructure, session: AsyncSession, upload: Upload) -> None:
    await notify(
        session,
        infrastructure,
        upload.user_id,
        kind=NotificationType.UPLOAD_FAILED,
        message="An upload ended before all of it had arrived.",
        related_id=upload.id,
    )
