"""Queries for deliveries under way, and for receipts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import now
from relaypacs.core.leases import PROCESS, LeaseDeadline, is_free, is_taken
from relaypacs.features.deliveries.judgement import NOT_COMPARABLE
from relaypacs.features.deliveries.models import (
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    Outcome,
    Receipt,
)
from relaypacs.features.studies.models import Instance


class Mark(NamedTuple):
    """What became of one instance; a reason of None leaves what was said before."""

    outcome: Outcome
    reason: str | None = None
    cause: Cause | None = None


class DeliveryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: Delivery | DeliveryInstance | Receipt) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def destinations_due(self, at: datetime) -> Sequence[UUID]:
        """Return the destinations that have a delivery to be taken up now, and may be tried."""
        query = (
            select(Delivery.destination_id)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(*_due(at), *_may_be_tried(at))
            .distinct()
        )
        return (await self._session.scalars(query)).all()

    async def claim_next(self, destination_id: UUID) -> Delivery | None:
        """Take the most urgent due delivery, unless the destination is busy with as many as it bears.

        One that has failed last time is tried with one delivery at a time, and with each in its turn: the most urgent
        one may be what makes it fail.
        """
        destination = await self._session.get(Destination, destination_id, with_for_update=True)
        at = now()
        if destination is None or not destination.enabled or (destination.retry_at and destination.retry_at > at):
            return None
        running = len(await self._running(destination_id))
        if running >= (1 if destination.failures else destination.concurrency):
            return None
        order = (Delivery.priority, Delivery.created_at, Delivery.id)
        delivery = await self._session.scalar(
            select(Delivery)
            .where(Delivery.destination_id == destination_id, *_due(at))
            .order_by(*((Delivery.attempts, *order) if destination.failures else order))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if delivery:
            delivery.take()
        return delivery

    async def must_give_way(self, delivery_id: UUID) -> bool:
        """Say whether a delivery under way has to stop: a person stopped it, or a more urgent one needs its place.

        Of several that run, as many give way as more urgent ones wait, the least urgent first.
        """
        delivery = await self._session.get(Delivery, delivery_id)
        if delivery is None or delivery.state is not DeliveryState.WAITING:
            return True
        destination = await self._session.get(Destination, delivery.destination_id)
        if destination is None or not destination.enabled:
            return True
        at = now()
        running = await self._running(delivery.destination_id)
        more_urgent = await self._session.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(
                Delivery.destination_id == delivery.destination_id,
                Delivery.priority < delivery.priority,
                *_due(at),
            )
        )
        free = max(0, destination.concurrency - len(running))
        giving_way = max(0, (more_urgent or 0) - free)
        return delivery_id in [row.id for row in running[:giving_way]]

    async def _running(self, destination_id: UUID) -> Sequence[Delivery]:
        """Return what is under way there, the least urgent first. What is read back does not count."""
        query = (
            select(Delivery)
            .where(
                Delivery.destination_id == destination_id,
                is_taken(Delivery),
                Delivery.state.not_in((DeliveryState.VERIFIED, DeliveryState.ATTENTION)),
            )
            .order_by(Delivery.priority.desc(), Delivery.created_at.desc(), Delivery.id.desc())
        )
        return (await self._session.scalars(query)).all()

    async def renew_lease(self, delivery_id: UUID) -> bool:
        """Return whether the claim was still there."""
        renewed = await self._session.scalar(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.lease_owner == PROCESS)
            .values(lease_until=LeaseDeadline())
            .returning(Delivery.id)
        )
        return renewed is not None

    async def release_leases(self) -> None:
        """Free what dead processes held: for one that knows that it is the only one."""
        query = update(Delivery).where(Delivery.lease_owner.is_not(None))
        await self._session.execute(query.values(lease_owner=None, lease_until=None))

    async def lock_delivery(self, delivery_id: UUID) -> Delivery | None:
        return await self._session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)

    async def need_attention(self, before: datetime, limit: int) -> Sequence[tuple[Delivery, Destination]]:
        """Return what needs attention at destinations that work, was not looked at since, the longest ago first."""
        query = (
            select(Delivery, Destination)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(
                Delivery.state == DeliveryState.ATTENTION,
                Delivery.next_attempt_at < before,
                Destination.enabled,
                Destination.failures == 0,
            )
            .order_by(Delivery.next_attempt_at)
            .limit(limit)
        )
        return [(delivery, destination) for delivery, destination in await self._session.execute(query)]

    async def looked_at(self, delivery_id: UUID) -> None:
        await self._session.execute(update(Delivery).where(Delivery.id == delivery_id).values(next_attempt_at=now()))

    async def delivery(self, delivery_id: UUID) -> Delivery | None:
        return await self._session.get(Delivery, delivery_id)

    async def delivery_to(self, upload_id: UUID, destination_id: UUID) -> Delivery | None:
        query = select(Delivery).where(Delivery.upload_id == upload_id, Delivery.destination_id == destination_id)
        return await self._session.scalar(query)

    async def planned_instances(self, upload_id: UUID) -> set[UUID]:
        """Return the instances of an upload's deliveries."""
        query = (
            select(DeliveryInstance.instance_id)
            .join(Delivery, Delivery.id == DeliveryInstance.delivery_id)
            .where(Delivery.upload_id == upload_id)
        )
        return set(await self._session.scalars(query))

    async def outcomes_by_instance(self, delivery_id: UUID) -> dict[UUID, Outcome]:
        rows = await self._session.execute(
            select(DeliveryInstance.instance_id, DeliveryInstance.outcome).where(
                DeliveryInstance.delivery_id == delivery_id
            )
        )
        return {row.instance_id: row.outcome for row in rows}

    async def drop_unsent(self, delivery_id: UUID, *, keep: Collection[UUID]) -> None:
        """Forget instances that were planned, have not been sent, and are no longer wanted."""
        outcomes = await self.outcomes_by_instance(delivery_id)
        for instance_id, outcome in outcomes.items():
            if outcome is Outcome.WAITING and instance_id not in keep:
                await self._session.execute(
                    delete(DeliveryInstance).where(
                        DeliveryInstance.delivery_id == delivery_id, DeliveryInstance.instance_id == instance_id
                    )
                )

    async def instances_with_outcome(self, delivery_id: UUID) -> Sequence[tuple[Instance, Outcome]]:
        """Return the delivery's instances in the order they were received in."""
        rows = await self._session.execute(
            select(Instance, DeliveryInstance.outcome)
            .join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
            .where(DeliveryInstance.delivery_id == delivery_id)
            .order_by(Instance.id)
        )
        return [(instance, outcome) for instance, outcome in rows]

    async def mark(self, delivery_id: UUID, marks: Mapping[UUID, Mark]) -> None:
        """Write down what became of instances (by instance id)."""
        always = {"delivery_id": delivery_id, "changed_at": now()}
        for keeps_reason in (True, False):
            rows = [
                {**always, "instance_id": instance_id, "outcome": mark.outcome, "cause": mark.cause}
                | ({} if mark.reason is None else {"reason": mark.reason[:500]})
                for instance_id, mark in marks.items()
                if (mark.reason is None) is keeps_reason
            ]
            if rows:
                await self._session.execute(update(DeliveryInstance), rows)

    async def coercions(self, upload_id: UUID) -> Sequence[tuple[str, str, int]]:
        """Return what destinations have said of instances that they have: the destination, its words, how often."""
        query = (
            select(Destination.name, DeliveryInstance.reason, func.count())
            .join(Delivery, Delivery.id == DeliveryInstance.delivery_id)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(
                Delivery.upload_id == upload_id,
                DeliveryInstance.outcome.in_((Outcome.LISTED, Outcome.READ_BACK)),
                DeliveryInstance.reason != "",
                DeliveryInstance.reason.not_in(NOT_COMPARABLE),
            )
            .group_by(Destination.name, DeliveryInstance.reason)
            .order_by(Destination.name, DeliveryInstance.reason)
        )
        return [(name, reason, count) for name, reason, count in await self._session.execute(query)]

    async def main_cause(self, delivery_id: UUID) -> Cause | None:
        """Return why most of the refused instances of a delivery were."""
        query = (
            select(DeliveryInstance.cause)
            .where(DeliveryInstance.delivery_id == delivery_id, DeliveryInstance.outcome == Outcome.REFUSED)
            .group_by(DeliveryInstance.cause)
            .order_by(func.count().desc(), DeliveryInstance.cause)
            .limit(1)
        )
        return await self._session.scalar(query)

    async def give_another_chance(self, delivery_id: UUID) -> None:
        """Have the refused instances of a delivery sent once more."""
        await self._session.execute(
            update(DeliveryInstance)
            .where(DeliveryInstance.delivery_id == delivery_id, DeliveryInstance.outcome == Outcome.REFUSED)
            .values(outcome=Outcome.WAITING, changed_at=now())
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


def _may_be_tried(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Destination.enabled.is_(True), or_(Destination.retry_at.is_(None), Destination.retry_at <= at)


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.state == DeliveryState.WAITING,
        Delivery.next_attempt_at <= at,
        is_free(Delivery),
    )
