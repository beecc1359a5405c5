"""Looks up what the metrics say of reports that are not ready."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.settings import Settings
from relaypacs.features.reports.metrics import CRITICAL, CRITICAL_OLDEST, LATEST, OPEN, OVERDUE, TARGET, TO_STORE
from relaypacs.features.reports.service.assign import turnaround
from relaypacs.features.reports.waiting_rows import WaitingRepository


async def observe_reports(session: AsyncSession, settings: Settings, at: datetime) -> None:
    repository = WaitingRepository(session)
    for level, unread in (await repository.unread(at)).items():
        overdue = (at - unread.first_due).total_seconds() if unread.first_due else 0
        OPEN.labels(level.value).set(unread.waiting)
        OVERDUE.labels(level.value).set(unread.overdue)
        LATEST.labels(level.value).set(max(0, overdue))
        TARGET.labels(level.value).set(turnaround(settings, level).total_seconds())
    critical = await repository.critical()
    CRITICAL.set(critical.waiting)
    CRITICAL_OLDEST.set(critical.age(at))
    TO_STORE.set(await repository.to_store())
