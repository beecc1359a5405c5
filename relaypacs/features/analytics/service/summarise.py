"""Counts days that are over once more when something of them has changed, and keeps what was found.

Days are counted in a snapshot together with the changes that it sees, and are written in a transaction that removes
just these. When one of them is gone by then, somebody else has counted the day, or it has changed again: what was
counted is dropped. So a tally is never older than what is not noted as a change.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.features.analytics.live_rows import LiveRows, Tallies
from relaypacs.features.analytics.models import Change, Kind, Part
from relaypacs.features.analytics.repository import SeenChanges, StatsRepository
from relaypacs.features.analytics.subjects import DAY, Span, Subject, midnight, spans_of
from relaypacs.features.analytics.tally import Tally
from relaypacs.infrastructure import Infrastructure

DAYS_AT_ONCE = 7
REST_SECONDS = 0.02  # between two transactions, for those who wait for SQLite's one writer
OF_SENDERS = (Kind.REGION, Kind.SITE, Kind.SENDER)
Counted = dict[tuple[Part, Subject, date], Tally]
log = structlog.get_logger(__name__)


async def summarise(infrastructure: Infrastructure) -> int:
    """Count every day that is over and has changed. Returns how many were counted."""
    today = now().date()
    after, counted = date.min, 0
    while found := await _count_next(infrastructure, after, today):
        after, number = found
        counted += number
        await asyncio.sleep(REST_SECONDS)
    async with infrastructure.database.write() as session:
        await StatsRepository(session).thin_out(today)
    if counted:
        log.info("days_counted", count=counted)
    return counted


async def _count_next(infrastructure: Infrastructure, after: date, today: date) -> tuple[date, int] | None:
    """Count the next few days after one. Returns the last of them, and how many were written; None without any."""
    async with infrastructure.database.snapshot() as session:
        repository = StatsRepository(session)
        first = await repository.first_changed_day(after, today)
        if first is None:
            return None
        last = min(first + timedelta(days=DAYS_AT_ONCE - 1), today - DAY)
        seen = await repository.changes(first, last)
        counted = await count_days(session, seen)
    rows = _rows(counted)
    written = 0
    async with infrastructure.database.write() as session:
        repository = StatsRepository(session)
        for each in seen:
            if await repository.take_changes(each.numbers):
                await _replace(repository, each, rows.get(each.day, []))
                written += 1
    return last, written


async def count_days(session: AsyncSession, seen: Sequence[SeenChanges]) -> Counted:
    """Return what is to be kept of days of which something has changed, of everybody whom it can concern."""
    rows = LiveRows(session)
    days = _spans([each.day for each in seen])
    counted: Counted = defaultdict(Tally)
    if spans := _spans([each.day for each in seen if Change.UPLOADS in each.changes]):
        sent = await rows.all_uploads(Kind.SENDER, spans)
        _gather(counted, Part.UPLOADS, OF_SENDERS, sent)
    if spans := _spans([each.day for each in seen if Change.REPORTS in each.changes]):
        _gather(counted, Part.REPORTS, (Kind.REGION, Kind.SITE), await rows.all_reports(Kind.SITE, spans))
        _gather(counted, Part.REPORTS, (Kind.SENDER,), await rows.all_reports(Kind.SENDER, spans))
    _gather(counted, Part.UPLOADS, (Kind.READER,), await rows.all_uploads(Kind.READER, days))
    _gather(counted, Part.REPORTS, (Kind.READER,), await rows.all_reports(Kind.READER, days))
    return counted


def _spans(days: Sequence[date]) -> list[Span]:
    return spans_of(days, Span(midnight(min(days)), midnight(max(days)) + DAY)) if days else []


def _gather(counted: Counted, part: Part, kinds: Sequence[Kind], tallies: Tallies) -> None:
    for (day, site_id, who), tally in tallies.items():
        for kind in kinds:
            for subject in _subjects(kind, site_id, who):
                counted[part, subject, day].add(tally)


def _subjects(kind: Kind, site_id: UUID, who: UUID) -> Sequence[Subject]:
    match kind:
        case Kind.REGION:
            return [Subject(kind)]
        case Kind.SITE:
            return [Subject(kind, site_id, site_id)]
        case Kind.SENDER:
            return [Subject(kind, who, site_id)]
        case Kind.READER:
            return [Subject(kind, who), Subject(kind, who, site_id)]


def _rows(counted: Counted) -> Mapping[date, list[dict[str, Any]]]:
    rows: defaultdict[date, list[dict[str, Any]]] = defaultdict(list)
    for (part, subject, day), tally in counted.items():
        counts, seconds = tally.packed(part)
        rows[day].append(
            {
                "kind": subject.kind,
                "subject_id": subject.subject_id,
                "site_id": subject.site_id,
                "part": part,
                "day": day,
                "counts": counts,
                "seconds": seconds,
            }
        )
    return rows


async def _replace(repository: StatsRepository, seen: SeenChanges, rows: Sequence[dict[str, Any]]) -> None:
    for change, part in ((Change.UPLOADS, Part.UPLOADS), (Change.REPORTS, Part.REPORTS)):
        if change in seen.changes:
            await repository.forget(seen.day, OF_SENDERS, [part])
    await repository.forget(seen.day, [Kind.READER], list(Part))
    await repository.add(rows)
