"""How a destination is doing, learnt from the conversations with it, and who is told when it does badly.

A destination that fails is left alone for a while, longer each time, and then tried with one delivery (a circuit
breaker): fifty studies that wait for it do not knock fifty times.
"""

import random
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.deliveries.schemas import Health
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify_administrators
from relaypacs.infrastructure import Infrastructure

MAX_BACKOFF_SECONDS = 30.0
ALERT_AFTER = timedelta(minutes=15)
log = structlog.get_logger(__name__)


def health_of(destination: Destination) -> Health:
    """Say how a destination is doing, as the last conversations with it have shown."""
    if not destination.enabled:
        return Health.DISABLED
    if destination.failures:
        return Health.FAILING
    return Health.UP if destination.last_success_at else Health.UNKNOWN


def backoff(failures: int) -> float:
    """Return the seconds to wait after this many failures: doubling from 1 to 30, with jitter of a quarter."""
    pause = min(MAX_BACKOFF_SECONDS, 2.0 ** min(failures, 10))
    return pause * random.uniform(0.75, 1.0)  # noqa: S311 - spreads retries, guards nothing


async def note_failure(infrastructure: Infrastructure, destination_id: UUID, fault: PacsUnavailable) -> None:
    """The destination could not be reached, or did not answer: leave it alone for a while."""
    async with infrastructure.database.write() as session:
        destination = await DestinationRepository(session).lock_destination(destination_id)
        if destination is None:
            return
        destination.retry_at = now() + timedelta(seconds=backoff(destination.failures))
        destination.failures += 1
        destination.failing_since = destination.failing_since or now()
        destination.last_error, destination.last_cause = str(fault)[:500], fault.cause


async def note_success(infrastructure: Infrastructure, destination_id: UUID) -> None:
    """The destination answered: what waits for it goes on at once."""
    async with infrastructure.database.write() as session:
        repository = DestinationRepository(session)
        destination = await repository.lock_destination(destination_id)
        if destination is None:
            return
        destination.last_success_at = now()
        if destination.failures:
            destination.failures, destination.retry_at, destination.failing_since = 0, None, None
            await repository.try_now(destination_id)
            after_commit(session, partial(infrastructure.wakeups.wake, Task.DELIVER, destination_id))


async def raise_alerts(infrastructure: Infrastructure) -> None:
    """Tell the administrators of destinations that have taken nothing for a quarter of an hour, and when it is over."""

    async def tell(session: AsyncSession, destination: Destination, message: str) -> None:
        log.warning("destination_alert", destination_id=str(destination.id), failing=bool(destination.alerted_at))
        kind = NotificationType.DELIVERY_ALERT
        await notify_administrators(session, infrastructure, kind=kind, message=message, related_id=destination.id)

    async with infrastructure.database.write() as session:
        repository = DestinationRepository(session)
        failing = {destination.id: destination for destination in await repository.failing_since(now() - ALERT_AFTER)}
        for destination in failing.values():
            if destination.alerted_at is None and await repository.mark_alerted(destination.id, now()):
                message = f"The destination “{destination.name}” has been failing for a quarter of an hour."
                await tell(session, destination, message)
        for destination in await repository.alerted():
            if destination.id not in failing and await repository.mark_alerted(destination.id, None):
                await tell(session, destination, f"“{destination.name}” takes studies again.")
