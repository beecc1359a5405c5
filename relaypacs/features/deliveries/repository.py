"""Queries for destinations, deliveries and receipts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.leases import PROCESS, lease_deadline
from relaypacs.features.deliveries.models import (
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    Outcome,
    Receipt,
)
from relaypacs.features.studies.models import Instance


class DeliveryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: Destination | Delivery | DeliveryInstance | Receipt) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def any_destination(self) -> bool:
        return await self._session.scalar(select(Destination.id).limit(1)) is not None

    async def enabled_destinations(self) -> Sequence[Destination]:
        query = select(Destination).where(Destination.enabled, Destination.removed_at.is_(None))
        query = query.order_by(Destination.created_at)
        return (await self._session.scalars(query)).all()

    async def destinations_due(self, at: datetime) -> Sequence[UUID]:
        """Return the destinations that have a delivery to be taken up now."""
        query = select(Delivery.destination_id).where(*_due(at)).distinct()
        return (await self._session.scalars(query)).all()

    async def claim_next(self, destination_id: UUID) -> Delivery | None:
        """Take the most urgent due delivery, unless the destination is busy with as many as it bears."""
        destination = await self._session.get(Destination, destination_id, with_for_update=True)
        if destination is None or not destination.enabled:
            return None
        at = now()
        running = await self._session.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(Delivery.destination_id == destination_id, Delivery.lease_until > at)
        )
        if (running or 0) >= destination.concurrency:
            return None
        delivery = await self._session.scalar(
            select(Delivery)
            .where(Delivery.destination_id == destination_id, *_due(at))
            .order_by(Delivery.priority, Delivery.created_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if delivery:
            delivery.take()
        return delivery

    async def renew_lease(self, delivery_id: UUID) -> None:
        await self._session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.lease_owner == PROCESS)
            .values(lease_until=lease_deadline())
        )

    async def release_leases(self, owner: str | None = None) -> None:
        """Free the deliveries that `owner` holds; all of them without one."""
        query = update(Delivery).where(Delivery.lease_owner.is_not(None))
        if owner:
            query = query.where(Delivery.lease_owner == owner)
        await self._session.execute(query.values(lease_owner=None, lease_until=None))

    async def destination(self, destination_id: UUID) -> Destination | None:
        return await self._session.get(Destination, destination_id)

    async def delivery(self, delivery_id: UUID) -> Delivery | None:
        return await self._session.get(Delivery, delivery_id)

    async def instances_with_outcome(self, delivery_id: UUID) -> Sequence[tuple[Instance, Outcome]]:
        """Return the delivery's instances in the order they were received in."""
        rows = await self._session.execute(
            select(Instance, DeliveryInstance.outcome)
            .join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
            .where(DeliveryInstance.delivery_id == delivery_id)
            .order_by(Instance.id)
        )
        return [(instance, outcome) for instance, outcome in rows]

    async def mark(self, delivery_id: UUID, outcomes: Mapping[UUID, tuple[Outcome, str]]) -> None:
        """Write down what became of instances (by instance id), with the reason where there is one."""
        at = now()
        await self._session.execute(
            update(DeliveryInstance),
            [
                {
                    "delivery_id": delivery_id,
                    "instance_id": instance_id,
                    "outcome": outcome,
                    "reason": reason[:500],
                    "changed_at": at,
                }
                for instance_id, (outcome, reason) in outcomes.items()
            ],
        )

    async def deliveries_of(self, upload_ids: Collection[UUID]) -> Sequence[tuple[Delivery, Destination]]:
        rows = await self._session.execute(
            select(Delivery, Destination)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(Delivery.upload_id.in_(upload_ids))
            .order_by(Delivery.created_at, Delivery.id)
        )
        return [(delivery, destination) for delivery, destination in rows]

    async def outcome_counts(self, delivery_ids: Collection[UUID]) -> dict[UUID, dict[Outcome, int]]:
        """Return how many instances of each delivery have come how far."""
        rows = await self._session.execute(
            select(DeliveryInstance.delivery_id, DeliveryInstance.outcome, func.count())
            .where(DeliveryInstance.delivery_id.in_(delivery_ids))
            .group_by(DeliveryInstance.delivery_id, DeliveryInstance.outcome)
        )
        counts: dict[UUID, dict[Outcome, int]] = {}
        for delivery_id, outcome, count in rows:
            counts.setdefault(delivery_id, {})[outcome] = count
        return counts

    async def outcomes_of_instances(self, instance_ids: Collection[UUID]) -> dict[UUID, list[DeliveryInstance]]:
        """Return each instance's rows, one for every destination it goes to."""
        rows = await self._session.scalars(
            select(DeliveryInstance).where(DeliveryInstance.instance_id.in_(instance_ids))
        )
        found: dict[UUID, list[DeliveryInstance]] = {}
        for row in rows:
            found.setdefault(row.instance_id, []).append(row)
        return found

    async def receipt_of(self, upload_id: UUID) -> Receipt | None:
        """Return the latest revision."""
        query = select(Receipt).where(Receipt.upload_id == upload_id).order_by(Receipt.revision.desc()).limit(1)
        return await self._session.scalar(query)

    async def receipt_ids(self, upload_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return what each upload's receipt is called: all its revisions go by the identifier of the first."""
        rows = await self._session.execute(
            select(Receipt.upload_id, Receipt.id).where(Receipt.upload_id.in_(upload_ids), Receipt.revision == 1)
        )
        return {row.upload_id: row.id for row in rows}


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.state == DeliveryState.WAITING,
        Delivery.next_attempt_at <= at,
        or_(Delivery.lease_until.is_(None), Delivery.lease_until <= at),
    )
