"""What those make out of it who watch the gateway from outside: Sentry of its envelopes, a collector of its spans."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.servers.receiver import Arrival

OTLP_PATH = "/v1/traces"


@dataclass(frozen=True)
class SeenSpan:
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: str
    is_error: bool
    attributes: dict[str, Any]
    resource: dict[str, Any]
    events: int


def body_of(arrival: Arrival) -> bytes:
    return gzip.decompress(arrival.body) if arrival.headers.get("content-encoding") == "gzip" else arrival.body


def seen_events(arrivals: Sequence[Arrival]) -> list[dict[str, Any]]:
    """Return the events of all envelopes: a header, then pairs of lines (develop.sentry.dev/sdk, Envelopes)."""
    found = []
    for arrival in arrivals:
        lines = body_of(arrival).splitlines()
        for head, body in zip(lines[1::2], lines[2::2], strict=True):
            if json.loads(head)["type"] == "event":
                found.append(json.loads(body))
    return found


def seen_spans(arrivals: Sequence[Arrival]) -> list[SeenSpan]:
    return [span for arrival in arrivals if arrival.path == OTLP_PATH for span in _spans(body_of(arrival))]


def _spans(body: bytes) -> Iterator[SeenSpan]:
    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _attributes(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield SeenSpan(
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    kind=type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    is_error=span.status.code == span.status.STATUS_CODE_ERROR,
                    attributes=_attributes(span.attributes),
                    resource=resource,
                    events=len(span.events),
                )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
