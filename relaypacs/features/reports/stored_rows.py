"""Queries for where in the destinations what was signed is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.database import UtcDateTime

# Deliveries are above reports; what is to be known of them here is how those of signed versions stand.
DELIVERIES = table(
    "deliveries",
    *(column(name, Uuid) for name in ("id", "report_version_id", "destination_id")),
    column("state", String),
    column("last_reason", String),
)
OUTCOMES = table(
    "delivery_instances",
    column("delivery_id", Uuid),
    column("reason", String),
    column("changed_at", UtcDateTime),
)
DESTINATIONS = table("destinations", column("id", Uuid), column("name", String))


@dataclass(frozen=True, slots=True)
class StoredRow:
    """How far one version has come at one destination, since when, and what the destination has said."""

    destination: str
    state: str
    reason: str
    at: datetime


async def stored_rows(session: AsyncSession, version_ids: Collection[UUID]) -> dict[UUID, list[StoredRow]]:
    """Return where each version is, or is on its way to, in the order of the destinations' names."""
    rows = await session.execute(
        select(
            DELIVERIES.c.report_version_id,
            DESTINATIONS.c.name,
            DELIVERIES.c.state,
            DELIVERIES.c.last_reason,
            OUTCOMES.c.reason,
            OUTCOMES.c.changed_at,
        )
        .join(DESTINATIONS, DESTINATIONS.c.id == DELIVERIES.c.destination_id)
        .join(OUTCOMES, OUTCOMES.c.delivery_id == DELIVERIES.c.id)
        .where(DELIVERIES.c.report_version_id.in_(version_ids))
        .order_by(DESTINATIONS.c.name)
    )
    found: dict[UUID, list[StoredRow]] = {}
    for row in rows:
        reason = row.reason or row.last_reason
        found.setdefault(row.report_version_id, []).append(StoredRow(row.name, row.state, reason, row.changed_at))
    return found
