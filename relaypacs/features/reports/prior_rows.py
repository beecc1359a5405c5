"""Finds what was reported of a patient, with two queries, however much there is of him."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.reports.models import Report, ReportVersion


class PriorRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reports_of(self, study_ids: Collection[UUID]) -> Sequence[Report]:
        """Return the reports of these studies, the latest first: one that is read may be opened again by more data."""
        query = select(Report).where(Report.study_id.in_(study_ids)).order_by(Report.id.desc())
        return (await self._session.scalars(query)).all()

    async def signed(self, report_ids: Collection[UUID]) -> dict[UUID, list[ReportVersion]]:
        """Return what was signed of each report, the latest first."""
        query = select(ReportVersion).where(
            ReportVersion.report_id.in_(report_ids), ReportVersion.signed_at.is_not(None)
        )
        found: dict[UUID, list[ReportVersion]] = {report_id: [] for report_id in report_ids}
        for version in await self._session.scalars(query.order_by(ReportVersion.signed_at.desc())):
            found[version.report_id].append(version)
        return found
