"""How much waits to be read. Counted only so far: where nobody reads in the gateway, every report waits for ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.reports.models import IS_OPEN, Report

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

    async def unread(self, urgency: int, at: datetime) -> Unread:
        """Count to COUNTED_TO, from the index of what is open alone."""
        which = select(Report.due_at).where(IS_OPEN, Report.urgency == urgency).limit(COUNTED_TO)
        waiting = await self._session.scalar(select(func.count()).select_from(which.subquery()))
        late = which.where(Report.due_at < at)
        overdue = await self._session.scalar(select(func.count()).select_from(late.subquery()))
        first = await self._session.scalar(which.order_by(Report.due_at).limit(1))
        return Unread(waiting or 0, overdue or 0, first)

    async def critical(self) -> Queue:
        """Count critical results that nobody has acknowledged, since they were signed."""
        query = select(func.count(), func.min(Report.critical_since)).where(Report.critical_since.is_not(None))
        count, oldest = (await self._session.execute(query)).one()
        return Queue(count, oldest)

    async def to_store(self) -> int:
        """Count the reports of which something signed is to be put on its way."""
        return await self._session.scalar(select(func.count()).where(Report.plan_at.is_not(None))) or 0
