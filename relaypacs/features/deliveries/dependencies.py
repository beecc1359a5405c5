"""The services of destinations and deliveries for endpoints."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.deliveries.desk_rows import DeliveryFilter
from relaypacs.features.deliveries.models import DeliveryState
from relaypacs.features.deliveries.service.desk import DeliveryDesk
from relaypacs.features.deliveries.service.destinations import Destinations
from relaypacs.features.deliveries.service.route import Routes


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
    cause: Cause | None = None,
    created_before: AwareDatetime | None = None,
    about: Annotated[UUID | None, Query(description="The delivery, its upload or its report.")] = None,
) -> DeliveryFilter:
    return DeliveryFilter(state, destination_id, upload_id, report_id, failing, cause, created_before, about)


async def routes(infrastructure: InfrastructureDep) -> Routes:
    return Routes(infrastructure)


DestinationsDep = Annotated[Destinations, Depends(destinations)]
DeliveryDeskDep = Annotated[DeliveryDesk, Depends(delivery_desk)]
RoutesDep = Annotated[Routes, Depends(routes)]
DeliveryFilterDep = Annotated[DeliveryFilter, Depends(delivery_filter)]
