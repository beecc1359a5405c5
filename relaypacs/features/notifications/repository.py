"""Queries for notifications."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import first_id_at
from relaypacs.core.turns import take_turns
from relaypacs.features.identity.models import User
from relaypacs.features.notifications.models import Notification, NotificationType


class NotificationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *notifications: Notification) -> None:
        self._session.add_all(notifications)
        await self._session.flush()

    async def take_turns(self, user_ids: Collection[UUID]) -> None:
        """Return when nobody else writes notifications for these users before the transaction ends."""
        await take_turns(self._session, *(f"notifications:{user_id}" for user_id in user_ids))

    async def newest_of(self, user_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return the last identifier that each of the users has got, if any."""
        newest = select(Notification.id).where(Notification.user_id == User.id).order_by(Notification.id.desc())
        found = newest.limit(1).correlate(User).scalar_subquery()
        rows = await self._session.execute(select(User.id, found.label("newest")).where(User.id.in_(user_ids)))
        return {row.id: row.newest for row in rows if row.newest}

    async def were_told(self, user_ids: Collection[UUID], kind: NotificationType, since: datetime) -> bool:
        """Say whether one of the users has got a notification of a kind since then."""
        query = select(Notification.id).where(
            Notification.user_id.in_(user_ids), Notification.id > first_id_at(since), Notification.type == kind
        )
        return await self._session.scalar(query.limit(1)) is not None

    async def page(self, user_id: UUID, *, before: UUID | None, limit: int) -> Sequence[Notification]:
        """Return the newest first, those older than `before`."""
        query = select(Notification).where(Notification.user_id == user_id)
        if before:
            query = query.where(Notification.id < before)
        return (await self._session.scalars(query.order_by(Notification.id.desc()).limit(limit))).all()

    async def since(self, user_id: UUID, last: UUID | None, limit: int) -> Sequence[Notification]:
        """Return what came after `last`, oldest first; only unread ones when there is no `last`."""
        query = select(Notification).where(Notification.user_id == user_id)
        query = query.where(Notification.id > last) if last else query.where(Notification.is_read.is_(False))
        return (await self._session.scalars(query.order_by(Notification.id).limit(limit))).all()

    async def unread(self, user_id: UUID) -> int:
        return (
            await self._session.scalar(
                select(func.count())
                .select_from(Notification)
                .where(Notification.user_id == user_id, Notification.is_read.is_(False))
            )
            or 0
        )

    async def mark_read(self, user_id: UUID, notification_id: UUID) -> bool:
        """Return whether the user has such a notification."""
        return (
            await self._session.scalar(
                update(Notification)
                .where(Notification.user_id == user_id, Notification.id == notification_id)
                .values(is_read=True)
                .returning(Notification.id)
            )
            is not None
        )

    async def mark_all_read(self, user_id: UUID) -> None:
        await self._session.execute(
            update(Notification)
            .where(Notification.user_id == user_id, Notification.is_read.is_(False))
            .values(is_read=True)
        )
