"""Time and identifiers: the one place that asks the operating system for them."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils import compat


def now() -> datetime:
    """Return the present moment, always with the UTC zone."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): unique, and ordered by time, so that indexes grow at one end."""
    return compat.uuid7()
