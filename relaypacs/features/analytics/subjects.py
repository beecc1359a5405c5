"""Of whom something is counted, and in which time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from relaypacs.features.analytics.models import NOBODY, Kind

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose uploads and reports; `site_id` narrows those of a sender and of a reader."""

    kind: Kind
    subject_id: UUID = NOBODY
    site_id: UUID = NOBODY


@dataclass(frozen=True, slots=True)
class Span:
    """A time, from its start until before its end."""

    start: datetime
    end: datetime

    @property
    def first_day(self) -> date:
        return self.start.astimezone(UTC).date()

    @property
    def last_day(self) -> date:
        return (self.end.astimezone(UTC) - timedelta(microseconds=1)).date()

    def earlier(self, by: timedelta) -> "Span":
        return Span(self.start - by, self.end - by)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def spans_of(days: Collection[date], within: Span) -> list[Span]:
    """Return as few spans as make up these days, cut to what lies within."""
    spans: list[Span] = []
    for day in sorted(days):
        start, end = max(midnight(day), within.start), min(midnight(day) + DAY, within.end)
        if spans and spans[-1].end == start:
            start = spans.pop().start
        if start < end:
            spans.append(Span(start, end))
    return spans


def days_within(days: Iterable[date], within: Span) -> set[date]:
    return {day for day in days if within.first_day <= day <= within.last_day}
