"""Counts what somebody has sent or read in a time: days that are over from their tallies, all others from the rows.

What a day's tally says holds as long as no change of that day is noted. Tallies, changes and rows are read in one
snapshot, so the sum is what the rows alone would have given at that moment.
"""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.analytics.live_rows import LiveRows, Tallies
from relaypacs.features.analytics.models import Change, Kind, Part
from relaypacs.features.analytics.repository import StatsRepository
from relaypacs.features.analytics.subjects import DAY, Span, Subject, days_within, midnight, spans_of
from relaypacs.features.analytics.tally import Tally

ByDay = dict[date, Tally]
# By which changes a tally stops to hold. What is read by whom depends on all of them.
STALE_BY = {Part.UPLOADS: (Change.UPLOADS,), Part.REPORTS: (Change.REPORTS,)}


class Counting:
    """Counts of one subject, all at one moment: `session` is a snapshot."""

    def __init__(self, session: AsyncSession, subject: Subject, at: datetime) -> None:
        self._repository = StatsRepository(session)
        self._rows = LiveRows(session)
        self._subject = subject
        self._at = at
        self._today = at.date()

    async def everything(self) -> Span:
        """Return the time from the month on in which anything is known of the subject."""
        known = await self._repository.first_day(self._subject)
        changed = await self._repository.changed_days(tuple(Change), self._today)
        first = min({known or self._today, self._today, *changed})
        return Span(midnight(first.replace(day=1)), self._at)

    async def by_day(self, part: Part, span: Span, *, is_full: bool) -> ByDay:
        """Return what is to be counted of each day of a time; nothing of a day is no tally.

        Durations and failures are left out unless it is to be full.
        """
        live = await self._live_days(part, span)
        found: ByDay = defaultdict(Tally)
        for day, tally in await self._repository.tallies(self._subject, part, span, with_seconds=is_full):
            if day not in live:
                found[day].add(tally)
        if spans := spans_of(live, span):
            for (day, _, _), tally in (await self._count(part, spans, is_full=is_full)).items():
                found[day].add(tally)
        if part is Part.UPLOADS:
            for day, (received, saved) in (await self._rows.open_bytes(self._subject, span)).items():
                found[day].counts.update({"bytes": received, "saved": saved})
        return found

    async def _count(self, part: Part, spans: list[Span], *, is_full: bool) -> Tallies:
        if part is Part.UPLOADS:
            return await self._rows.uploads(self._subject, spans, is_full=is_full)
        return await self._rows.reports(self._subject, spans)

    async def _live_days(self, part: Part, span: Span) -> set[date]:
        """Return the days that no tally speaks for: today, what has changed, and a last one that is cut short."""
        live = {self._today, *(await self._changed(part))}
        if span.end < midnight(span.last_day) + DAY:
            live.add(span.last_day)
        return days_within(live, span)

    async def _changed(self, part: Part) -> set[date]:
        changes = tuple(Change) if self._subject.kind is Kind.READER else STALE_BY[part]
        return await self._repository.changed_days(changes, self._today)
