"""Who has to know when a delivery has come further, or will not."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.database import after_commit
from relaypacs.features.deliveries.models import Delivery, DeliveryState
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify_administrators
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.infrastructure import Infrastructure

REFUSED = "A destination refuses a report: its delivery needs attention."
CONTRADICTED = "A destination does not hold what it had verified of a report: its delivery needs attention."


def settle_after(session: AsyncSession, infrastructure: Infrastructure, delivery: Delivery) -> None:
    """Have the upload look, after the commit, how far its deliveries are. For that of a report nobody waits."""
    if delivery.upload_id:
        after_commit(session, partial(infrastructure.wakeups.wake, Task.SETTLE_UPLOAD, delivery.upload_id))


async def tell_of_report(
    session: AsyncSession, infrastructure: Infrastructure, delivery: Delivery, message: str
) -> None:
    """Tell the administrators of a report's delivery that needs attention. Of that of an upload, the upload tells."""
    if delivery.report_version_id is None or delivery.state is not DeliveryState.ATTENTION:
        return
    reports = await ReportRepository(session).reports_of([delivery.report_version_id])
    await notify_administrators(
        session,
        infrastructure,
        kind=NotificationType.DELIVERY_ALERT,
        message=message,
        related_id=reports[delivery.report_version_id],
    )
