"""The times that numbers are of, and what they are drawn by."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from relaypacs.features.analytics.schemas import Grain, Period
from relaypacs.features.analytics.subjects import DAY, Span, midnight

GRAIN_OF = {
    Period.ONE_WEEK: Grain.DAY,
    Period.TWO_WEEKS: Grain.DAY,
    Period.ONE_MONTH: Grain.DAY,
    Period.THREE_MONTHS: Grain.WEEK,
    Period.SIX_MONTHS: Grain.WEEK,
    Period.ALL: Grain.MONTH,
}


def span_of(period: Period, at: datetime) -> Span | None:
    """Return the period's days, the last of which is that of `at` as far as it has come; None for all of them."""
    if period.days is None:
        return None
    return Span(midnight(at.date() - timedelta(days=period.days - 1)), at)


def before(period: Period, span: Span) -> Span | None:
    """Return as many days before, cut short at the same time of day: a morning is compared with a morning."""
    return None if period.days is None else span.earlier(timedelta(days=period.days))


def points(span: Span, grain: Grain) -> Iterator[tuple[date, date]]:
    """Return the first and the last day of each point of a curve, the oldest first, without holes."""
    first = span.first_day
    while first <= span.last_day:
        last = min(_last_day(first, grain), span.last_day)
        yield first, last
        first = last + DAY


def _last_day(first: date, grain: Grain) -> date:
    match grain:
        case Grain.DAY:
            return first
        case Grain.WEEK:
            return first + timedelta(days=6)
        case Grain.MONTH:
            return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY
