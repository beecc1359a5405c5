"""Queries for reports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from relaypacs.core.clock import now
from relaypacs.features.identity.models import Site
from relaypacs.features.reports.models import (
    OPEN,
    Acknowledgement,
    Question,
    Report,
    ReportDocument,
    ReportSender,
    ReportStatus,
    ReportVersion,
    VersionKind,
)
from relaypacs.features.studies.models import Study

# `updated_at` says since when a report stands where it does, and what is only noted about it does not change that.
UNTOUCHED = {"updated_at": Report.updated_at}


class ReportRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_report(self, study_id: UUID) -> Report | None:
        """Return the study's report that is not finished."""
        return await self._session.scalar(
            select(Report).where(Report.study_id == study_id, Report.status.in_(OPEN)).limit(1)
        )

    async def add(
        self, *rows: Report | ReportDocument | ReportSender | ReportVersion | Acknowledgement | Question
    ) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def lock(self, report_id: UUID) -> Report | None:
        return await self._session.get(Report, report_id, with_for_update=True, populate_existing=True)

    async def with_study(self, report_id: UUID) -> tuple[Report, Study] | None:
        query = select(Report, Study).join(Study, Study.id == Report.study_id).where(Report.id == report_id)
        row = (await self._session.execute(query)).one_or_none()
        return (row[0], row[1]) if row else None

    async def studies(self, study_ids: Collection[UUID]) -> dict[UUID, Study]:
        rows = await self._session.scalars(select(Study).where(Study.id.in_(study_ids)))
        return {study.id: study for study in rows}

    async def count_images(self, study_id: UUID, *, expected: int, verified: int) -> bool:
        """Set how many images of a study are on their way, and how many are proven to be in the PACS.

        Returns whether that is news for a report that is open.
        """
        is_news = or_(Report.images_expected != expected, Report.images_verified != verified)
        changed = await self._session.scalars(
            update(Report)
            .where(Report.study_id == study_id, Report.status.in_(OPEN), is_news)
            .values(images_expected=expected, images_verified=verified, **UNTOUCHED)
            .returning(Report.id)
        )
        return bool(changed.all())

    async def draft(self, report_id: UUID) -> ReportVersion | None:
        return await self._session.scalar(select(ReportVersion).where(*_draft_of(report_id)))

    async def signed_versions(self, report_id: UUID) -> Sequence[ReportVersion]:
        """Return what was signed, the latest first."""
        query = select(ReportVersion).where(ReportVersion.report_id == report_id, ReportVersion.signed_at.is_not(None))
        return (await self._session.scalars(query.order_by(ReportVersion.signed_at.desc()))).all()

    async def count_versions(self, report_id: UUID, kind: VersionKind) -> int:
        query = select(func.count()).where(ReportVersion.report_id == report_id, ReportVersion.kind == kind)
        return await self._session.scalar(query) or 0

    async def last_critical(self, report_id: UUID) -> ReportVersion | None:
        """Return the critical result that was signed last."""
        query = select(ReportVersion).where(
            ReportVersion.report_id == report_id,
            ReportVersion.signed_at.is_not(None),
            ReportVersion.is_critical.is_(True),
        )
        return await self._session.scalar(query.order_by(ReportVersion.signed_at.desc()).limit(1))

    async def acknowledgements(self, report_id: UUID) -> dict[UUID, Acknowledgement]:
        """Return who has acknowledged which version of a report."""
        rows = await self._session.scalars(select(Acknowledgement).where(Acknowledgement.report_id == report_id))
        return {row.version_id: row for row in rows}

    async def to_escalate(self, before: datetime, limit: int) -> Sequence[UUID]:
        """Return reports whose critical result nobody has acknowledged since, the longest waiting first."""
        query = select(Report.id).where(Report.critical_since < before, Report.escalated_at.is_(None))
        return (await self._session.scalars(query.order_by(Report.critical_since).limit(limit))).all()

    async def questions(self, report_id: UUID) -> Sequence[Question]:
        """Return what was asked about a study, the latest first."""
        query = select(Question).where(Question.report_id == report_id).order_by(Question.id.desc())
        return (await self._session.scalars(query)).all()

    async def open_questions(self, report_id: UUID) -> Sequence[Question]:
        query = select(Question).where(Question.report_id == report_id, Question.answered_at.is_(None))
        return (await self._session.scalars(query)).all()

    async def kinds_with(self, report_id: UUID, pdf_key: str) -> set[VersionKind]:
        """Return what kinds of versions have these pages."""
        query = select(ReportVersion.kind)
        query = query.where(ReportVersion.report_id == report_id, ReportVersion.pdf_key == pdf_key)
        return set(await self._session.scalars(query))

    async def signed_before(self, version: ReportVersion, study_instance_uid: str) -> int:
        """Return how many versions of all reports on a study, of whichever site, were signed before this one."""
        query = (
            select(func.count(ReportVersion.id))
            .join(Report, Report.id == ReportVersion.report_id)
            .join(Study, Study.id == Report.study_id)
            .where(
                Study.site_id.in_(select(Site.id)),  # so that the index over both is used
                Study.study_instance_uid == study_instance_uid,
                or_(
                    ReportVersion.signed_at < version.signed_at,
                    (ReportVersion.signed_at == version.signed_at) & (ReportVersion.id < version.id),
                ),
            )
        )
        return await self._session.scalar(query) or 0

    async def to_plan(self, at: datetime, limit: int) -> Sequence[UUID]:
        """Return reports of which something signed is to be put on its way, the longest waiting first."""
        query = select(Report.id).where(Report.plan_at <= at).order_by(Report.plan_at).limit(limit)
        return (await self._session.scalars(query)).all()

    async def plan_again(self, study_ids: Collection[UUID]) -> None:
        """Have it planned anew where the reports on these studies are to be stored, as far as they are signed."""
        signed = exists().where(ReportVersion.report_id == Report.id, ReportVersion.signed_at.is_not(None))
        await self._set_plan(now(), Report.study_id.in_(study_ids), signed)

    async def postpone_plan(self, report_id: UUID, until: datetime) -> None:
        await self._set_plan(until, Report.id == report_id, Report.plan_at.is_not(None))

    async def note_planned(self, report_id: UUID) -> None:
        await self._set_plan(None, Report.id == report_id)

    async def _set_plan(self, at: datetime | None, *which: ColumnElement[bool]) -> None:
        """Where a report is stored changes nothing about it: it is as old as it was."""
        await self._session.execute(update(Report).where(*which).values(plan_at=at, updated_at=Report.updated_at))

    async def reports_of(self, version_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return which report each version is of."""
        query = select(ReportVersion.id, ReportVersion.report_id).where(ReportVersion.id.in_(version_ids))
        return {row.id: row.report_id for row in await self._session.execute(query)}

    async def drop_draft(self, report_id: UUID) -> None:
        await self._session.execute(delete(ReportVersion).where(*_draft_of(report_id)))

    async def give_back(self, at: datetime) -> bool:
        """Let go of what somebody has opened to read, and has not come back to: it waits for anybody again.

        Where he has begun to write it stays his until somebody else opens it. Returns whether there was any.
        """
        given = await self._session.scalars(
            update(Report)
            .where(
                Report.status == ReportStatus.PENDING,
                Report.locked_until < at,
                ~exists().where(*_draft_of(Report.id)),
            )
            .values(status=ReportStatus.ASSIGNED, radiologist_id=None, locked_by=None, locked_until=None)
            .returning(Report.id)
        )
        return bool(given.all())

    async def senders(self, report_id: UUID) -> set[UUID]:
        """Return the users who wait for a report."""
        return set(await self._session.scalars(select(ReportSender.user_id).where(ReportSender.report_id == report_id)))

    async def documents(self, report_id: UUID) -> Sequence[ReportDocument]:
        """Return what was found for a report, the latest first."""
        query = select(ReportDocument).where(ReportDocument.report_id == report_id).order_by(ReportDocument.id.desc())
        return (await self._session.scalars(query)).all()

    async def to_look_for(self, before: datetime, limit: int) -> Sequence[tuple[Report, Study]]:
        """Return reports that wait to be written, and were not looked for since `before`; the longest ago first."""
        query = (
            select(Report, Study)
            .join(Study, Study.id == Report.study_id)
            .where(Report.status.in_(OPEN), or_(Report.looked_for_at.is_(None), Report.looked_for_at < before))
            .order_by(Report.looked_for_at.is_not(None), Report.looked_for_at, Report.created_at)
            .limit(limit)
        )
        return [(report, study) for report, study in await self._session.execute(query)]

    async def known_documents(self, report_id: UUID, uids: Collection[str]) -> set[str]:
        query = select(ReportDocument.sop_instance_uid).where(
            ReportDocument.report_id == report_id, ReportDocument.sop_instance_uid.in_(uids)
        )
        return set(await self._session.scalars(query))

    async def looked_for(self, report_ids: Collection[UUID]) -> None:
        change = update(Report).where(Report.id.in_(report_ids))
        await self._session.execute(change.values(looked_for_at=now(), **UNTOUCHED))


def _draft_of(report_id: UUID | InstrumentedAttribute[UUID]) -> tuple[ColumnElement[bool], ...]:
    return ReportVersion.report_id == report_id, ReportVersion.kind == VersionKind.DRAFT
