"""Queries for the keys, and for everything that they have sealed."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.database import Base
from relaypacs.core.security import SEALED_FOR
from relaypacs.features.admin.models import KeyRing
from relaypacs.features.identity.models import RecoveryCode, Session, User
from relaypacs.features.notifications.models import PushSubscription

Reseal = Callable[[str, str], str]


def sealed_columns() -> Iterator[tuple[Table, Column[str], str]]:
    """Yield every column whose values are sealed, and the context that they are sealed for."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if SEALED_FOR in column.info:
                yield table, column, column.info[SEALED_FOR]


class KeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rings(self) -> Sequence[KeyRing]:
        """Return the rings, the one that stays first."""
        return (await self._session.scalars(select(KeyRing).order_by(KeyRing.is_leaving))).all()

    async def add(self, ring: KeyRing) -> None:
        self._session.add(ring)
        await self._session.flush()

    async def remove(self, rings: Sequence[KeyRing]) -> None:
        for ring in rings:
            await self._session.delete(ring)
        await self._session.flush()

    async def reseal(self, change: Reseal) -> tuple[int, int]:
        """Change every sealed value by `change(sealed, context)`. Returns how many were, and how many can't be."""
        changed = unreadable = 0
        for table, column, context in sealed_columns():
            rows = await self._session.execute(select(table.c.id, column).where(column.is_not(None)).with_for_update())
            for row_id, sealed in rows.all():
                try:
                    value = change(sealed, context.format(id=row_id))
                except ValueError:
                    unreadable += 1
                    continue
                await self._session.execute(update(table).where(table.c.id == row_id).values({column.name: value}))
                changed += 1
        return changed, unreadable

    async def forget_sealed(self) -> None:
        """Remove every sealed value, and the row where that cannot be without; no second factor is left on."""
        for table, column, _ in sealed_columns():
            if column.nullable:
                await self._session.execute(update(table).values({column.name: None}))
            else:
                await self._session.execute(delete(table))
        await self._session.execute(update(User).values(totp_enabled=False))
        await self._session.execute(delete(RecoveryCode))

    async def end_all_sessions(self) -> int:
        """End every session, and forget the browsers that were subscribed in one. Returns how many sessions."""
        await self._session.execute(delete(PushSubscription))
        ended = await self._session.execute(
            update(Session).where(Session.revoked_at.is_(None)).values(revoked_at=now()).returning(Session.id)
        )
        return len(ended.all())
