"""Queries for the audit trail. There is none that changes or removes an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.audit.models import Action, AuditEvent, AuditHead, AuditOutcome

HEAD = 1


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; None looks for everything. `since` is included, `until` is not."""

    actor_id: UUID | None = None
    object_id: str | None = None
    action: Action | None = None
    outcome: AuditOutcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    actor_name: str | None = None


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
        """Return the events that follow a position, the oldest first."""
        query = select(AuditEvent).where(AuditEvent.position > position).order_by(AuditEvent.position).limit(limit)
        return (await self._session.scalars(query)).all()

    async def page(self, wanted: AuditFilter, *, before: int | None, limit: int) -> Sequence[AuditEvent]:
        """Return the newest events first."""
        query = select(AuditEvent)
        if wanted.actor_id:
            query = query.where(AuditEvent.actor_id == wanted.actor_id)
        if wanted.object_id:
            query = query.where(AuditEvent.object_id == wanted.object_id)
        if wanted.action:
            query = query.where(AuditEvent.action == wanted.action)
        if wanted.outcome:
            query = query.where(AuditEvent.outcome == wanted.outcome)
        if wanted.since:
            query = query.where(AuditEvent.at >= wanted.since)
        if wanted.until:
            query = query.where(AuditEvent.at < wanted.until)
        if wanted.actor_name:
            query = query.where(AuditEvent.actor_name == wanted.actor_name)
        if before is not None:
            query = query.where(AuditEvent.position < before)
        return (await self._session.scalars(query.order_by(AuditEvent.position.desc()).limit(limit))).all()
