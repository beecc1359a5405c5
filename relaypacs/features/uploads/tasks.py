"""Background work of uploads."""

from collections.abc import Sequence
from uuid import UUID

from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service.check import check_files
from relaypacs.features.uploads.service.settle import settle
from relaypacs.infrastructure import Infrastructure


async def check_upload(infrastructure: Infrastructure, upload_id: UUID) -> None:
    """Check files of the upload until none is due."""
    while await check_files(infrastructure, upload_id):
        pass


async def due_checks(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await UploadRepository(session).uploads_to_check()


async def settle_upload(infrastructure: Infrastructure, upload_id: UUID) -> None:
    await settle(infrastructure, upload_id)


async def due_settlements(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await UploadRepository(session).uploads_to_settle()
