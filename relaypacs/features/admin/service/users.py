"""Users, as an administrator sees and changes them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.conditional import require_match
from relaypacs.core.security import hash_password
from relaypacs.features.admin.errors import LastAdmin, OwnAccount, UserNotFound
from relaypacs.features.admin.schemas import UserChange, UserCounts, UserNew
from relaypacs.features.admin.service.sites import known_site
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.models import AccountState, Role, Session, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import OneTimeLink
from relaypacs.features.identity.service.accounts import Accounts, NewAccount, check_password, taken_names_named
from relaypacs.features.identity.service.ending import end_sessions
from relaypacs.features.identity.service.passwords import Passwords
from relaypacs.features.identity.service.second_factor import SecondFactor
from relaypacs.infrastructure import Infrastructure

ADMINISTERS = {"role", "state"}
ENDS_SESSIONS = {"role", "state", "site_id", "totp_enabled"}
LEFT_TO_OTHERS = {"role", "state", "totp_enabled"}


class Users:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._trail = AuditTrail(infrastructure)
        self._accounts = Accounts(infrastructure)
        self._passwords = Passwords(infrastructure)

    async def page(
        self,
        actor: Actor,
        *,
        role: Role | None = None,
        state: AccountState | None = None,
        site_id: UUID | None = None,
        text: str | None = None,
        after: UUID | None = None,
        limit: int = 50,
        newest_first: bool = False,
    ) -> Sequence[User]:
        await self._trail.note_look(Entry(Action.USERS_LISTED, actor))
        async with self._database.read() as session:
            return await IdentityRepository(session).user_page(
                role=role,
                state=state,
                site_id=site_id,
                text=text,
                after=after,
                limit=limit,
                newest_first=newest_first,
            )

    async def counts(self) -> UserCounts:
        async with self._database.read() as session:
            found = await IdentityRepository(session).user_counts()
        return UserCounts(**{state.value: found.get(state, 0) for state in AccountState})

    async def get(self, user_id: UUID) -> User:
        """Return a user. Raises UserNotFound."""
        async with self._database.read() as session:
            user = await IdentityRepository(session).user(user_id)
        if user is None:
            raise UserNotFound("There is no such user.")
        return user

    async def named(self, username: str) -> User:
        """Return a user. Raises UserNotFound."""
        async with self._database.read() as session:
            user = await IdentityRepository(session).user_named(username)
        if user is None:
            raise UserNotFound("There is no user of that name.")
        return user

    async def create(self, request: UserNew, actor: Actor) -> tuple[User, OneTimeLink | None]:
        """Make an account, and a link to set its password where none was given.

        Raises UsernameTaken, WeakPassword, UnknownSite.
        """
        if request.password is not None:
            check_password(request.password, request.username)
        hashed = await hash_password(request.password) if request.password is not None else ""
        async with taken_names_named(), self._database.write() as session:
            account = NewAccount(
                request.username,
                request.email,
                request.full_name,
                hashed,
                role=request.role,
                site_id=await known_site(session, request.site_id),
            )
            user = await self._accounts.create(session, account, actor)
            link = None if hashed else await self._passwords.issue_reset(session, user, actor)
        return user, link

    async def change(self, user_id: UUID, change: UserChange, if_match: str | None, actor: Actor) -> User:
        """Change an account.

        Raises UserNotFound, StaleEdit, UnknownSite, LastAdmin rather than locking all out, and OwnAccount: whoever
        got hold of an administrator's session must not get rid of what protects the account.
        """
        wanted = change.model_dump(exclude_none=True)
        async with self._database.write() as session:
            admins = await IdentityRepository(session).lock_active_admins() if ADMINISTERS & wanted.keys() else ()
            user = await self._locked(session, user_id)
            require_match(if_match, user.version)
            changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
            if not changed:
                return user
            self._keep_an_admin(admins, user, changed)
            if LEFT_TO_OTHERS & changed.keys():
                self._leave_to_others(user, actor)
            await self._apply(session, user, changed)
            user.version += 1
            if ENDS_SESSIONS & changed.keys():
                await end_sessions(session, self._events, user.id)
            self._note_change(session, user, changed, actor)
        return user

    @staticmethod
    async def _apply(session: AsyncSession, user: User, changed: dict[str, Any]) -> None:
        if "site_id" in changed:
            await known_site(session, changed["site_id"])
        if "totp_enabled" in changed:
            await SecondFactor.turn_off(session, user)
        for name, value in changed.items():
            setattr(user, name, value)

    async def issue_reset(self, user_id: UUID, actor: Actor) -> OneTimeLink:
        """Make a one-time link by which the user sets a new password. Raises UserNotFound, OwnAccount."""
        async with self._database.write() as session:
            user = await self._locked(session, user_id)
            self._leave_to_others(user, actor)
            return await self._passwords.issue_reset(session, user, actor)

    async def sessions(self, user_id: UUID) -> Sequence[Session]:
        """Return where a user is signed in, the session used last first. Raises UserNotFound."""
        async with self._database.read() as session:
            repository = IdentityRepository(session)
            if await repository.user(user_id) is None:
                raise UserNotFound("There is no such user.")
            return await repository.open_sessions(user_id, now())

    async def end_sessions(self, user_id: UUID, actor: Actor) -> int:
        """Sign a user out everywhere. Returns how many sessions that ended. Raises UserNotFound, OwnAccount."""
        async with self._database.write() as session:
            user = await self._locked(session, user_id)
            self._leave_to_others(user, actor)
            ended = await end_sessions(session, self._events, user.id)
            entry = Entry(Action.SESSION_ENDED, actor, "user", str(user.id), details={"sessions": ended})
            self._trail.record(session, entry)
        return ended

    @staticmethod
    def _leave_to_others(user: User, actor: Actor) -> None:
        if user.id == actor.id:
            raise OwnAccount("Do this in your own account, or ask another administrator.")

    @staticmethod
    def _keep_an_admin(admins: Collection[UUID], user: User, changed: dict[str, Any]) -> None:
        """Refuse what would leave nobody to administer; `admins` are those who can now."""
        stays = changed.get("role", user.role) is Role.ADMIN and changed.get("state", user.state) is AccountState.ACTIVE
        if list(admins) == [user.id] and not stays:
            raise LastAdmin("This is the last administrator. Make another one first.")

    def _note_change(self, session: AsyncSession, user: User, changed: dict[str, Any], actor: Actor) -> None:
        """Write down which fields were changed, and the new values of those that give rights."""
        rights = {name: str(value) for name, value in changed.items() if name in ENDS_SESSIONS}
        details = {"fields": sorted(changed), **rights}
        self._trail.record(session, Entry(Action.USER_CHANGED, actor, "user", str(user.id), details=details))

    @staticmethod
    async def _locked(session: AsyncSession, user_id: UUID) -> User:
        user = await IdentityRepository(session).lock_user(user_id)
        if user is None:
            raise UserNotFound("There is no such user.")
        return user
