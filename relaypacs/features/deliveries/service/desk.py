"""Deliveries, as an administrator sees them: what is stuck and why, and what can be done about it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.deliveries.desk_rows import DeliveryFilter, DeskRepository, Reason
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.errors import DeliveryFinished, DeliveryNotFound, FilesRemoved
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Destination, Outcome
from relaypacs.features.deliveries.proof_rows import ProofRepository
from relaypacs.features.deliveries.report_rows import ReportDeliveryRepository
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.afterwards import settle_after
from relaypacs.features.deliveries.service.progress import DELIVERED, VERIFIED
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.studies.models import Instance
from relaypacs.infrastructure import Infrastructure

REASONS_SHOWN = 10
STOPPED = "An administrator has cancelled it."


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery with what has become of its instances."""

    delivery: Delivery
    destination: Destination
    counts: dict[Outcome, int]
    reasons: Sequence[Reason]
    report_id: UUID | None  # of which it is a signed version; None: it is of an upload

    @property
    def instances(self) -> int:
        return sum(self.counts.values())

    @property
    def delivered(self) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in DELIVERED)

    @property
    def verified(self) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in VERIFIED)

    @property
    def refused(self) -> int:
        return self.counts.get(Outcome.REFUSED, 0)

    @property
    def next_attempt_at(self) -> datetime:
        """When it is tried again, if it waits: not before its destination is."""
        return max(self.delivery.next_attempt_at, self.destination.retry_at or self.delivery.next_attempt_at)

    @property
    def under_way(self) -> bool:
        return self.delivery.lease_until is not None and self.delivery.lease_until > now()


@dataclass(frozen=True, slots=True)
class Retry:
    """What a call for many has done, and the last one that it looked at, when there may be more."""

    retried: int
    skipped: int
    last: UUID | None


class DeliveryDesk:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def page(self, found_by: DeliveryFilter, *, before: UUID | None, limit: int) -> Sequence[DeliveryReport]:
        async with self._database.read() as session:
            rows = await DeskRepository(session).delivery_page(found_by, before=before, limit=limit)
            return await _reports(session, rows)

    async def get(self, delivery_id: UUID) -> DeliveryReport:
        """Return one. Raises DeliveryNotFound."""
        async with self._database.read() as session:
            delivery = _present(await DeliveryRepository(session).delivery(delivery_id))
            destination = await DestinationRepository(session).destination(delivery.destination_id)
            if destination is None:
                raise DeliveryNotFound("There is no such delivery.")
            (report,) = await _reports(session, [(delivery, destination)])
        return report

    async def retry(self, delivery_id: UUID, actor: Actor) -> None:
        """Try it at once, also what was refused for good or cancelled.

        Raises DeliveryNotFound, DeliveryFinished, and FilesRemoved when there is nothing left to be sent.
        """
        async with self._database.write() as session:
            repository = DeliveryRepository(session)
            found = _present(await repository.delivery(delivery_id))
            if found.state is DeliveryState.CANCELLED:
                # Where a study has to be after all, there have to be the reports on it. Before the destination is
                # locked: who plans them locks the report first.
                studies = await ReportDeliveryRepository(session).studies_of(delivery_id)
                await ReportRepository(session).plan_again(studies)
            # Before the delivery, as everywhere.
            destination = await DestinationRepository(session).lock_destination(found.destination_id)
            delivery = _present(await repository.lock_delivery(delivery_id))
            if delivery.state in (DeliveryState.VERIFIED, DeliveryState.PAUSED):
                raise DeliveryFinished("There is nothing to be tried again: it is verified, or its upload is not open.")
            if await ProofRepository(session).are_files_removed(delivery_id):
                raise FilesRemoved("The gateway's copy of this study was deleted: there is nothing to be sent.")
            await repository.give_another_chance(delivery_id)
            delivery.verified_at = delivery.read_back_at = None
            delivery.state, delivery.next_attempt_at, delivery.attempts = DeliveryState.WAITING, now(), 0
            if destination:
                destination.retry_at = None
            self._trail.record(session, Entry(Action.DELIVERY_RETRIED, actor, "delivery", str(delivery_id)))
            self._after(session, delivery)

    async def retry_many(self, found_by: DeliveryFilter, actor: Actor, *, before: UUID | None, limit: int) -> Retry:
        """Try at once what a list shows, if it waits, needs attention, or is cancelled and asked for as such.

        Each in a transaction of its own: what was done before a fault stays done, and doing it again does no harm.
        """
        async with self._database.read() as session:
            found = await DeskRepository(session).to_retry(found_by, before=before, limit=limit)
        retried = 0
        for delivery_id in found:
            with suppress(DeliveryFinished, DeliveryNotFound, FilesRemoved):
                await self.retry(delivery_id, actor)
                retried += 1
        return Retry(retried, len(found) - retried, found[-1] if len(found) == limit else None)

    async def instances(
        self, delivery_id: UUID, outcome: Outcome | None, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[DeliveryInstance, Instance]]:
        """Return what became of each instance. Raises DeliveryNotFound."""
        async with self._database.read() as session:
            _present(await DeliveryRepository(session).delivery(delivery_id))
            return await DeskRepository(session).instance_page(delivery_id, outcome, after=after, limit=limit)

    async def cancel(self, delivery_id: UUID, actor: Actor) -> None:
        """Stop it; what is there already stays there. Once more does nothing.

        Raises DeliveryNotFound, and DeliveryFinished when there is nothing left to stop.
        """
        async with self._database.write() as session:
            delivery = _present(await DeliveryRepository(session).lock_delivery(delivery_id))
            if delivery.state is DeliveryState.VERIFIED:
                raise DeliveryFinished("It is verified: there is nothing to be stopped.")
            if delivery.state is DeliveryState.CANCELLED:
                return
            delivery.state, delivery.last_reason = DeliveryState.CANCELLED, STOPPED
            delivery.failing_since = delivery.last_cause = None
            self._trail.record(session, Entry(Action.DELIVERY_CANCELLED, actor, "delivery", str(delivery_id)))
            self._after(session, delivery)

    def _after(self, session: AsyncSession, delivery: Delivery) -> None:
        wake = self._infrastructure.wakeups.wake
        after_commit(session, partial(wake, Task.DELIVER, delivery.destination_id))
        settle_after(session, self._infrastructure, delivery)


async def _reports(session: AsyncSession, rows: Sequence[tuple[Delivery, Destination]]) -> Sequence[DeliveryReport]:
    ids = [delivery.id for delivery, _ in rows]
    counts = await DeliveryRepository(session).outcome_counts(ids)
    reasons = await DeskRepository(session).reasons(ids)
    versions = [delivery.report_version_id for delivery, _ in rows if delivery.report_version_id]
    reports = await ReportRepository(session).reports_of(versions)
    return [
        DeliveryReport(
            delivery,
            destination,
            counts.get(delivery.id, {}),
            reasons.get(delivery.id, [])[:REASONS_SHOWN],
            reports[delivery.report_version_id] if delivery.report_version_id else None,
        )
        for delivery, destination in rows
    ]


def _present(delivery: Delivery | None) -> Delivery:
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    return delivery
