"""Queries for destinations, deliveries and receipts."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import now
from relaypacs.core.leases import PROCESS, lease_deadline
from relaypacs.features.deliveries.judgement import NOT_COMPARABLE
from relaypacs.features.deliveries.models import (
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    Outcome,
    Receipt,
)
from relaypacs.features.reports.models import ReportSender, ReportVersion
from relaypacs.features.studies.models import Instance


class Mark(NamedTuple):
    """What became of one instance; a reason of None leaves what was said before."""

    outcome: Outcome
    reason: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why instances of a delivery were refused or wait."""

    reason: str
    cause: Cause | None
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on its way to one destination."""

    states: Mapping[DeliveryState, int]  # how many are in each state that is not `verified`
    causes: Mapping[Cause, int]  # why how many fail, or need attention


EMPTY = Queue({}, {})
# Of these the last cause still holds.
STUCK = (DeliveryState.WAITING, DeliveryState.ATTENTION)
RETRIED = (*STUCK, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows. What is None does not matter."""

    state: DeliveryState | None = None
    destination_id: UUID | None = None
    upload_id: UUID | None = None
    report_id: UUID | None = None
    failing: bool | None = None  # its last attempt failed, or has not
    cause: Cause | None = None
    created_before: datetime | None = None
    about: UUID | None = None  # the delivery itself, its upload or its report

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.state:
            yield Delivery.state == self.state
        if self.destination_id:
            yield Delivery.destination_id == self.destination_id
        if self.upload_id:
            yield Delivery.upload_id == self.upload_id
        if self.report_id:
            versions = select(ReportVersion.id).where(ReportVersion.report_id == self.report_id)
            yield Delivery.report_version_id.in_(versions)
        if self.cause:
            yield Delivery.last_cause == self.cause
        if self.created_before:
            yield Delivery.created_at < self.created_before
        if self.about:
            versions = select(ReportVersion.id).where(ReportVersion.report_id == self.about)
            of_report = Delivery.report_version_id.in_(versions)
            yield or_(Delivery.id == self.about, Delivery.upload_id == self.about, of_report)
        if self.failing is not None:
            yield Delivery.failing_since.is_not(None) if self.failing else Delivery.failing_since.is_(None)


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

    async def every_destination(self) -> Sequence[Destination]:
        query = select(Destination).where(Destination.removed_at.is_(None)).order_by(Destination.id)
        return (await self._session.scalars(query)).all()

    async def destination_page(self, *, after: UUID | None, limit: int) -> Sequence[Destination]:
        query = select(Destination).where(Destination.removed_at.is_(None))
        if after:
            query = query.where(Destination.id > after)
        return (await self._session.scalars(query.order_by(Destination.id).limit(limit))).all()

    async def queues(self, destination_ids: Collection[UUID]) -> dict[UUID, Queue]:
        """Return what is on its way to each destination; nothing of those to which nothing is."""
        rows = await self._session.execute(
            select(Delivery.destination_id, Delivery.state, Delivery.last_cause, func.count())
            .where(Delivery.destination_id.in_(destination_ids), Delivery.state != DeliveryState.VERIFIED)
            .group_by(Delivery.destination_id, Delivery.state, Delivery.last_cause)
        )
        states: dict[UUID, Counter[DeliveryState]] = {}
        causes: dict[UUID, Counter[Cause]] = {}
        for destination_id, state, cause, count in rows:
            states.setdefault(destination_id, Counter())[state] += count
            if cause and state in STUCK:
                causes.setdefault(destination_id, Counter())[cause] += count
        return {
            destination_id: Queue(counts, causes.get(destination_id, {})) for destination_id, counts in states.items()
        }

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
        running = len(await self._running(destination_id, at))
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
        running = await self._running(delivery.destination_id, at)
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

    async def _running(self, destination_id: UUID, at: datetime) -> Sequence[Delivery]:
        """Return what is under way there, the least urgent first. What is read back does not count."""
        query = (
            select(Delivery)
            .where(
                Delivery.destination_id == destination_id,
                Delivery.lease_until > at,
                Delivery.state.not_in((DeliveryState.VERIFIED, DeliveryState.ATTENTION)),
            )
            .order_by(Delivery.priority.desc(), Delivery.created_at.desc(), Delivery.id.desc())
        )
        return (await self._session.scalars(query)).all()

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

    async def lock_destination(self, destination_id: UUID) -> Destination | None:
        return await self._session.get(Destination, destination_id, with_for_update=True, populate_existing=True)

    async def lock_delivery(self, delivery_id: UUID) -> Delivery | None:
        return await self._session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)

    async def failing_since(self, at: datetime) -> Sequence[Destination]:
        """Return the destinations in use that have failed since then or longer, as such or with some delivery."""
        stuck = exists().where(
            Delivery.destination_id == Destination.id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.failing_since <= at,
        )
        query = select(Destination).where(
            Destination.enabled, Destination.removed_at.is_(None), or_(Destination.failing_since <= at, stuck)
        )
        return (await self._session.scalars(query)).all()

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

    async def destinations_of_reports(self, report_ids: Collection[UUID]) -> dict[UUID, list[Destination]]:
        """Return the destinations in use, and not failing, that have verified what a report is about."""
        rows = await self._session.execute(
            select(ReportSender.report_id, Destination)
            .join(Delivery, Delivery.upload_id == ReportSender.upload_id)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(
                ReportSender.report_id.in_(report_ids),
                Delivery.state == DeliveryState.VERIFIED,
                Destination.enabled,
                Destination.failures == 0,
            )
            .order_by(Destination.created_at)
        )
        found: dict[UUID, list[Destination]] = {}
        for report_id, destination in rows:
            if destination not in found.setdefault(report_id, []):
                found[report_id].append(destination)
        return found

    async def alerted(self) -> Sequence[Destination]:
        return (await self._session.scalars(select(Destination).where(Destination.alerted_at.is_not(None)))).all()

    async def mark_alerted(self, destination_id: UUID, alerted_at: datetime | None) -> bool:
        """Note that its alert was raised, or with None that it is over; return whether this call was the one."""
        unlike = Destination.alerted_at.is_not(None) if alerted_at is None else Destination.alerted_at.is_(None)
        statement = update(Destination).where(Destination.id == destination_id, unlike).values(alerted_at=alerted_at)
        return await self._session.scalar(statement.returning(Destination.id)) is not None

    async def try_now(self, destination_id: UUID) -> None:
        """Have everything that waits for the destination tried at once."""
        await self._session.execute(
            update(Delivery)
            .where(Delivery.destination_id == destination_id, Delivery.state == DeliveryState.WAITING)
            .values(next_attempt_at=now())
        )

    async def destination(self, destination_id: UUID) -> Destination | None:
        return await self._session.get(Destination, destination_id)

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

    async def delivery_page(
        self, found_by: DeliveryFilter, *, before: UUID | None, limit: int
    ) -> Sequence[tuple[Delivery, Destination]]:
        """Return the newest first."""
        query = select(Delivery, Destination).join(Destination, Destination.id == Delivery.destination_id)
        if before:
            query = query.where(Delivery.id < before)
        query = query.where(*found_by.conditions()).order_by(Delivery.id.desc()).limit(limit)
        return [(delivery, destination) for delivery, destination in await self._session.execute(query)]

    async def to_retry(self, found_by: DeliveryFilter, *, before: UUID | None, limit: int) -> Sequence[UUID]:
        """Return deliveries that trying again may help, the newest first.

        What somebody has cancelled is among them only where he is asked for.
        """
        query = select(Delivery.id).where(*found_by.conditions())
        states = STUCK if found_by.state is None else (found_by.state,)
        query = query.where(Delivery.state.in_(set(states) & set(RETRIED)))
        if before:
            query = query.where(Delivery.id < before)
        return (await self._session.scalars(query.order_by(Delivery.id.desc()).limit(limit))).all()

    async def instance_page(
        self, delivery_id: UUID, outcome: Outcome | None, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[DeliveryInstance, Instance]]:
        """Return what became of each instance of a delivery, in the order they were received in."""
        query = select(DeliveryInstance, Instance).join(Instance, Instance.id == DeliveryInstance.instance_id)
        query = query.where(DeliveryInstance.delivery_id == delivery_id)
        if outcome:
            query = query.where(DeliveryInstance.outcome == outcome)
        if after:
            query = query.where(DeliveryInstance.instance_id > after)
        rows = await self._session.execute(query.order_by(DeliveryInstance.instance_id).limit(limit))
        return [(row, instance) for row, instance in rows]

    async def reasons(self, delivery_ids: Collection[UUID]) -> dict[UUID, list[Reason]]:
        """Return why instances of each delivery were refused or wait, the most frequent reason first."""
        count = func.count().label("count")
        rows = await self._session.execute(
            select(DeliveryInstance.delivery_id, DeliveryInstance.reason, DeliveryInstance.cause, count)
            .where(
                DeliveryInstance.delivery_id.in_(delivery_ids),
                DeliveryInstance.outcome.in_((Outcome.REFUSED, Outcome.WAITING)),
                DeliveryInstance.reason != "",
            )
            .group_by(DeliveryInstance.delivery_id, DeliveryInstance.reason, DeliveryInstance.cause)
            .order_by(count.desc(), DeliveryInstance.reason)
        )
        found: dict[UUID, list[Reason]] = {}
        for delivery_id, reason, cause, number in rows:
            found.setdefault(delivery_id, []).append(Reason(reason, cause, number))
        return found

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

    async def latest_kinds(self, destination_id: UUID, limit: int) -> Sequence[tuple[str, str]]:
        """Return SOP class and transfer syntax of what the latest deliveries to a destination hold, each pair once."""
        latest = select(Delivery.id).where(Delivery.destination_id == destination_id).order_by(Delivery.id.desc())
        query = (
            select(Instance.sop_class_uid, Instance.transfer_syntax_uid)
            .join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
            .where(DeliveryInstance.delivery_id.in_(latest.limit(limit)))
            .distinct()
        )
        return [(kind, syntax) for kind, syntax in await self._session.execute(query)]

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
        or_(Delivery.lease_until.is_(None), Delivery.lease_until <= at),
    )
