"""Queries for reports."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.reports.models import Report, ReportStatus


class ReportRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_report(self, study_id: UUID) -> Report | None:
        """Return the study's report that is not finished."""
        return await self._session.scalar(
            select(Report).where(Report.study_id == study_id, Report.status != ReportStatus.READY).limit(1)
        )

    async def add(self, report: Report) -> None:
        self._session.add(report)
        await self._session.flush()
