"""Background work of studies that come in by DICOM."""

from collections.abc import Sequence
from uuid import UUID

from relaypacs.core.clock import now
from relaypacs.features.audit.service.trail import SYSTEM
from relaypacs.features.inbound.repository import InboundRepository
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.complete import Completion
from relaypacs.infrastructure import Infrastructure


async def close_upload(infrastructure: Infrastructure, upload_id: UUID) -> None:
    """Complete an upload to which nothing has come for so long that it counts as whole."""

    def is_due(upload: Upload) -> bool:
        return upload.is_open and upload.closes_at is not None and upload.closes_at <= now()

    await Completion(infrastructure).close(upload_id, SYSTEM, only_if=is_due)


async def due_closings(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await InboundRepository(session).uploads_to_close(now())
