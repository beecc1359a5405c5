"""How much waits to be read. Counted only so far: where nobody reads in the gateway, every report waits for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.reports.models import IS_OPEN, Report
from relaypacs.features.studies.models import ServiceLevel

COUNTED_TO = 10_000


@dataclass(frozen=True, slots=True)
class Unread:
    """Reports of one urgency that are not ready; `first_due` is when the first of them should be, or have been."""

    waiting: int
    overdue: int
    first_due: datetime | None


class WaitingRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unread(self, at: datetime) -> Mapping[ServiceLevel, Unread]:
        """Count to COUNTED_TO, from the index of what is open alone; all levels in one question."""
        columns = [column for level in ServiceLevel for column in _counts(level.priority, at)]
        values: Sequence[Any] = (await self._session.execute(select(*columns))).one()
        found = [Unread(*values[start : start + 3]) for start in range(0, len(columns), 3)]
        return dict(zip(ServiceLevel, found, strict=True))

    async def critical(self) -> Queue:
        """Count critical results that nobody has acknowledged, since they were signed."""
        query = select(func.count(), func.min(Report.critical_since)).where(Report.critical_since.is_not(None))
        count, oldest = (await self._session.execute(query)).one()
        return Queue(count, oldest)

    async def to_store(self) -> int:
        """Count the reports of which something signed is to be put on its way."""
        return await self._session.scalar(select(func.count()).where(Report.plan_at.is_not(None))) or 0


def _counts(urgency: int, at: datetime) -> tuple[ScalarSelect[int], ScalarSelect[int], ScalarSelect[datetime]]:
    """Return the members of `Unread`, in their order."""
    which = select(Report.due_at).where(IS_OPEN, Report.urgency == urgency)
    waiting, overdue = which.limit(COUNTED_TO), which.where(Report.due_at < at).limit(COUNTED_TO)
    return (
        select(func.count()).select_from(waiting.subquery()).scalar_subquery(),
        select(func.count()).select_from(overdue.subquery()).scalar_subquery(),
        which.order_by(Report.due_at).limit(1).scalar_subquery(),
    )
