"""`/pacs` and `/deliveries`: for administrators alone."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch, PageLimit
from relaypacs.features.deliveries.dependencies import (
    DeliveryDeskDep,
    DeliveryFilterDep,
    DestinationsDep,
)
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.deliveries.repository import EMPTY, Queue
from relaypacs.features.deliveries.schemas import (
    DeliveryPage,
    DeliveryView,
    DestinationChange,
    DestinationNew,
    DestinationPage,
    DestinationView,
    Echo,
    RefusedInstances,
    RoutingRule,
    TlsView,
)
from relaypacs.features.deliveries.service.desk import DeliveryReport
from relaypacs.features.deliveries.service.health import health_of
from relaypacs.features.identity.dependencies import Admin
from relaypacs.features.studies.models import ServiceLevel

router = APIRouter()


# -- destinations ------------------------------------------------------------------------------------------------


@router.get("/pacs", tags=["pacs"])
async def list_destinations(
    _caller: Admin, service: DestinationsDep, limit: PageLimit = 50, cursor: UUID | None = None
) -> DestinationPage:
    rows = await service.page(after=cursor, limit=limit)
    items = [_destination_view(destination, queue) for destination, queue in rows]
    return DestinationPage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@router.post("/pacs", tags=["pacs"], status_code=status.HTTP_201_CREATED)
async def create_destination(
    request: DestinationNew, caller: Admin, service: DestinationsDep, response: Response
) -> DestinationView:
    destination = await service.create(request, caller.actor)
    return _answer(response, destination, EMPTY)


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
    items = [_delivery_view(report) for report in await service.page(found_by, before=cursor, limit=limit)]
    return DeliveryPage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@router.get("/deliveries/{delivery_id}", tags=["deliveries"])
async def get_delivery(delivery_id: UUID, _caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    return _delivery_view(await service.get(delivery_id))


@router.post("/deliveries/{delivery_id}/retry", tags=["deliveries"])
async def retry_delivery(delivery_id: UUID, caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    """Try it at once, also what the destination has refused for good."""
    await service.retry(delivery_id, caller.actor)
    return _delivery_view(await service.get(delivery_id))


@router.post("/deliveries/{delivery_id}/cancel", tags=["deliveries"])
async def cancel_delivery(delivery_id: UUID, caller: Admin, service: DeliveryDeskDep) -> DeliveryView:
    """Stop it. What the destination has already stays there; the upload's files stay here."""
    await service.cancel(delivery_id, caller.actor)
    return _delivery_view(await service.get(delivery_id))


def _answer(response: Response, destination: Destination, queue: Queue) -> DestinationView:
    response.headers["ETag"] = etag(destination.version)
    return _destination_view(destination, queue)


def _destination_view(destination: Destination, queue: Queue) -> DestinationView:
    return DestinationView(
        id=destination.id,
        name=destination.name,
        kind=destination.kind,
        address=destination.address,
        username=destination.username,
        has_password=destination.password is not None,
        calling_ae_title=destination.calling_ae_title,
        tls=TlsView(
            ca=destination.tls_ca, certificate=destination.tls_certificate, has_key=destination.tls_key is not None
        ),
        required=destination.required,
        enabled=destination.enabled,
        concurrency=destination.concurrency,
        early=destination.early,
        rule=RoutingRule.model_validate(destination.rule),
        version=destination.version,
        created_at=destination.created_at,
        health=health_of(destination),
        failing_since=destination.failing_since,
        last_error=destination.last_error if destination.failures else "",
        last_cause=destination.last_cause if destination.failures else None,
        last_success_at=destination.last_success_at,
        retry_at=destination.retry_at,
        deliveries=dict(queue.states),
        causes=dict(queue.causes),
    )


def _delivery_view(report: DeliveryReport) -> DeliveryView:
    delivery = report.delivery
    return DeliveryView(
        id=delivery.id,
        upload_id=delivery.upload_id,
        report_id=report.report_id,
        report_version_id=delivery.report_version_id,
        destination_id=delivery.destination_id,
        destination_name=report.destination.name,
        required=report.destination.required,
        state=delivery.state,
        service_level=list(ServiceLevel)[delivery.priority],
        is_open=delivery.is_open,
        under_way=report.under_way,
        instances=report.instances,
        delivered=report.delivered,
        verified=report.verified,
        refused=report.refused,
        attempts=delivery.attempts,
        failing_since=delivery.failing_since,
        next_attempt_at=delivery.next_attempt_at,
        last_reason=delivery.last_reason,
        last_cause=delivery.last_cause,
        reasons=[RefusedInstances(reason=each.reason, cause=each.cause, count=each.count) for each in report.reasons],
        created_at=delivery.created_at,
        verified_at=delivery.verified_at,
    )
