"""How much waits to be delivered. Costs what waits, not what has been delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Destination
from relaypacs.features.studies.models import ServiceLevel

LEVELS = tuple(ServiceLevel)
UNFINISHED = (DeliveryState.WAITING, DeliveryState.ATTENTION)


@dataclass(frozen=True, slots=True)
class DeliveryQueue:
    """Which deliveries wait together. Those that need attention wait for a person."""

    destination_id: UUID
    state: DeliveryState
    service_level: ServiceLevel


class DeliveryQueueRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def queues(self) -> Mapping[DeliveryQueue, Queue]:
        """Count what waits, since it was planned; without what waits for its sender: the upload still arrives."""
        every = select(Destination.id)  # leads into the index, which begins with the destination
        query = (
            select(
                Delivery.destination_id, Delivery.state, Delivery.priority, func.count(), func.min(Delivery.created_at)
            )
            .where(Delivery.destination_id.in_(every), Delivery.state.in_(UNFINISHED), ~Delivery.is_open)
            .group_by(Delivery.destination_id, Delivery.state, Delivery.priority)
        )
        return {
            DeliveryQueue(destination_id, state, LEVELS[priority]): Queue(count, oldest)
            for destination_id, state, priority, count, oldest in await self._session.execute(query)
        }
