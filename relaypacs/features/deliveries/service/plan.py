"""Puts an upload's instances on their way to the destinations whose rules take them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task, Wakeups
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import after_commit
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.models import (
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    EarlyDelivery,
)
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.routing import routed
from relaypacs.features.studies.models import Instance, ServiceLevel

URGENT = (ServiceLevel.STAT, ServiceLevel.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Shipment:
    """What an upload has to be delivered: each SOPInstanceUID once."""

    upload_id: UUID
    site_id: UUID
    service_level: ServiceLevel
    instances: Sequence[Instance]


class DeliveryPlan:
    """Makes and extends the deliveries of one upload in the caller's transaction; workers wake after it."""

    def __init__(self, session: AsyncSession, wakeups: Wakeups) -> None:
        self._session = session
        self._wakeups = wakeups
        self._repository = DeliveryRepository(session)
        self._destinations = DestinationRepository(session)

    async def any_early(self, service_level: ServiceLevel) -> bool:
        """Say whether some destination wants instances of such uploads before they are complete."""
        return bool(_early(await self._destinations.enabled_destinations(), service_level))

    async def begin(self, shipment: Shipment) -> None:
        """Send what is there; more may follow."""
        for destination in _early(await self._destinations.enabled_destinations(), shipment.service_level):
            await self._extend(destination, shipment, is_open=True)

    async def complete(self, shipment: Shipment) -> bool:
        """Send all of it, and let deliveries end. Returns False when no destination takes anything of it."""
        begun = {d.destination_id for d, _ in await self._repository.deliveries_of([shipment.upload_id])}
        planned = False
        for destination in await self._destinations.enabled_destinations():
            planned |= await self._extend(destination, shipment, is_open=False)
            begun.discard(destination.id)
        # What was begun at a destination that is disabled now waits there for it.
        for delivery, destination in await self._repository.deliveries_of([shipment.upload_id]):
            if delivery.destination_id in begun:
                planned |= await self._extend(destination, shipment, is_open=False)
        return planned

    async def pause(self, upload_id: UUID) -> None:
        """Stop what was begun early: its upload is held, or has come to nothing."""
        for delivery, _ in await self._repository.deliveries_of([upload_id]):
            if delivery.state is DeliveryState.WAITING:
                delivery.state = DeliveryState.PAUSED

    async def planned_instances(self, upload_id: UUID) -> set[UUID]:
        """Return the ids of the instances that are on their way already."""
        return await self._repository.planned_instances(upload_id)

    async def _extend(self, destination: Destination, shipment: Shipment, *, is_open: bool) -> bool:
        """Add what its delivery lacks. Returns whether the destination gets anything."""
        instances = routed(destination.rule, shipment.instances, shipment.service_level, shipment.site_id)
        delivery = await self._repository.delivery_to(shipment.upload_id, destination.id)
        if delivery is None and not instances:
            return False
        if delivery is None:
            delivery = Delivery(
                id=new_id(),
                upload_id=shipment.upload_id,
                destination_id=destination.id,
                priority=shipment.service_level.priority,
            )
            await self._repository.add(delivery)
        if delivery.state is DeliveryState.CANCELLED:
            return True
        planned = set(await self._repository.outcomes_by_instance(delivery.id))
        added = [instance for instance in instances if instance.id not in planned]
        await self._repository.add(
            *(DeliveryInstance(delivery_id=delivery.id, instance_id=instance.id) for instance in added)
        )
        if not is_open:
            await self._repository.drop_unsent(delivery.id, keep={instance.id for instance in instances})
        if added or not is_open or delivery.state is DeliveryState.PAUSED:
            delivery.state, delivery.next_attempt_at = DeliveryState.WAITING, now()
            after_commit(self._session, partial(self._wakeups.wake, Task.DELIVER, destination.id))
        delivery.is_open = is_open
        return True


def _early(destinations: Sequence[Destination], service_level: ServiceLevel) -> Sequence[Destination]:
    return [
        destination
        for destination in destinations
        if destination.early is EarlyDelivery.ALWAYS
        or (destination.early is EarlyDelivery.URGENT and service_level in URGENT)
    ]
