"""Structured logs. The trace id of the request is on every line that the request causes.

Events are constants in snake_case; fields are identifiers, counts, codes and durations, never content of
a study, a name, or a file name (file names in hospitals carry patients' names).
"""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from relaypacs.core import error_reports
from relaypacs.core.errors import words_of

# Fields that may appear on a log line. Anything else is dropped, so that patient data can't slip in by accident.
ALLOWED_FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "exception", "exc_info", "trace_id", "method", "route", "status",
        "duration_ms", "code", "upload_id", "file_id", "delivery_id", "destination_id", "user_id", "report_id",
        "task", "key", "stage", "count", "bytes", "attempt", "reason", "retry_in", "version", "address", "process",
        "outcome", "environment", "path", "message",
    }
)  # fmt: skip


def drop_unlisted(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep the fields of the catalogue only."""
    return {key: value for key, value in event.items() if key in ALLOWED_FIELDS}


def report_faults(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Report what is severe, wherever it is logged."""
    exc_info = event.get("exc_info")
    error = sys.exc_info()[1] if exc_info is True else exc_info
    if isinstance(error, tuple):
        error = error[1]
    error_reports.report(event, error if isinstance(error, BaseException) else None)
    return event


def stack_without_words(exc_info: ExcInfo) -> str:
    """Return where an error came from and of what kind it and its causes are, without what they say.

    An error quotes what it could not read, and that may be a patient's name. Our own errors never do.
    """
    return "\n".join(_described(exc_info[1]))


def _described(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier:
        yield from _described(earlier)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    words = words_of(error)
    yield f"{type(error).__module__}.{type(error).__qualname__}{words and f': {words}'}"
    if isinstance(error, BaseExceptionGroup):
        for number, member in enumerate(error.exceptions, start=1):
            yield f"of which number {number}:"
            yield from _described(member)


def configure_logging(level: str) -> None:
    """Send our lines and those of libraries to standard error as JSON, one object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        report_faults,
        structlog.processors.ExceptionRenderer(stack_without_words),
    ]
    structlog.configure(
        processors=[*shared, drop_unlisted, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Libraries log request lines and statements, which hold identifiers and values of patients.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "uvicorn.access"
    # Its errors quote what peers sent; what happened is said by our own events.
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    for name in ("sqlalchemy", "pydicom", "httpx", "httpcore", "apscheduler", "aiosqlite", "taskiq", "opentelemetry"):
        logging.getLogger(name).setLevel(logging.WARNING)
