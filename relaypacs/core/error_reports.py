"""Reports of the gateway's own faults to Sentry, for where a DSN is given. Elsewhere nothing of it is imported.

A report is what the log line says: which event, which kind of error, where in the code, and the trace id. It is made
here, member by member. What the SDK would gather by itself (requests, headers, local variables, source, users, what
happened before) is never asked for, and thrown away once more before anything leaves.
"""

import time
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from relaypacs import __version__
from relaypacs.core.errors import words_of
from relaypacs.core.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.client import Client
    from sentry_sdk.types import Event, Hint

OURS = "relaypacs"
SEVERE = frozenset({"error", "critical"})
TAGS = ("trace_id", "method", "route", "status", "code", "task", "stage", "outcome", "environment")
EXTRA = ("upload_id", "file_id", "delivery_id", "destination_id", "report_id", "key", "count", "attempt")
MEMBERS = frozenset(
    {
        "event_id", "timestamp", "level", "platform", "logger", "logentry", "exception", "tags", "extra", "release",
        "environment", "sdk",
    }
)  # fmt: skip
# The same fault at the same place is reported once in this time: a database that is down is one fault, not thousands.
AGAIN_AFTER_SECONDS = 60.0
REMEMBERED = 1000
STOP_SECONDS = 2.0
REPORTED = "_relaypacs_reported"

_client: "Client | None" = None
_reported_at: dict[tuple[str, ...], float] = {}


def start_error_reports(settings: Settings) -> None:
    """Begin to report, if there is a DSN."""
    global _client  # noqa: PLW0603 - as with logs, whoever notes something does not know who reads it
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return
    from sentry_sdk.client import Client  # noqa: PLC0415 - time and memory, for whom wants it

    _reported_at.clear()
    # Not `sentry_sdk.init`: it would put hooks into the libraries that the gateway is made of.
    _client = Client(
        dsn,
        release=__version__,
        environment=settings.environment.value,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        spotlight=False,
        before_send=_only_what_is_listed,
        shutdown_timeout=STOP_SECONDS,
    )


def stop_error_reports() -> None:
    """Send what was not sent yet; waits for that, but not for long."""
    global _client  # noqa: PLW0603 - as above
    if _client:
        _client.close(timeout=STOP_SECONDS)
        _client = None


def report(line: Mapping[str, Any], error: BaseException | None) -> None:
    """Report what a log line tells of, if it is severe and news."""
    if _client is None or line.get("level") not in SEVERE or _was_reported(line, error):
        return
    logger = str(line.get("logger", ""))
    # What a library says may quote anything; our own events are constants.
    said = str(line.get("event", "")) if logger.split(".", maxsplit=1)[0] == OURS else f"an error of {logger}"
    event: Event = {
        "level": "error",
        "logger": logger,
        "logentry": {"message": said},
        "tags": {name: str(line[name]) for name in TAGS if line.get(name)},
        "extra": {name: str(line[name]) for name in EXTRA if line.get(name)},
    }
    if error:
        event["exception"] = {"values": list(_chain(error))}
    _client.capture_event(event)


def _was_reported(line: Mapping[str, Any], error: BaseException | None) -> bool:
    """Tell whether this very error was reported, for two may log it, or the same fault a moment ago."""
    if error is not None:
        if getattr(error, REPORTED, False):
            return True
        setattr(error, REPORTED, True)
    place = traceback.extract_tb(error.__traceback__)[-1:] if error else []
    key = (
        str(line.get("event")),
        str(line.get("code", "")),
        type(error).__qualname__,
        *(f"{frame.filename}:{frame.lineno}" for frame in place),
    )
    at = time.monotonic()
    if at - _reported_at.get(key, float("-inf")) < AGAIN_AFTER_SECONDS:
        return True
    if len(_reported_at) >= REMEMBERED:
        _reported_at.clear()
    _reported_at[key] = at
    return False


def _chain(error: BaseException) -> Iterator[dict[str, Any]]:
    """Yield the error and what led to it, the earliest first, without what they say unless that is our own."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier:
        yield from _chain(earlier)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain(member)
    frames = [
        {
            "module": (module := str(frame.f_globals.get("__name__", ""))),
            "filename": f"{module.replace('.', '/')}.py",
            "function": frame.f_code.co_name,
            "lineno": line,
            "in_app": module.split(".", maxsplit=1)[0] == OURS,
        }
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    yield {
        "type": type(error).__qualname__,
        "module": type(error).__module__,
        "value": words_of(error),
        "stacktrace": {"frames": frames},
    }


def _only_what_is_listed(event: "Event", _hint: "Hint") -> "Event":
    """Throw away whatever the SDK has added."""
    return cast("Event", {name: value for name, value in event.items() if name in MEMBERS})
