"""`/pacs` and `/deliveries`: for administrators alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch, PageLimit
from relaypacs.features.deliveries.dependencies import (
    DeliveryDeskDep,
    DeliveryFilterDep,
    DestinationsDep,
    RoutesDep,
)
from relaypacs.features.deliveries.destination_rows import EMPTY, Queue
from relaypacs.features.deliveries.models import Destination, Outcome
from relaypacs.features.deliveries.schemas import (
    DeliveredInstances,
    DeliveryPage,
    DeliveryView,
    DestinationChange,
    DestinationNew,
    DestinationPage,
    DestinationView,
    Echo,
    Retried,
    RouteExample,
    Routing,
)
from relaypacs.features.deliveries.views import delivered_instance, delivery_view, destination_view, routed_study
from relaypacs.features.identity.dependencies import Admin

router = APIRouter()


# -- destinations ------------------------------------------------------------------------------------------------


@router.get("/pacs", tags=["pacs"])
async def list_destinations(
    _caller: Admin, service: DestinationsDep, limit: PageLimit = 50, cursor: UUID | None = None
) -> DestinationPage:
    rows = await service.page(after=cursor, limit=limit)
    items = [destination_view(destination, queue) for destination, queue in rows]
    return DestinationPage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@router.post("/pacs", tags=["pacs"], status_code=status.HTTP_201_CREATED)
async def create_destination(
    request: DestinationNew, caller: Admin, service: DestinationsDep, response: Response
) -> DestinationView:
    destination = await service.create(request, caller.actor)
    return _answer(response, destination, EMPTY)


@router.post("/pacs/route", tags=["pacs"])
async def try_routing(example: RouteExample, _caller: Admin, service: RoutesDep) -> Routing:
    """Say which destinations would get a study, and which condition keeps it from the others."""
    return Routing(studies=[routed_study(facts, routes) for facts, routes in await service.try_out(example)])


@router.get("/pacs/{pacs_id}", tags=["pacs"])
async def get_destination(
    pacs_id: UUID, _caller: Admin, service: DestinationsDep, response: Response
) -> DestinationView:
    return _answer(response, *await service.get(pacs_id))


@router.patch("/pacs/{pacs_id}", tags=["pacs"])
async def change_destination(
    pacs_id: UUID,
    change: DestinationChange,
    caller: Admin,
    service: DestinationsDep,
    response: Response,
    if_match: IfMatch = None,
) -> DestinationView:
    await service.change(pacs_id, change, if_match, caller.actor)
    return _answer(response, *await service.get(pacs_id))


@router.delete("/pacs/{pacs_id}", tags=["pacs"], status_code=status.HTTP_204_NO_CONTENT)
async def remove_destination(pacs_id: UUID, caller: Admin, service: DestinationsDep, if_match: IfMatch = None) -> None:
    """Use a destination no more; what was delivered there stays on record."""
    await service.remove(pacs_id, if_match, caller.actor)


@router.post("/pacs/{pacs_id}/echo", tags=["pacs"])
async def echo_destination(pacs_id: UUID, caller: Admin, service: DestinationsDep) -> Echo:
    """Speak with a destination: C-ECHO, a query, or a file written and removed.

    503 otherwise, in its own words and with their cause.
    """
    return Echo(milliseconds=await service.echo(pacs_id, caller.actor))


# -- deliveries --------------------------------------------------------------------------------------------------


@router.get("/deliveries", tags=["deliveries"])
async def list_deliveries(
    _caller: Admin,
    service: DeliveryDeskDep,
    found_by: DeliveryFilterDep,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> DeliveryPage:
    """List deliveries, the newest first."""
    items = [delivery_view(report) for report in await service.page(found_by, before=cursor, limit=limit)]
    return DeliveryPage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@router.post("/deliveries/retry", tags=["deliveries"])
async def retry_deliveries(
    caller: Admin,
    service: DeliveryDeskDep,
    found_by: DeliveryFilterDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    cursor: UUID | None = None,
) -> Retried:
    """Try all of a list at once that wait or need attention, the newest first; cancelled ones if that is the state."""
    done = await service.retry_many(found_by, caller.actor, before=cursor, limit=limit)
    return Retried(retried=done.retried, skipped=done.skipped, next_cursor=str(done.last) if done.last else None)


@router.get("/deliveries/{delivery_id}/instances", tags=["deliveries"])
async def list_delivered_instances(
    delivery_id: UUID,
    _caller: Admin,
    service: DeliveryDeskDep,
    outcome: Outcome | None = None,
    limit: PageLimit = 100,
    cursor: UUID | None = None,
) -> DeliveredInstances:
    """List what became of each instance, in the order they were received in."""
    rows = await service.instances(delivery_id, outcome, after=cursor, limit=limit)
    items = [delivered_instance(row, instance) for row, instance in rows]
    return DeliveredInstances(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@router.get("/deliveries/{delivery_id}", tags=["deliveries"])
async def get_delivery(delivery_id: UUID, _caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    return delivery_view(await service.get(delivery_id))


@router.post("/deliveries/{delivery_id}/retry", tags=["deliveries"])
async def retry_delivery(delivery_id: UUID, caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    """Try it at once, also what the destination has refused for good."""
    await service.retry(delivery_id, caller.actor)
    return delivery_view(await service.get(delivery_id))


@router.post("/deliveries/{delivery_id}/cancel", tags=["deliveries"])
async def cancel_delivery(delivery_id: UUID, caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    """Stop it. What the destination has already stays there; the upload's files stay here."""
    await service.cancel(delivery_id, caller.actor)
    return delivery_view(await service.get(delivery_id))


def _answer(response: Response, destination: Destination, queue: Queue) -> DestinationView:
    response.headers["ETag"] = etag(destination.version)
    return destination_view(destination, queue)
