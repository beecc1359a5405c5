"""Counts days from the uploads and reports themselves, by the indexes over their times."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, TextClause, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.features.analytics.models import NOBODY, InstanceCount, Kind
from relaypacs.features.analytics.sql import LastCode, SecondsBetween, UtcDay, beside
from relaypacs.features.analytics.subjects import Span, Subject
from relaypacs.features.analytics.tally import READY, VERIFIED, Tally
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Outcome
from relaypacs.features.reports.models import IS_OPEN, Report, ReportSender
from relaypacs.features.studies.models import Instance, ServiceLevel
from relaypacs.features.uploads.models import OPEN, Upload, UploadStatus

Key = tuple[date, UUID, UUID]
"""A day, a site and a person. Where neither of the two is asked for, both are nobody."""
Tallies = dict[Key, Tally]
Condition = ColumnElement[bool] | TextClause
ENDED = {UploadStatus.COMPLETED: "completed", UploadStatus.FAILED: "failed"}


@dataclass(frozen=True)
class _Source:
    """Rows to be counted, and whose each is."""

    rows: FromClause
    conditions: Sequence[Condition]
    site: Any = None
    who: Any = None

    def keys(self, moment: InstrumentedAttribute[Any]) -> list[Any]:
        return [UtcDay(moment), *(column for column in (self.site, self.who) if column is not None)]

    def key(self, row: Sequence[Any]) -> tuple[Key, Sequence[Any]]:
        """Return of whom a row is, and what is left of it."""
        site = row[1] if self.site is not None else NOBODY
        who = row[2] if self.who is not None else NOBODY
        return (row[0], site, who), row[1 + (self.site is not None) + (self.who is not None) :]


class LiveRows:
    """`is_full` asks for durations and failures too."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def uploads(self, subject: Subject, spans: Sequence[Span], *, is_full: bool) -> Tallies:
        """Return what somebody's uploads come to, by day."""
        conditions = [_in(Upload.created_at, spans), *_uploads_of(subject)]
        return await self._uploads(_Source(Upload.__table__, conditions), is_full=is_full)

    async def all_uploads(self, kind: Kind, spans: Sequence[Span]) -> Tallies:
        """Return what all uploads come to, by day, site, and sender or reader."""
        in_time = _in(Upload.created_at, spans)
        if kind is Kind.SENDER:
            return await self._uploads(_Source(Upload.__table__, [in_time], Upload.site_id, Upload.user_id))
        read = (
            select(ReportSender.upload_id, Report.radiologist_id)
            .join(Report, Report.id == ReportSender.report_id)
            .join(Upload, Upload.id == ReportSender.upload_id)
            .where(in_time, Report.radiologist_id.is_not(None))
            .distinct()
            .subquery("read")
        )
        rows = Upload.__table__.join(read, read.c.upload_id == Upload.id)
        return await self._uploads(_Source(rows, [in_time], Upload.site_id, read.c.radiologist_id))

    async def reports(self, subject: Subject, spans: Sequence[Span]) -> Tallies:
        """Return what the reports on somebody's studies come to, by day."""
        whose = _reports_of(subject)
        ready = _Source(Report.__table__, [_in(Report.reported_at, spans), *whose])
        still_open = _Source(Report.__table__, [_in(Report.created_at, spans), IS_OPEN, *whose])
        return await self._reports(ready, still_open)

    async def all_reports(self, kind: Kind, spans: Sequence[Span]) -> Tallies:
        """Return what all reports come to, by day, site, and sender or reader; of a site, by nobody."""
        ready = _all_reports(kind, [_in(Report.reported_at, spans)])
        still_open = _all_reports(kind, [_in(Report.created_at, spans), IS_OPEN])
        return await self._reports(ready, still_open)

    async def open_bytes(self, subject: Subject, span: Span) -> dict[date, tuple[int, int]]:
        """Return what has come of uploads that still receive, by day: bytes, and how many less over the wire.

        They change with every chunk, which nothing notes; so they are in no other count.
        """
        day = UtcDay(Upload.created_at)
        query = select(day, func.sum(Upload.received_bytes), func.sum(Upload.saved_bytes)).where(
            Upload.status.in_(OPEN), _at(beside(Upload.created_at), span), *_uploads_of(subject)
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in await self._session.execute(query.group_by(day))}

    async def _uploads(self, source: _Source, *, is_full: bool = True) -> Tallies:
        found: Tallies = defaultdict(Tally)
        await self._count_uploads(source, found)
        if is_full:
            await self._time_uploads(source, found)
            await self._count_rejected(source, found)
            await self._count_refused(source, found)
        return found

    async def _count_uploads(self, source: _Source, found: Tallies) -> None:
        is_whole = Upload.status.not_in(OPEN)
        kinds = [*source.keys(Upload.created_at), Upload.status, Upload.stage, Upload.priority, Upload.modality_group]
        query = select(
            *kinds,
            func.count(),
            func.sum(func.coalesce(InstanceCount.number, 0)),
            # What was split from an upload was received by that one.
            func.sum(case((is_whole & Upload.split_from.is_(None), Upload.received_bytes), else_=0)),
            func.sum(case((is_whole, Upload.saved_bytes), else_=0)),
        )
        rows = source.rows.outerjoin(InstanceCount.__table__, InstanceCount.upload_id == Upload.id)
        query = query.select_from(rows).where(*source.conditions).group_by(*kinds)
        for row in await self._session.execute(query):
            key, (status, stage, priority, group, number, *sums) = source.key(row)
            counts = found[key].counts
            counts["uploads"] += number
            if status in ENDED:
                counts[ENDED[status]] += number
            if status is UploadStatus.FAILED:
                counts[f"upload:{stage.value}"] += number
            counts[f"modality:{group.value}"] += number
            counts[f"level:{list(ServiceLevel)[priority].value}"] += number
            for name, value in zip(("instances", "bytes", "saved"), sums, strict=True):
                counts[name] += int(value)

    async def _time_uploads(self, source: _Source, found: Tallies) -> None:
        begun = func.coalesce(Upload.first_byte_at, Upload.created_at)
        query = select(*source.keys(Upload.created_at), SecondsBetween(begun, Upload.completed_at))
        query = _from(query, source).where(
            beside(Upload.status) == UploadStatus.COMPLETED, Upload.completed_at.is_not(None)
        )
        seconds: defaultdict[Key, list[int]] = defaultdict(list)
        for row in await self._session.execute(query):
            key, (duration,) = source.key(row)
            seconds[key].append(duration)
        for key, durations in seconds.items():
            found[key].add_seconds(VERIFIED, durations)

    async def _count_rejected(self, source: _Source, found: Tallies) -> None:
        """Count each rejected instance once: by the reason that was given last, which is the one that decided."""
        kinds = [*source.keys(Upload.created_at), LastCode(Instance.reasons)]
        rows = source.rows.join(Instance.__table__, Instance.upload_id == Upload.id)
        query = select(*kinds, func.count()).select_from(rows).where(*source.conditions)
        query = query.where(Instance.verdict == Verdict.REJECTED).group_by(*kinds)
        for row in await self._session.execute(query):
            key, (code, number) = source.key(row)
            found[key].counts[f"instance:{code or 'rejected'}"] += number

    async def _count_refused(self, source: _Source, found: Tallies) -> None:
        """Count each delivery that needs attention once for each cause that its instances have; else for its own."""
        says_why = DeliveryInstance.outcome.in_((Outcome.REFUSED, Outcome.WAITING)) & DeliveryInstance.cause.is_not(
            None
        )
        rows = source.rows.join(Delivery.__table__, Delivery.upload_id == Upload.id).outerjoin(
            DeliveryInstance.__table__, (DeliveryInstance.delivery_id == Delivery.id) & says_why
        )
        cause = func.coalesce(DeliveryInstance.cause, Delivery.last_cause)
        query = select(*source.keys(Upload.created_at), Delivery.id, cause).distinct()
        query = query.select_from(rows).where(*source.conditions, Delivery.state == DeliveryState.ATTENTION)
        for row in await self._session.execute(query):
            key, (_, found_cause) = source.key(row)
            found[key].counts[f"delivery:{found_cause or Cause.OTHER}"] += 1

    async def _reports(self, ready: _Source, still_open: _Source) -> Tallies:
        found: Tallies = defaultdict(Tally)
        query = select(
            *ready.keys(Report.reported_at), Report.urgency, SecondsBetween(Report.created_at, Report.reported_at)
        )
        seconds: defaultdict[tuple[Key, int], list[int]] = defaultdict(list)
        for row in await self._session.execute(_from(query, ready)):
            key, (urgency, duration) = ready.key(row)
            seconds[key, urgency].append(duration)
        for (key, urgency), durations in seconds.items():
            found[key].add_seconds(READY[list(ServiceLevel)[urgency]], durations)
        kinds = still_open.keys(Report.created_at)
        query = _from(select(*kinds, func.count()), still_open).group_by(*kinds)
        for row in await self._session.execute(query):
            key, (number,) = still_open.key(row)
            found[key].counts["open"] += number
        return found


def _from(query: Any, source: _Source) -> Any:
    return query.select_from(source.rows).where(*source.conditions)


def _at(moment: ColumnElement[Any] | InstrumentedAttribute[Any], span: Span) -> ColumnElement[bool]:
    return (moment >= span.start) & (moment < span.end)


def _in(moment: InstrumentedAttribute[Any], spans: Sequence[Span]) -> ColumnElement[bool]:
    return or_(*(_at(moment, span) for span in spans))


def _uploads_of(subject: Subject) -> list[ColumnElement[bool]]:
    conditions = [] if subject.site_id == NOBODY else [beside(Upload.site_id) == subject.site_id]
    if subject.kind is Kind.SENDER:
        conditions.append(beside(Upload.user_id) == subject.subject_id)
    if subject.kind is Kind.READER:
        read = exists().where(ReportSender.upload_id == Upload.id, Report.id == ReportSender.report_id)
        conditions.append(read.where(beside(Report.radiologist_id) == subject.subject_id))
    return conditions


def _reports_of(subject: Subject) -> list[ColumnElement[bool]]:
    conditions = [] if subject.site_id == NOBODY else [beside(Report.site_id) == subject.site_id]
    if subject.kind is Kind.SENDER:
        sent = exists().where(ReportSender.report_id == Report.id, ReportSender.user_id == subject.subject_id)
        conditions.append(sent)
    if subject.kind is Kind.READER:
        conditions.append(beside(Report.radiologist_id) == subject.subject_id)
    return conditions


def _all_reports(kind: Kind, conditions: Sequence[Condition]) -> _Source:
    if kind is Kind.SITE:
        return _Source(Report.__table__, conditions, Report.site_id)
    if kind is Kind.READER:
        read = [*conditions, Report.radiologist_id.is_not(None)]
        return _Source(Report.__table__, read, Report.site_id, Report.radiologist_id)
    sent = (
        select(ReportSender.report_id, ReportSender.user_id)
        .join(Report, Report.id == ReportSender.report_id)
        .where(*conditions)
        .distinct()
        .subquery("sent")
    )
    rows = Report.__table__.join(sent, sent.c.report_id == Report.id)
    return _Source(rows, conditions, Report.site_id, sent.c.user_id)
