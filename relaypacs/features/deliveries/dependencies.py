"""The services of destinations and deliveries for endpoints."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.deliveries.models import DeliveryState
from relaypacs.features.deliveries.repository import DeliveryFilter
from relaypacs.features.deliveries.service.desk import DeliveryDesk
from relaypacs.features.deliveries.service.destinations import Destinations


async def destinations(infrastructure: InfrastructureDep) -> Destinations:
    return Destinations(infrastructure)


async def delivery_desk(infrastructure: InfrastructureDep) -> DeliveryDesk:
    return DeliveryDesk(infrastructure)


async def delivery_filter(
    state: DeliveryState | None = None,
    destination_id: UUID | None = None,
    upload_id: UUID | None = None,
    report_id: UUID | None = None,
    failing: Annotated[bool | None, Query(description="Whether its last attempt failed.")] = None,
) -> DeliveryFilter:
    return DeliveryFilter(state, destination_id, upload_id, report_id, failing)


DestinationsDep = Annotated[Destinations, Depends(destinations)]
DeliveryDeskDep = Annotated[DeliveryDesk, Depends(delivery_desk)]
DeliveryFilterDep = Annotated[DeliveryFilter, Depends(delivery_filter)]
