"""Finds the reports that somebody may see and asks for, in one of two orders, without a look at all the others.

However many reports there are, and however many of them nobody ever reads here, a page must cost the same:

- What is to be read lies in an index in the order in which it should be: the most urgent first, then what is due
  first.
- Where it is narrowed by status or modality, each combination of the facets has its reports in that order in another
  index. What comes first of every combination is looked up and merged, one level of urgency after the other.
- What has been read, and what senders see, comes newest first, by status or by combinations of all facets. Those of a
  report are repeated with each of its senders.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from uuid import UUID

from sqlalchemy import ColumnElement, Select, TextClause, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.reports.models import IS_OPEN, OPEN, Report, ReportSender, ReportStatus
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel

Conditions = Sequence[ColumnElement[bool] | TextClause]


@dataclass(frozen=True, slots=True)
class Extent:
    """Whose reports: those that somebody reads, or waits for, those of a site, or all."""

    reader_id: UUID | None = None
    sender_id: UUID | None = None
    site_id: UUID | None = None

    def conditions(self) -> Conditions:
        reader = [Report.radiologist_id == self.reader_id] if self.reader_id else []
        return [*reader, Report.site_id == self.site_id] if self.site_id else reader


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page has ended. Of what comes newest first only the id counts."""

    id: UUID
    urgency: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shall hold: one of each kind that is named, any where none is, behind the place."""

    extent: Extent
    limit: int
    statuses: frozenset[ReportStatus] = frozenset()
    levels: frozenset[ServiceLevel] = frozenset()
    modalities: frozenset[ModalityGroup] = frozenset()
    after: Place | None = None

    @property
    def is_whole_queue(self) -> bool:
        return self.statuses == frozenset(OPEN) and not self.modalities

    @property
    def urgencies(self) -> list[int]:
        return sorted(level.priority for level in self.levels or ServiceLevel)

    def facets(self) -> Conditions:
        """Return what a report has to meet, whichever way led to it."""
        named = (
            (Report.status, self.statuses),
            (Report.urgency, [level.priority for level in self.levels]),
            (Report.modality_group, self.modalities),
        )
        return [*self.extent.conditions(), *(column.in_(sorted(some)) for column, some in named if some)]

    def combinations(
        self, urgencies: Iterable[int], of: type[Report] | type[ReportSender] = Report
    ) -> list[Conditions]:
        """Return the conditions of each combination of facets."""
        statuses, groups = sorted(self.statuses or ReportStatus), sorted(self.modalities or ModalityGroup)
        return [
            [of.status == status, of.urgency == urgency, of.modality_group == group]
            for status, urgency, group in product(statuses, urgencies, groups)
        ]

    def parts_by_age(self, of: type[Report] | type[ReportSender]) -> Sequence[Conditions]:
        """Return the conditions of the fewest parts that each lie in an index with the newest at its end."""
        if self.levels or self.modalities:
            return self.combinations(self.urgencies, of)
        return [[of.status == status] for status in sorted(self.statuses or ReportStatus)]


class ReportListRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_urgency(self, asked: Asked) -> Sequence[Report]:
        """Return the most urgent first, of those what is due first."""
        if asked.extent.reader_id:
            return await self._in_order(await self._first(asked, [asked.facets()], asked.limit))
        if asked.is_whole_queue and not asked.levels:
            return await self._in_order(await self._first(asked, [[IS_OPEN]], asked.limit))
        found: list[UUID] = []
        for urgency in asked.urgencies:
            if asked.after and urgency < asked.after.urgency:
                continue
            of_queue: Sequence[Conditions] = [[IS_OPEN, Report.urgency == urgency]]
            parts = of_queue if asked.is_whole_queue else asked.combinations([urgency])
            found += await self._first(asked, parts, asked.limit - len(found))
            if len(found) == asked.limit:
                break
        return await self._in_order(found)

    async def _first(self, asked: Asked, parts: Sequence[Conditions], limit: int) -> Sequence[UUID]:
        """Return what is to be read first of all parts together."""
        order = (Report.urgency, Report.due_at, Report.id)
        bounds = [*asked.extent.conditions()]
        if (place := asked.after) and place.due_at:
            values = zip((place.urgency, place.due_at, place.id), order, strict=True)
            bounds.append(tuple_(*order) > tuple_(*(literal(value, column.type) for value, column in values)))
        firsts = [select(*order).where(*part, *bounds).order_by(*order).limit(limit).subquery() for part in parts]
        together = union_all(*(select(first) for first in firsts)).subquery()
        query = select(together.c.id).order_by(together.c.urgency, together.c.due_at, together.c.id).limit(limit)
        return (await self._session.scalars(query)).all()

    async def newest(self, asked: Asked) -> Sequence[Report]:
        """Return the newest first."""
        query = self._newest_of_sender(asked) if asked.extent.sender_id else self._newest(asked)
        return await self._in_order((await self._session.scalars(query)).all())

    @staticmethod
    def _newest_of_sender(asked: Asked) -> Select[UUID]:
        """Whoever has sent several parts of a study stands there as often, but sees it once."""
        sent = ReportSender.report_id
        bounds = [ReportSender.user_id == asked.extent.sender_id, *([sent < asked.after.id] if asked.after else [])]
        is_narrowed = asked.statuses or asked.levels or asked.modalities
        parts = asked.parts_by_age(ReportSender) if is_narrowed else [[]]
        queries = [select(sent.label("id")).where(*part, *bounds).distinct().order_by(sent.desc()) for part in parts]
        if in_site := asked.extent.conditions():
            queries = [query.join(Report, Report.id == sent).where(*in_site) for query in queries]
        return _first_of_all(queries, asked.limit)

    @staticmethod
    def _newest(asked: Asked) -> Select[UUID]:
        bounds = [*asked.extent.conditions(), *([Report.id < asked.after.id] if asked.after else [])]
        parts = asked.parts_by_age(Report)
        queries = [select(Report.id).where(*part, *bounds).order_by(Report.id.desc()) for part in parts]
        return _first_of_all(queries, asked.limit)

    async def _in_order(self, ids: Sequence[UUID]) -> Sequence[Report]:
        rows = await self._session.scalars(select(Report).where(Report.id.in_(ids)))
        reports = {report.id: report for report in rows}
        return [reports[report_id] for report_id in ids]


def _first_of_all(queries: Iterable[Select[UUID]], limit: int) -> Select[UUID]:
    """Return the newest that any of the queries finds."""
    together = union_all(*(select(query.limit(limit).subquery()) for query in queries)).subquery()
    return select(together.c.id).order_by(together.c.id.desc()).limit(limit)
