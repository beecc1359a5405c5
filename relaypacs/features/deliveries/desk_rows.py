"""Queries for the lists of deliveries that administrators look at."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.features.deliveries.models import (
    STUCK,
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    Outcome,
)
from relaypacs.features.reports.models import ReportVersion
from relaypacs.features.studies.models import Instance

RETRIED = (*STUCK, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why instances of a delivery were refused or wait."""

    reason: str
    cause: Cause | None
    count: int


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


class DeskRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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
