"""Background work of deliveries."""

from collections.abc import Sequence
from uuid import UUID

from relaypacs.core.clock import now
from relaypacs.features.deliveries.proof_rows import ProofRepository
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.transfer import deliver_next
from relaypacs.infrastructure import Infrastructure


async def deliver(infrastructure: Infrastructure, destination_id: UUID) -> None:
    """Run deliveries to one destination, the most urgent first, until none is due."""
    while await deliver_next(infrastructure, destination_id):
        pass


async def due_destinations(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await DeliveryRepository(session).destinations_due(now())


async def destinations_to_read_back(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await ProofRepository(session).destinations_to_read_back(now())
