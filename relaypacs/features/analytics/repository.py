"""Days that are counted, and changes of days since."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.analytics.models import NOBODY, Change, DayChange, DayTally, Kind, Part
from relaypacs.features.analytics.subjects import Span, Subject
from relaypacs.features.analytics.tally import Tally

ROWS_AT_ONCE = 1000
NUMBERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SeenChanges:
    """What has changed of one day, and the numbers of the rows that say so."""

    day: date
    changes: frozenset[Change]
    numbers: Sequence[int]


class StatsRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def changed_days(self, changes: Collection[Change], last_day: date) -> set[date]:
        """Return the days up to this one of which something has changed since they were counted."""
        query = select(DayChange.day).where(DayChange.change.in_(changes), DayChange.day <= last_day)
        return set(await self._session.scalars(query.distinct()))

    async def first_day(self, subject: Subject) -> date | None:
        """Return the first day that is counted of somebody."""
        firsts = [
            await self._session.scalar(select(func.min(DayTally.day)).where(*_of(subject), DayTally.part == part))
            for part in Part
        ]
        return min((day for day in firsts if day), default=None)

    async def tallies(
        self, subject: Subject, part: Part, span: Span, *, with_seconds: bool
    ) -> Sequence[tuple[date, Tally]]:
        """Return what is counted of somebody by day; several of one day are of a sender at several sites."""
        seconds = DayTally.seconds if with_seconds else literal(None)
        query = select(DayTally.day, DayTally.counts, seconds).where(
            *_of(subject), DayTally.part == part, DayTally.day >= span.first_day, DayTally.day <= span.last_day
        )
        if subject.kind is not Kind.SENDER or subject.site_id != NOBODY:
            query = query.where(DayTally.site_id == subject.site_id)
        rows = await self._session.execute(query)
        return [(day, Tally.unpacked(part, counts, packed)) for day, counts, packed in rows]

    # -- counting days anew --------------------------------------------------------------------------------

    async def first_changed_day(self, after: date, before: date) -> date | None:
        """Return the first day between these two, without them, of which something has changed."""
        query = select(func.min(DayChange.day)).where(DayChange.day > after, DayChange.day < before)
        return await self._session.scalar(query)

    async def changes(self, first_day: date, last_day: date) -> Sequence[SeenChanges]:
        query = select(DayChange.day, DayChange.change, DayChange.id)
        rows = await self._session.execute(query.where(DayChange.day >= first_day, DayChange.day <= last_day))
        seen: dict[date, list[tuple[str, int]]] = {}
        for day, change, number in rows:
            seen.setdefault(day, []).append((change, number))
        return [
            SeenChanges(day, frozenset(Change(change) for change, _ in rows), [number for _, number in rows])
            for day, rows in sorted(seen.items())
        ]

    async def take_changes(self, numbers: Sequence[int]) -> bool:
        """Remove rows that were seen. Removes none and returns False when one is gone."""
        held = 0
        for some in _batches(numbers, NUMBERS_AT_ONCE):
            query = select(DayChange.id).where(DayChange.id.in_(some)).order_by(DayChange.id).with_for_update()
            held += len((await self._session.scalars(query)).all())
        if held < len(numbers):
            return False
        for some in _batches(numbers, NUMBERS_AT_ONCE):
            await self._session.execute(delete(DayChange).where(DayChange.id.in_(some)))
        return True

    async def forget(self, day: date, kinds: Collection[Kind], parts: Collection[Part]) -> None:
        await self._session.execute(
            delete(DayTally).where(DayTally.day == day, DayTally.kind.in_(kinds), DayTally.part.in_(parts))
        )

    async def add(self, rows: Iterable[dict[str, Any]]) -> None:
        for some in _batches(rows, ROWS_AT_ONCE):
            await self._session.execute(insert(DayTally), some)

    async def thin_out(self, from_day: date) -> None:
        """Keep one change of each kind of the days from this one on, which are not counted before they are over."""
        newest = (
            select(func.max(DayChange.id)).where(DayChange.day >= from_day).group_by(DayChange.day, DayChange.change)
        )
        await self._session.execute(delete(DayChange).where(DayChange.day >= from_day, DayChange.id.not_in(newest)))


def _of(subject: Subject) -> list[Any]:
    return [DayTally.kind == subject.kind, DayTally.subject_id == subject.subject_id]


def _batches(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
