"""Changing a password, and setting one through a one-time link."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.origin import Origin
from relaypacs.core.security import hash_password, password_matches
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import InvalidToken, LinkInvalid, PasswordWrong, WeakPassword
from relaypacs.features.identity.models import AccountState, PasswordReset, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import OneTimeLink
from relaypacs.features.identity.service.accounts import check_password
from relaypacs.features.identity.service.caller import Caller, actor_of
from relaypacs.features.identity.service.ending import end_sessions
from relaypacs.features.identity.service.lockout import Lockout
from relaypacs.features.identity.service.one_time import new_token, one_time_link, token_hash
from relaypacs.infrastructure import Infrastructure

RESET_GOOD_FOR = timedelta(hours=24)
RESET_PAGE = "/reset-password"


class Passwords:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._settings = infrastructure.settings
        self._trail = AuditTrail(infrastructure)
        self._lockout = Lockout(infrastructure.rate_limits.storage)

    async def prove(self, caller: Caller, password: str) -> None:
        """Have somebody who is signed in prove once more who he is. Raises PasswordWrong, TooManyFailures."""
        address = caller.origin.address
        await self._lockout.check(caller.username, address)
        async with self._database.read() as session:
            user = await IdentityRepository(session).user(caller.user_id)
        if user is None or not user.password_hash or not await password_matches(password, user.password_hash):
            await self._lockout.failed(caller.username, address)
            raise PasswordWrong("The password is wrong.")
        await self._lockout.check(caller.username, address)

    async def change(self, caller: Caller, current: str, new: str) -> None:
        """Set a new password, and end the caller's other sessions.

        Raises PasswordWrong, WeakPassword, TooManyFailures.
        """
        await self.prove(caller, current)
        if new == current:
            raise WeakPassword("The new password is the present one.")
        check_password(new, caller.username)
        hashed = await hash_password(new)
        async with self._database.write() as session:
            user = await IdentityRepository(session).lock_user(caller.user_id)
            if user is None:
                raise InvalidToken("Sign in again.")
            await self._set(session, user, hashed, caller.actor, keep=caller.session_id)

    async def issue_reset(self, session: AsyncSession, user: User, actor: Actor) -> OneTimeLink:
        """Make a link for the user in the caller's transaction; earlier ones stop working."""
        token, hashed = new_token()
        expires_at = now() + RESET_GOOD_FOR
        repository = IdentityRepository(session)
        await repository.void_resets(user.id, now())
        await repository.add(PasswordReset(user_id=user.id, token_hash=hashed, expires_at=expires_at))
        self._trail.record(session, Entry(Action.PASSWORD_RESET_ISSUED, actor, "user", str(user.id)))
        return one_time_link(self._settings, RESET_PAGE, token, expires_at)

    async def redeem_reset(self, token: str, new: str, origin: Origin) -> None:
        """Set the password by a link, which is used up, and end all sessions. Raises LinkInvalid, WeakPassword."""
        async with self._database.read() as session:
            user = await self._user_of(session, token)
        check_password(new, user.username)
        hashed = await hash_password(new)
        async with self._database.write() as session:
            user = await self._user_of(session, token)
            await self._set(session, user, hashed, actor_of(user, origin), keep=None)

    async def _user_of(self, session: AsyncSession, token: str) -> User:
        repository = IdentityRepository(session)
        reset = await repository.lock_reset(token_hash(token))
        if reset is None or reset.used_at or reset.expires_at <= now():
            raise LinkInvalid("This link was used before, or is too old. Ask the administrator for a new one.")
        user = await repository.lock_user(reset.user_id)
        if user is None or user.state is AccountState.DISABLED:
            raise LinkInvalid("This account is disabled. Ask the administrator.")
        return user

    async def _set(
        self, session: AsyncSession, user: User, password_hash: str, actor: Actor, *, keep: UUID | None
    ) -> None:
        """Set it, void every link that could set another, and end the sessions."""
        user.password_hash = password_hash
        user.version += 1
        await IdentityRepository(session).void_resets(user.id, now())
        await end_sessions(session, self._events, user.id, keep=keep)
        self._trail.record(session, Entry(Action.PASSWORD_CHANGED, actor, "user", str(user.id)))
