"""Queries for the audit trail. There is none that changes or removes an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.audit.models import Action, AuditEvent, AuditHead, AuditOutcome

HEAD = 1
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
"""What a row raises that holds something we never write, such as an action that does not exist, or no JSON."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; None looks for everything. `since` and `up_to`, a position, are included, `until` is not."""

    actor_id: UUID | None = None
    object_id: str | None = None
    action: Action | None = None
    outcome: AuditOutcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    actor_name: str | None = None
    address: str | None = None
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """Stands for a row that holds something we never write; `relaypacs admin audit verify` finds it, too."""

    position: int


class AuditRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_head(self) -> AuditHead:
        """Return where the trail ends; nobody else can add to it until this transaction ends."""
        return await self._session.get_one(AuditHead, HEAD, with_for_update=True, populate_existing=True)

    async def head(self) -> AuditHead:
        return await self._session.get_one(AuditHead, HEAD)

    async def add(self, events: Sequence[AuditEvent]) -> None:
        self._session.add_all(events)
        await self._session.flush()

    async def mark_forwarded(self, position: int) -> None:
        await self._session.execute(update(AuditHead).where(AuditHead.id == HEAD).values(forwarded=position))

    async def after(self, position: int, limit: int) -> Sequence[AuditEvent]:
        """Return the events that follow a position, the oldest first. Raises UNREADABLE."""
        query = select(AuditEvent).where(AuditEvent.position > position).order_by(AuditEvent.position).limit(limit)
        return (await self._session.scalars(query)).all()

    async def page(
        self, wanted: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[AuditEvent | UnreadableEvent]:
        """Return the newest events first. One that cannot be read does not take the others with it."""
        query = _looked_for(wanted)
        if before is not None:
            query = query.where(AuditEvent.position < before)
        return await self._read(query.order_by(AuditEvent.position.desc()).limit(limit))

    async def following(self, position: int, limit: int) -> Sequence[AuditEvent | UnreadableEvent]:
        """Return what follows a position, the oldest first, also behind events that cannot be read."""
        query = select(AuditEvent).where(AuditEvent.position > position)
        return await self._read(query.order_by(AuditEvent.position).limit(limit))

    async def _read(self, query: Select[AuditEvent]) -> Sequence[AuditEvent | UnreadableEvent]:
        try:
            return (await self._session.scalars(query)).all()
        except UNREADABLE:
            positions = (await self._session.scalars(query.with_only_columns(AuditEvent.position))).all()
            return [await self._at(position) for position in positions]

    async def _at(self, position: int) -> AuditEvent | UnreadableEvent:
        try:
            return await self._session.get_one(AuditEvent, position)
        except UNREADABLE:
            return UnreadableEvent(position)


def _looked_for(wanted: AuditFilter) -> Select[AuditEvent]:
    query = select(AuditEvent)
    for column, value in (
        (AuditEvent.actor_id, wanted.actor_id),
        (AuditEvent.actor_name, wanted.actor_name),
        (AuditEvent.object_id, wanted.object_id),
        (AuditEvent.action, wanted.action),
        (AuditEvent.outcome, wanted.outcome),
        (AuditEvent.address, wanted.address),
    ):
        if value:
            query = query.where(column == value)
    if wanted.since:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEvent.at < wanted.until)
    if wanted.up_to is not None:
        query = query.where(AuditEvent.position <= wanted.up_to)
    return query
