"""Queries for sites, users and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.identity.models import AccountState, Session, Site, User


class IdentityRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def user_named(self, username: str) -> User | None:
        return await self._session.scalar(select(User).where(User.username == username.lower()))

    async def any_user(self) -> bool:
        return await self._session.scalar(select(User.id).limit(1)) is not None

    async def active_user_of_session(self, session_id: UUID, at: datetime) -> User | None:
        """Return the user of a session that is neither revoked nor expired, if the account is active."""
        return await self._session.scalar(
            select(User)
            .join(Session, Session.user_id == User.id)
            .where(
                Session.id == session_id,
                Session.revoked_at.is_(None),
                Session.expires_at > at,
                User.state == AccountState.ACTIVE,
            )
        )

    async def lock_user(self, user_id: UUID) -> User | None:
        return await self._session.get(User, user_id, with_for_update=True, populate_existing=True)

    async def lock_session(self, session_id: UUID) -> Session | None:
        return await self._session.get(Session, session_id, with_for_update=True)

    async def revoke_session(self, session_id: UUID, at: datetime) -> None:
        await self._session.execute(
            update(Session).where(Session.id == session_id, Session.revoked_at.is_(None)).values(revoked_at=at)
        )

    async def first_site(self) -> Site | None:
        return await self._session.scalar(select(Site).order_by(Site.created_at, Site.id).limit(1))

    async def add(self, row: User | Site | Session) -> None:
        self._session.add(row)
        await self._session.flush()
