"""Queries for sites, users and sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.database import Base
from relaypacs.features.identity.models import (
    AccountState,
    ExternalIdentity,
    Invitation,
    InvitationState,
    PasswordReset,
    RecoveryCode,
    Role,
    Session,
    Site,
    User,
)


class IdentityRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: Base) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    # -- users and sites ---------------------------------------------------------------------------------------

    async def user(self, user_id: UUID) -> User | None:
        return await self._session.get(User, user_id)

    async def user_named(self, username: str) -> User | None:
        return await self._session.scalar(select(User).where(User.username == username.lower()))

    async def user_known_as(self, issuer: str, subject: str) -> User | None:
        """Return the user whom an OpenID provider knows by this name, locked."""
        return await self._session.scalar(
            select(User)
            .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
            .where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
            .with_for_update(of=User, key_share=True)
        )

    async def names(self, user_ids: Collection[UUID]) -> dict[UUID, str]:
        """Return what people are called: the full name, else the user name."""
        name = func.coalesce(func.nullif(User.full_name, ""), User.username)
        rows = await self._session.execute(select(User.id, name.label("name")).where(User.id.in_(user_ids)))
        return {row.id: row.name for row in rows}

    async def id_known_as(self, issuer: str, subject: str) -> UUID | None:
        query = select(ExternalIdentity.user_id)
        query = query.where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
        return await self._session.scalar(query)

    async def any_user(self) -> bool:
        return await self._session.scalar(select(User.id).limit(1)) is not None

    async def lock_user(self, user_id: UUID) -> User | None:
        """Have nobody else change the account; rows that refer to it can be written meanwhile (FOR NO KEY UPDATE)."""
        return await self._session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)

    async def active_with_role(self, role: Role) -> Sequence[UUID]:
        query = select(User.id).where(User.role == role, User.state == AccountState.ACTIVE)
        return (await self._session.scalars(query.order_by(User.id))).all()

    async def active_at_site(self, site_id: UUID, roles: Collection[Role]) -> Sequence[UUID]:
        query = select(User.id).where(User.site_id == site_id, User.role.in_(roles), User.state == AccountState.ACTIVE)
        return (await self._session.scalars(query)).all()

    async def lock_active_admins(self) -> Sequence[UUID]:
        """Return who can administer, locked in one order, so that two who demote each other don't wait in a circle."""
        query = select(User.id).where(User.role == Role.ADMIN, User.state == AccountState.ACTIVE)
        return (await self._session.scalars(query.order_by(User.id).with_for_update(key_share=True))).all()

    async def user_page(
        self,
        *,
        role: Role | None,
        state: AccountState | None,
        site_id: UUID | None,
        text: str | None,
        after: UUID | None,
        limit: int,
        newest_first: bool = False,
    ) -> Sequence[User]:
        """Return users in the order they came, or the other way round, from behind the one that is `after`.

        `text` is looked for in user name, full name and address.
        """
        query = select(User)
        if role:
            query = query.where(User.role == role)
        if state:
            query = query.where(User.state == state)
        if site_id:
            query = query.where(User.site_id == site_id)
        if text:
            found = func.lower(User.username + " " + User.full_name + " " + func.coalesce(User.email, ""))
            query = query.where(found.contains(text.lower(), autoescape=True))
        if after:
            query = query.where(User.id < after if newest_first else User.id > after)
        order = User.id.desc() if newest_first else User.id
        return (await self._session.scalars(query.order_by(order).limit(limit))).all()

    async def user_counts(self) -> dict[AccountState, int]:
        """Return how many accounts there are in each state that any is in."""
        rows = await self._session.execute(select(User.state, func.count().label("users")).group_by(User.state))
        return {row.state: row.users for row in rows}

    async def user_counts_of_sites(self, site_ids: Collection[UUID]) -> dict[UUID, int]:
        """Return how many accounts belong to each of these sites; none: not in it."""
        query = select(User.site_id, func.count().label("users")).where(User.site_id.in_(site_ids))
        return {row.site_id: row.users for row in await self._session.execute(query.group_by(User.site_id))}

    async def first_site(self) -> Site | None:
        return await self._session.scalar(select(Site).order_by(Site.created_at, Site.id).limit(1))

    async def site(self, site_id: UUID) -> Site | None:
        return await self._session.get(Site, site_id)

    async def site_named(self, name: str) -> Site | None:
        return await self._session.scalar(select(Site).where(Site.name == name))

    async def site_names(self, site_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(select(Site.id, Site.name).where(Site.id.in_(site_ids)))
        return {row.id: row.name for row in rows}

    async def all_sites(self) -> Sequence[Site]:
        return (await self._session.scalars(select(Site).order_by(Site.name))).all()

    async def lock_site(self, site_id: UUID) -> Site | None:
        return await self._session.get(Site, site_id, with_for_update=True, populate_existing=True)

    async def site_page(self, *, after: UUID | None, limit: int, text: str | None = None) -> Sequence[Site]:
        """Return sites in the order they were made; `text` is a part of the name."""
        query = select(Site)
        if text:
            query = query.where(func.lower(Site.name).contains(text.lower(), autoescape=True))
        if after:
            query = query.where(Site.id > after)
        return (await self._session.scalars(query.order_by(Site.id).limit(limit))).all()

    # -- sessions ----------------------------------------------------------------------------------------------

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

    async def lock_session(self, session_id: UUID) -> Session | None:
        return await self._session.get(Session, session_id, with_for_update=True)

    async def open_sessions(self, user_id: UUID, at: datetime) -> Sequence[Session]:
        """Return the sessions that still open something, the one used last first."""
        query = select(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > at)
        return (await self._session.scalars(query.order_by(Session.rotated_at.desc()))).all()

    async def revoke_session(self, user_id: UUID, session_id: UUID, at: datetime) -> bool:
        """End one session of a user. Returns whether there was such a session, still open."""
        query = (
            update(Session)
            .where(Session.id == session_id, Session.user_id == user_id, Session.revoked_at.is_(None))
            .values(revoked_at=at)
            .returning(Session.id)
        )
        return await self._session.scalar(query) is not None

    async def revoke_sessions(self, user_id: UUID, at: datetime, *, keep: UUID | None = None) -> int:
        """End a user's sessions, all but one. Returns how many there were."""
        query = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
        if keep:
            query = query.where(Session.id != keep)
        return len((await self._session.scalars(query.values(revoked_at=at).returning(Session.id))).all())

    # -- what stands in for a password ---------------------------------------------------------------------------

    async def replace_recovery_codes(self, user_id: UUID, hashes: Sequence[str]) -> None:
        await self._session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        await self.add(*(RecoveryCode(user_id=user_id, code_hash=code_hash) for code_hash in hashes))

    async def use_recovery_code(self, user_id: UUID, code_hash: str, at: datetime) -> bool:
        """Use a code up. Returns whether it was there to be used."""
        query = (
            update(RecoveryCode)
            .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None))
            .values(used_at=at)
            .returning(RecoveryCode.id)
        )
        return await self._session.scalar(query) is not None

    async def void_resets(self, user_id: UUID, at: datetime) -> None:
        """Make every link that the user still has worthless."""
        await self._session.execute(
            update(PasswordReset)
            .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
            .values(used_at=at)
        )

    async def lock_reset(self, token_hash: str) -> PasswordReset | None:
        return await self._session.scalar(
            select(PasswordReset).where(PasswordReset.token_hash == token_hash).with_for_update()
        )

    async def invitation_of(self, token_hash: str) -> Invitation | None:
        """Return the invitation that a link belongs to, locked."""
        return await self._session.scalar(
            select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()
        )

    async def lock_invitation(self, invitation_id: UUID) -> Invitation | None:
        return await self._session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)

    async def invitation_page(
        self, *, before: UUID | None, limit: int, state: InvitationState | None = None
    ) -> Sequence[Invitation]:
        query = select(Invitation).where(*_in_state(state, now()))
        if before:
            query = query.where(Invitation.id < before)
        return (await self._session.scalars(query.order_by(Invitation.id.desc()).limit(limit))).all()


def _in_state(state: InvitationState | None, at: datetime) -> Sequence[ColumnElement[bool]]:
    """Return what holds for the rows of invitations that are in a state; it says the same as `Invitation.state`."""
    accepted, revoked = Invitation.accepted_by.is_not(None), Invitation.revoked_at.is_not(None)
    match state:
        case None:
            return ()
        case InvitationState.ACCEPTED:
            return (accepted,)
        case InvitationState.REVOKED:
            return (~accepted, revoked)
        case InvitationState.OPEN:
            return (~accepted, ~revoked, Invitation.expires_at > at)
        case InvitationState.EXPIRED:
            return (~accepted, ~revoked, Invitation.expires_at <= at)
