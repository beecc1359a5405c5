"""Traces by OpenTelemetry's SDK, sent as OTLP over HTTP. Imported only where traces are wanted: see `tracing`.

Sampler, resource, headers and limits are those of OpenTelemetry's own variables (`OTEL_TRACES_SAMPLER`,
`OTEL_SERVICE_NAME`, `OTEL_EXPORTER_OTLP_HEADERS` and so on).
"""

import os
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from relaypacs import __version__
from relaypacs.core.errors import RelayError
from relaypacs.core.leases import PROCESS
from relaypacs.core.tracing import Attributes, Kind, RawHeaders

TRACEPARENT = "traceparent"
SERVER_ERROR = 500
STOP_MILLISECONDS = 3000
KINDS = {
    Kind.SERVER: trace.SpanKind.SERVER,
    Kind.CLIENT: trace.SpanKind.CLIENT,
    Kind.TASK: trace.SpanKind.CONSUMER,
    Kind.PART: trace.SpanKind.INTERNAL,
}


class OtelTracer:
    """Implements `Tracer`. An empty `endpoint` leaves it to OpenTelemetry's variables."""

    def __init__(self, endpoint: str, *, environment: str) -> None:
        named = {"service.name": "relaypacs"} if "OTEL_SERVICE_NAME" not in os.environ else {}
        described = {"service.version": __version__, "service.instance.id": PROCESS}
        resource = Resource.create({**named, **described, "deployment.environment.name": environment})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces" if endpoint else None)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("relaypacs", __version__)
        self._propagator = TraceContextTextMapPropagator()

    def span(self, name: str, kind: Kind, attributes: Attributes, *, is_current: bool) -> "OtelSpan":
        begun = self._tracer.start_span(name, kind=KINDS[kind], attributes=dict(attributes))
        return OtelSpan(begun, is_current=is_current)

    def request(self, method: str, headers: RawHeaders) -> "OtelSpan":
        """Take `traceparent` from the sender, and nothing else: `tracestate` and baggage may hold anything."""
        sent = [value.decode("latin-1") for name, value in headers if name == TRACEPARENT.encode()]
        parent = self._propagator.extract({TRACEPARENT: sent[0]}) if len(sent) == 1 else context.Context()
        attributes = {"http.request.method": method}
        begun = self._tracer.start_span(method, parent, KINDS[Kind.SERVER], attributes)
        return OtelSpan(begun, is_current=True, method=method)

    def carrier(self) -> dict[str, str]:
        carried: dict[str, str] = {}
        self._propagator.inject(carried)
        return {name: value for name, value in carried.items() if name == TRACEPARENT}

    def continue_from(self, carrier: Mapping[str, str]) -> None:
        context.attach(self._propagator.extract(carrier))

    def stop(self) -> None:
        self._provider.force_flush(STOP_MILLISECONDS)
        self._provider.shutdown()


class OtelSpan:
    """Implements `Span`."""

    def __init__(self, begun: trace.Span, *, is_current: bool, method: str = "") -> None:
        self.trace_id = trace.format_trace_id(begun.get_span_context().trace_id)
        self._span = begun
        self._is_current = is_current
        self._method = method
        self._before: Token[context.Context] | None = None

    def set(self, attributes: Attributes) -> None:
        self._span.set_attributes(dict(attributes))

    def answered(self, route: str, status: int) -> None:
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= SERVER_ERROR:
            self._fail(str(status))

    def __enter__(self) -> "OtelSpan":
        if self._is_current:
            self._before = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        """End the span; of an error only the kind is said, for its words may quote anything."""
        if isinstance(error, Exception):
            self._fail(error.code if isinstance(error, RelayError) else type(error).__qualname__)
        self._span.end()
        if self._before:
            context.detach(self._before)

    def _fail(self, what: str) -> None:
        self._span.set_status(trace.StatusCode.ERROR)
        self._span.set_attribute("error.type", what)
