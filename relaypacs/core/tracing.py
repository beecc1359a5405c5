"""Traces, for where OpenTelemetry is set up. Elsewhere nothing of it is imported, and a span costs a function call.

A span says what log lines say: templates, kinds, counts, codes and our own identifiers. Never an address with what is
in it, a name, the words of an error, or anything of a study.
"""

import os
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from types import TracebackType
from typing import Protocol

from relaypacs.core.settings import Settings

Attributes = Mapping[str, str | int]
RawHeaders = Iterable[tuple[bytes, bytes]]
# The variables by which all programs are told of a collector (OpenTelemetry, "OTLP exporter configuration").
STANDARD = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Kind(Enum):
    """Which side of a conversation a span is."""

    SERVER = auto()
    CLIENT = auto()
    TASK = auto()
    PART = auto()


class Span(Protocol):
    """What is under way. It is also the context manager that ends it: an error that passes marks it as failed."""

    trace_id: str  # 32 hexadecimal digits; empty where nothing is traced

    def set(self, attributes: Attributes) -> None:
        """Add to what the span says."""
        ...

    def answered(self, route: str, status: int) -> None:
        """Name a request's span by its route's template and what was answered."""
        ...

    def __enter__(self) -> "Span": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None: ...


class Tracer(Protocol):
    def span(self, name: str, kind: Kind, attributes: Attributes, *, is_current: bool) -> Span: ...

    def request(self, method: str, headers: RawHeaders) -> Span: ...

    def carrier(self) -> dict[str, str]: ...

    def continue_from(self, carrier: Mapping[str, str]) -> None: ...

    def stop(self) -> None: ...


class _Nothing:
    """The span of what is not traced."""

    trace_id = ""

    def set(self, attributes: Attributes) -> None:
        pass

    def answered(self, route: str, status: int) -> None:
        pass

    def __enter__(self) -> "_Nothing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        pass


NOTHING = _Nothing()
_tracer: Tracer | None = None


def is_wanted(settings: Settings) -> bool:
    """Tell whether traces go anywhere: by our setting, or by the variables that are standard."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    return bool(settings.otel_endpoint) or any(os.environ.get(name) for name in STANDARD)


def start_tracing(settings: Settings) -> None:
    """Begin to send traces, if they are wanted. One process has one tracer."""
    global _tracer  # noqa: PLW0603 - as with logs, whoever notes something does not know who reads it
    if is_wanted(settings):
        from relaypacs.core.otel import OtelTracer  # noqa: PLC0415 - half a second, and memory, for whom wants it

        _tracer = OtelTracer(settings.otel_endpoint, environment=settings.environment.value)


def stop_tracing() -> None:
    """Send what was not sent yet; waits for that, but not for long."""
    global _tracer  # noqa: PLW0603 - as above
    if _tracer:
        _tracer.stop()
        _tracer = None


def span(name: str, kind: Kind = Kind.PART, attributes: Attributes | None = None, *, is_current: bool = True) -> Span:
    """Return the span of what is about to be done; enter it. What is done in it belongs to it.

    One that is not current is for generators, which stop in the middle: what is done meanwhile is not a part of it.
    """
    return _tracer.span(name, kind, attributes or {}, is_current=is_current) if _tracer else NOTHING


def request_span(method: str, headers: RawHeaders) -> Span:
    """Return the span of a request: a part of the sender's trace, where `traceparent` (W3C Trace Context) names one."""
    return _tracer.request(method, headers) if _tracer else NOTHING


def carrier() -> dict[str, str]:
    """Return the header `traceparent` that carries the present trace on; nothing where nothing is traced."""
    return _tracer.carrier() if _tracer else {}


def continue_from(carrier: Mapping[str, str]) -> None:
    """Have what this task (of asyncio) does from now on belong to the trace that was carried here."""
    if _tracer:
        _tracer.continue_from(carrier)
