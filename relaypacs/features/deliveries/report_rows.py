"""Queries for reports on their way to the destinations of their studies."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Destination
from relaypacs.features.studies.models import Instance

# A study is, or has to be, where an upload of it is on its way, has arrived, or is refused in part.
STANDS_FOR = (DeliveryState.WAITING, DeliveryState.VERIFIED, DeliveryState.ATTENTION)


class ReportDeliveryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def destinations_of(self, study_id: UUID) -> Sequence[UUID]:
        """Return the destinations that have a study, or must have it."""
        query = (
            select(Delivery.destination_id)
            .join(DeliveryInstance, DeliveryInstance.delivery_id == Delivery.id)
            .join(Instance, Instance.id == DeliveryInstance.instance_id)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(
                Instance.study_id == study_id,
                Instance.upload_id.is_not(None),
                Delivery.state.in_(STANDS_FOR),
                Destination.removed_at.is_(None),
            )
            .distinct()
        )
        return sorted(await self._session.scalars(query))

    async def planned(self, version_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Return which versions are on their way where, or were: pairs of version and destination."""
        query = select(Delivery.report_version_id, Delivery.destination_id)
        rows = await self._session.execute(query.where(Delivery.report_version_id.in_(version_ids)))
        return {(row.report_version_id, row.destination_id) for row in rows}

    async def studies_of(self, delivery_id: UUID) -> set[UUID]:
        """Return the studies of which a delivery has instances."""
        query = select(Instance.study_id).join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
        query = query.where(DeliveryInstance.delivery_id == delivery_id, Instance.study_id.is_not(None)).distinct()
        return {study_id for study_id in await self._session.scalars(query) if study_id}
