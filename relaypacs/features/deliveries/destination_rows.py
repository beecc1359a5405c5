"""Queries for destinations, and for what is on its way to them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import now
from relaypacs.features.deliveries.models import STUCK, Delivery, DeliveryInstance, DeliveryState, Destination
from relaypacs.features.reports.models import ReportSender
from relaypacs.features.studies.models import Instance


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on its way to one destination."""

    states: Mapping[DeliveryState, int]  # how many are in each state that is not `verified`
    causes: Mapping[Cause, int]  # why how many fail, or need attention


EMPTY = Queue({}, {})


class DestinationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, destination: Destination) -> None:
        self._session.add(destination)
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

    async def destination(self, destination_id: UUID) -> Destination | None:
        return await self._session.get(Destination, destination_id)

    async def lock_destination(self, destination_id: UUID) -> Destination | None:
        return await self._session.get(Destination, destination_id, with_for_update=True, populate_existing=True)

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
