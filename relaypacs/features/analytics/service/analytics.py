"""Answers what is asked about numbers. An answer is kept for a minute, for those alone who may see the same."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from relaypacs.core.clock import now
from relaypacs.features.analytics.models import Part
from relaypacs.features.analytics.schemas import Answer, Figures, StatsQuery, Summary, Table, Trend, Turnaround
from relaypacs.features.analytics.service.asking import Asked, asked_by
from relaypacs.features.analytics.service.counting import Counting
from relaypacs.features.analytics.service.figures import figures, levels, point
from relaypacs.features.analytics.service.periods import GRAIN_OF, before, points, span_of
from relaypacs.features.analytics.service.tables import summary_table, trend_table, turnaround_table
from relaypacs.features.analytics.subjects import Span
from relaypacs.features.analytics.tally import Tally, total
from relaypacs.features.identity.service.caller import Caller
from relaypacs.infrastructure import Infrastructure

KEPT_SECONDS = 60
A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class _Moment:
    """All that one answer is made of: one snapshot, one time, and perhaps one before."""

    counting: Counting
    at: datetime
    span: Span
    before: Span | None


class Analytics:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database

    async def asked(self, caller: Caller, query: StatsQuery) -> Asked:
        """Raises RoleForbidden, StatsFilterNotFound."""
        return await asked_by(self._database, caller, query)

    async def summary(self, asked: Asked) -> Summary:
        return await self._kept(asked, Summary, self._count_summary)

    async def trend(self, asked: Asked) -> Trend:
        return await self._kept(asked, Trend, self._count_trend)

    async def turnaround(self, asked: Asked) -> Turnaround:
        return await self._kept(asked, Turnaround, self._count_turnaround)

    async def export(self, asked: Asked, table: Table) -> tuple[str, str]:
        """Return a file name, and what is in the file: the same numbers as in the answer."""
        match table:
            case Table.SUMMARY:
                lines = summary_table(await self.summary(asked))
            case Table.TREND:
                lines = trend_table(await self.trend(asked))
            case Table.TURNAROUND:
                lines = turnaround_table(await self.turnaround(asked))
        return f"relaypacs-stats-{table.value}-{asked.period.value}-{now():%Y%m%dT%H%M%SZ}.csv", "".join(lines)

    async def _kept(self, asked: Asked, kind: type[A], count: Callable[[Asked], Awaitable[A]]) -> A:
        key = asked.cache_key(kind.__name__.lower())
        if kept := await self._infrastructure.cache.get(key):
            return kind.model_validate_json(kept)
        answer = await count(asked)
        await self._infrastructure.cache.put(key, answer.model_dump_json().encode(), KEPT_SECONDS)
        return answer

    @asynccontextmanager
    async def _moment(self, asked: Asked) -> AsyncIterator[_Moment]:
        at = now()
        async with self._database.snapshot() as session:
            counting = Counting(session, asked.subject, at)
            span = span_of(asked.period, at) or await counting.everything()
            yield _Moment(counting, at, span, before(asked.period, span))

    async def _count_summary(self, asked: Asked) -> Summary:
        async def counted(span: Span) -> Figures:
            uploads = await moment.counting.by_day(Part.UPLOADS, span, is_full=True)
            reports = await moment.counting.by_day(Part.REPORTS, span, is_full=False)
            return figures(total(uploads.values()), total(reports.values()))

        async with self._moment(asked) as moment:
            return Summary(
                **_head(asked, moment),
                **_compared(moment),
                now=await counted(moment.span),
                before=await counted(moment.before) if moment.before else None,
            )

    async def _count_trend(self, asked: Asked) -> Trend:
        grain = GRAIN_OF[asked.period]
        async with self._moment(asked) as moment:
            uploads = await moment.counting.by_day(Part.UPLOADS, moment.span, is_full=False)
            reports = await moment.counting.by_day(Part.REPORTS, moment.span, is_full=False)
        return Trend(
            **_head(asked, moment),
            grain=grain,
            points=[point(first, last, uploads, reports) for first, last in points(moment.span, grain)],
        )

    async def _count_turnaround(self, asked: Asked) -> Turnaround:
        async def counted(span: Span) -> Tally:
            return total((await moment.counting.by_day(Part.REPORTS, span, is_full=True)).values())

        settings = self._infrastructure.settings
        async with self._moment(asked) as moment:
            return Turnaround(
                **_head(asked, moment),
                **_compared(moment),
                levels=levels(await counted(moment.span), settings),
                before=levels(await counted(moment.before), settings) if moment.before else None,
            )


def _head(asked: Asked, moment: _Moment) -> dict[str, object]:
    return {
        "period": asked.period,
        "start": moment.span.start,
        "end": moment.span.end,
        "scope": asked.scope,
        "generated_at": moment.at,
    }


def _compared(moment: _Moment) -> dict[str, datetime | None]:
    earlier = moment.before
    return {
        "before_start": earlier.start if earlier else None,
        "before_end": earlier.end if earlier else None,
    }
