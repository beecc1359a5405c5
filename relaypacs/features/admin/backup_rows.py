"""Queries for a backup: which blobs the rows name, each of which must come along."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from relaypacs.features.reports.models import ReportDocument, ReportVersion
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.models import Upload, UploadFile, UploadStatus, blob_key
from relaypacs.features.uploads.service.cleanup import NOT_NEEDED


class BackupRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def blob_keys(self) -> Sequence[str]:
        """Return the keys of received files that somebody needs, and of the pages of reports; each once."""
        return sorted({*await self._received(), *await self._reports()})

    async def _received(self) -> list[str]:
        """Return those with an acknowledged byte, but of uploads that have failed or whose files were deleted."""
        part = aliased(Upload)
        still_read = select(part.split_from).where(part.split_from.is_not(None), part.status == UploadStatus.PROCESSING)
        rows = await self._session.execute(
            select(UploadFile.upload_id, UploadFile.ordinal, UploadFile.sealed_by)
            .join(Upload, Upload.id == UploadFile.upload_id)
            .where(
                UploadFile.received_chunks > 0,
                or_(Upload.files_removed_at.is_(None) & Upload.stage.not_in(NOT_NEEDED), Upload.id.in_(still_read)),
            )
        )
        return [blob_key(upload_id, ordinal, sealed_by) for upload_id, ordinal, sealed_by in rows]

    async def _reports(self) -> list[str]:
        """Return the pages that were signed, brought or found, and what was made of them for a PACS."""
        found: list[str] = []
        for query in (
            select(ReportVersion.pdf_key).where(ReportVersion.pdf_key.is_not(None)),
            select(ReportDocument.blob_key),
            select(Instance.blob_key).where(Instance.report_version_id.is_not(None)),
        ):
            found += [key for key in await self._session.scalars(query) if key]
        return found
