"""From rows to what the calls give."""

from collections.abc import Sequence

from relaypacs.features.deliveries.destination_rows import Queue
from relaypacs.features.deliveries.models import DeliveryInstance, Destination
from relaypacs.features.deliveries.schemas import (
    DeliveredInstance,
    DeliveryView,
    DestinationView,
    ExampleStudy,
    RefusedInstances,
    RoutedStudy,
    RouteRefusal,
    RouteView,
    RoutingRule,
    TlsView,
)
from relaypacs.features.deliveries.service.desk import DeliveryReport
from relaypacs.features.deliveries.service.health import health_of
from relaypacs.features.deliveries.service.route import Route
from relaypacs.features.deliveries.service.routing import StudyFacts
from relaypacs.features.studies.models import Instance, ServiceLevel


def destination_view(destination: Destination, queue: Queue) -> DestinationView:
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


def delivery_view(report: DeliveryReport) -> DeliveryView:
    delivery = report.delivery
    return DeliveryView(
        id=delivery.id,
        upload_id=delivery.upload_id,
        report_id=report.report_id,
        report_version_id=delivery.report_version_id,
        destination_id=delivery.destination_id,
        destination_name=report.destination.name,
        is_destination_enabled=report.destination.enabled,
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
        next_attempt_at=report.next_attempt_at,
        last_reason=delivery.last_reason,
        last_cause=delivery.last_cause,
        reasons=[RefusedInstances(reason=each.reason, cause=each.cause, count=each.count) for each in report.reasons],
        created_at=delivery.created_at,
        verified_at=delivery.verified_at,
    )


def delivered_instance(row: DeliveryInstance, instance: Instance) -> DeliveredInstance:
    return DeliveredInstance(
        id=instance.id,
        series_instance_uid=instance.series_instance_uid,
        sop_instance_uid=instance.sop_instance_uid,
        sop_class_uid=instance.sop_class_uid,
        outcome=row.outcome,
        reason=row.reason,
        cause=row.cause,
        changed_at=row.changed_at,
    )


def routed_study(facts: StudyFacts, routes: Sequence[Route]) -> RoutedStudy:
    study = ExampleStudy(
        modalities=sorted(facts.modalities),
        stations=sorted(facts.stations),
        service_level=facts.service_level,
        site_id=facts.site_id,
    )
    return RoutedStudy(study=study, routes=[_route_view(route) for route in routes])


def _route_view(route: Route) -> RouteView:
    return RouteView(
        destination_id=route.place.id,
        name=route.place.name,
        required=route.place.required,
        enabled=route.place.enabled,
        takes=route.takes,
        refusals=[
            RouteRefusal(condition=each.condition, listed=list(each.listed), found=list(each.found))
            for each in route.refusals
        ],
    )
