"""Adds to the audit trail: in the transaction of what happened, or in one of its own for a mere look.

Two of our transactions never wait for each other's locks in a circle, because the trail's end is locked last:
events gather in the session, and become rows when everything else has been written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from limits import RateLimitItemPerMinute
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.database import before_commit
from relaypacs.core.origin import NOWHERE, Origin
from relaypacs.features.audit.errors import KeysChanged
from relaypacs.features.audit.models import Action, AuditEvent, AuditOutcome
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.audit.service.seal import seal_of
from relaypacs.infrastructure import Infrastructure

SAME_LOOK = RateLimitItemPerMinute(1, 5)
"""A page that polls is one look: the same person at the same thing is written down once in five minutes."""

GATHERED = "audit"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and from where."""

    id: UUID | None
    name: str
    role: str
    origin: Origin = NOWHERE


SYSTEM = Actor(None, "system", "system")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down. `details` holds codes, counts and identifiers, as plain JSON values."""

    action: Action
    actor: Actor
    object_kind: str = ""
    object_id: str = ""
    outcome: AuditOutcome = AuditOutcome.SUCCESS
    details: Mapping[str, Any] = field(default_factory=dict)


class AuditTrail:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._looks = infrastructure.lenient_limits
        self._keys = infrastructure.keys.trail

    def record(self, session: AsyncSession, entry: Entry) -> None:
        """Write the entry with the caller's transaction: both become durable, or neither."""
        if GATHERED not in session.info:
            session.info[GATHERED] = []
            before_commit(session, partial(self._append, session))
        session.info[GATHERED].append(entry)

    async def note(self, entry: Entry) -> None:
        """Write the entry in a transaction of its own; it is durable when this returns."""
        async with self._database.write() as session:
            self.record(session, entry)

    async def note_look(self, entry: Entry) -> None:
        """Write down that somebody looked at something, unless that was written a moment ago."""
        actor = entry.actor
        look = (
            str(actor.id),
            actor.origin.address,
            entry.action.value,
            entry.object_id,
            str(sorted(entry.details.items())),
        )
        if not await self._looks.hit(SAME_LOOK, "look", *look):
            return
        try:
            await self.note(entry)
        except BaseException:  # also a client that goes away: the next look would be taken for one that was written
            await self._looks.clear(SAME_LOOK, "look", *look)
            raise

    async def _append(self, session: AsyncSession) -> None:
        """Seal what was gathered, one row after the other, and move the trail's end on.

        Raises KeysChanged in a process that has begun with earlier keys: what it seals could never be verified.
        """
        repository = AuditRepository(session)
        head = await repository.lock_head()
        if head.generation != self._keys.generation:
            raise KeysChanged("The secret key was changed while this process ran. Restart it.")
        rows = []
        for entry in session.info.pop(GATHERED):
            row = _row(entry, head.position + 1)
            row.seal = seal_of(row, head.seal, self._keys.newest)
            head.position, head.seal = row.position, row.seal
            rows.append(row)
        await repository.add(rows)


def _row(entry: Entry, position: int) -> AuditEvent:
    actor = entry.actor
    return AuditEvent(
        position=position,
        at=now(),
        action=entry.action,
        outcome=entry.outcome,
        actor_id=actor.id,
        actor_name=actor.name[:50],
        actor_role=actor.role,
        address=actor.origin.address[:64],
        trace_id=actor.origin.trace_id,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        details=dict(entry.details),
    )
