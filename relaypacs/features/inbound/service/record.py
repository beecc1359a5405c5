"""Writes down an instance whose bytes are durable: from this commit on it is never lost."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import new_id, now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.inbound.errors import SenderNotActive, TooManyInstances
from relaypacs.features.inbound.repository import InboundRepository
from relaypacs.features.inbound.service.head import Head
from relaypacs.features.inbound.service.sender import Sender
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.errors import ACCOUNT_DISABLED, TooManyOpenUploads, UploadClosed
from relaypacs.features.uploads.metrics import count_stage
from relaypacs.features.uploads.models import CheckState, Upload, UploadChunk, UploadFile, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service.judge import form_fallback
from relaypacs.features.uploads.word_rows import WordRepository
from relaypacs.features.uploads.words import study_word, words_of_form
from relaypacs.infrastructure import Infrastructure

ONE_CHUNK = 2**31 - 1
"""The chunk size of an upload whose files come whole."""


@dataclass(frozen=True, slots=True)
class Received:
    """Where the bytes are, how, and what they are. `given` are the ordinals that the upload has given out."""

    upload_id: UUID
    ordinal: int
    size: int
    sha256: str
    given: int
    sealed_by: int | None


class Recorder:
    def __init__(self, infrastructure: Infrastructure, study_idle: timedelta) -> None:
        self._database = infrastructure.database
        self._settings = infrastructure.settings
        self._trail = AuditTrail(infrastructure)
        self._idle = study_idle

    async def record(self, sender: Sender, head: Head, received: Received) -> UploadFile | Instance:
        """Add the file, claimed for its check; return what is there already when the upload has the same bytes.

        Raises SenderNotActive, UploadClosed, TooManyInstances, TooManyOpenUploads.
        """
        async with self._database.write() as session:
            uploads, inbound = UploadRepository(session), InboundRepository(session)
            if not await inbound.is_active(sender.user_id):
                raise SenderNotActive(ACCOUNT_DISABLED)
            upload = await uploads.lock(received.upload_id)
            if upload is None:
                upload = await self._open(session, sender, head, received)
            if not upload.is_open:
                raise UploadClosed("This upload takes nothing more.")
            upload.closes_at = now() + self._idle
            if found := await inbound.same_instance(upload.id, head.sop_instance_uid, received.sha256):
                return found
            await self._check_limits(uploads, upload, received.size)
            self._count(upload, received)
            file = _file(head, received)
            await uploads.add(file)
            await inbound.add_chunk(UploadChunk(file_id=file.id, chunk_index=0))
        return file

    async def _open(self, session: AsyncSession, sender: Sender, head: Head, received: Received) -> Upload:
        form, warnings = head.form(now().date())
        upload = Upload(
            id=received.upload_id,
            user_id=sender.user_id,
            site_id=sender.site_id,
            study_metadata=form.model_dump(mode="json"),
            status=UploadStatus.UPLOADING,
            priority=form.service_level.priority,
            chunk_size=ONE_CHUNK,
            chunk_count=0,
            received_chunks=0,
            total_bytes=0,
            received_bytes=0,
            warnings=[form_fallback(sentence) for sentence in warnings],
            origin=sender.origin,
            source=sender.source,
            study_instance_uid=head.study_instance_uid,
            expires_at=now(),
        )
        await UploadRepository(session).add(upload)
        count_stage(session, upload)
        words = words_of_form(upload.study_metadata) | {study_word(head.study_instance_uid)}
        await WordRepository(session).add(upload, words)
        details = {"origin": sender.origin.value, "source": sender.source or ""}
        entry = Entry(Action.UPLOAD_OPENED, sender.actor, "upload", str(upload.id), details=details)
        self._trail.record(session, entry)
        return upload

    async def _check_limits(self, uploads: UploadRepository, upload: Upload, size: int) -> None:
        if upload.chunk_count >= self._settings.dicom_max_instances:
            raise TooManyInstances("The study has more instances than are taken at once. Send the rest later.")
        _, reserved = await uploads.open_totals(upload.user_id)
        if reserved + size > self._settings.max_reserved_bytes:
            raise TooManyOpenUploads("The open uploads of this account already have as many bytes as are allowed.")

    def _count(self, upload: Upload, received: Received) -> None:
        upload.chunk_count += 1
        upload.received_chunks += 1
        upload.total_bytes += received.size
        upload.received_bytes += received.size
        upload.ordinals_given = max(upload.ordinals_given, received.given)
        upload.expires_at = now() + timedelta(hours=self._settings.upload_ttl_hours)


def _file(head: Head, received: Received) -> UploadFile:
    file = UploadFile(
        id=new_id(),
        upload_id=received.upload_id,
        ordinal=received.ordinal,
        file_id=str(received.ordinal),
        name=f"{head.sop_instance_uid or 'unnamed'}.dcm",
        size=received.size,
        chunk_count=1,
        received_chunks=1,
        check_state=CheckState.DUE,
        sealed_by=received.sealed_by,
    )
    file.take()
    return file
