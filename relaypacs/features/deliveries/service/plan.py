"""Puts an upload's instances on their way to every destination."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task, Wakeups
from relaypacs.core.database import after_commit
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.studies.models import Instance


async def plan_deliveries(
    session: AsyncSession, wakeups: Wakeups, *, upload_id: UUID, priority: int, instances: Sequence[Instance]
) -> None:
    """Make a delivery for each enabled destination in the caller's transaction; workers wake after it."""
    repository = DeliveryRepository(session)
    for destination in await repository.enabled_destinations():
        delivery = Delivery(upload_id=upload_id, destination_id=destination.id, priority=priority)
        await repository.add(delivery)
        await repository.add(
            *(DeliveryInstance(delivery_id=delivery.id, instance_id=instance.id) for instance in instances)
        )
        after_commit(session, partial(wakeups.wake, Task.DELIVER, destination.id))
