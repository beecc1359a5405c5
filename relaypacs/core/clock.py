"""Time and identifiers: the one place that asks the operating system for them."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils import compat

ID_RANDOM_BITS = 80  # version, variant and what is random, below the time in milliseconds


def now() -> datetime:
    """Return the present moment, always with the UTC zone."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): unique, and ordered by time, so that indexes grow at one end."""
    return compat.uuid7()


def id_after(earlier: UUID | None) -> UUID:
    """Return a new identifier that comes after `earlier`, also when a machine whose clock is ahead has made it."""
    fresh = new_id()
    return fresh if earlier is None or fresh > earlier else UUID(int=earlier.int + 1)


def first_id_at(moment: datetime) -> UUID:
    """Return the bound that no identifier made before the moment reaches, and every later one does."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << ID_RANDOM_BITS)


def milliseconds_of(identifier: UUID) -> int:
    """Return when an identifier of `new_id` was made, in milliseconds since 1970."""
    return identifier.int >> ID_RANDOM_BITS
