"""Queries for the browsers that people are told by."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.identity.models import AccountState, Session, User
from relaypacs.features.notifications.models import PushSubscription


class PushRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, subscription: PushSubscription) -> None:
        self._session.add(subscription)
        await self._session.flush()

    async def get(self, subscription_id: UUID) -> PushSubscription | None:
        return await self._session.get(PushSubscription, subscription_id)

    async def by_endpoint(self, endpoint_hash: str) -> PushSubscription | None:
        return await self._session.scalar(
            select(PushSubscription).where(PushSubscription.endpoint_hash == endpoint_hash).with_for_update()
        )

    async def reachable(self, subscription_id: UUID) -> PushSubscription | None:
        """Return a subscription unless the session that it belongs to was ended, or the account is not active."""
        return await self._session.scalar(
            select(PushSubscription)
            .join(Session, Session.id == PushSubscription.session_id)
            .join(User, User.id == PushSubscription.user_id)
            .where(
                PushSubscription.id == subscription_id,
                Session.revoked_at.is_(None),
                User.state == AccountState.ACTIVE,
            )
        )

    async def of_users(self, user_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """Return the subscriptions by which each of the users is reached."""
        rows = await self._session.execute(
            select(PushSubscription.user_id, PushSubscription.id)
            .join(Session, Session.id == PushSubscription.session_id)
            .where(PushSubscription.user_id.in_(user_ids), Session.revoked_at.is_(None))
            .order_by(PushSubscription.id)
        )
        found: dict[UUID, list[UUID]] = {}
        for user_id, subscription_id in rows:
            found.setdefault(user_id, []).append(subscription_id)
        return found

    async def count(self, user_id: UUID) -> int:
        return len((await self.of_users([user_id])).get(user_id, ()))

    async def remove(self, subscription_id: UUID, *, of_user: UUID | None = None) -> bool:
        """Return whether there was such a subscription."""
        query = delete(PushSubscription).where(PushSubscription.id == subscription_id)
        if of_user:
            query = query.where(PushSubscription.user_id == of_user)
        return await self._session.scalar(query.returning(PushSubscription.id)) is not None

    async def keep_newest(self, user_id: UUID, count: int) -> None:
        """Remove what a user has beyond so many, the oldest ones."""
        newest = select(PushSubscription.id).where(PushSubscription.user_id == user_id)
        newest = newest.order_by(PushSubscription.id.desc()).limit(count)
        await self._session.execute(
            delete(PushSubscription).where(PushSubscription.user_id == user_id, PushSubscription.id.not_in(newest))
        )

    async def forget_ended(self) -> None:
        """Remove the subscriptions of sessions that were ended."""
        ended = select(Session.id).where(Session.revoked_at.is_not(None))
        await self._session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(ended)))
