"""Signing in with a password and, where it is on, a second factor."""

from uuid import UUID

from relaypacs.core.origin import Origin
from relaypacs.core.security import password_matches
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import AccountNotActive, InvalidCredentials, TooManyFailures
from relaypacs.features.identity.metrics import SIGN_INS
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import LoginRequest, TokenPair, TotpRequired
from relaypacs.features.identity.service.caller import actor_of
from relaypacs.features.identity.service.lockout import Lockout
from relaypacs.features.identity.service.second_factor import SecondFactor
from relaypacs.features.identity.service.sessions import Sessions
from relaypacs.infrastructure import Infrastructure

# Compared against when there is nothing to compare with, so that the time taken does not tell.
NOBODYS_HASH = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO5o3nHnFJ4nYwSFyQm8RZ0xQy2C6w9eG"


class SignIn:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)
        self._sessions = Sessions(infrastructure)
        self._second_factor = SecondFactor(infrastructure)
        self._lockout = Lockout(infrastructure.rate_limits.storage)

    async def login(self, request: LoginRequest, origin: Origin) -> TokenPair | TotpRequired:
        """Check password and second factor. Raises InvalidCredentials, AccountNotActive, TooManyFailures."""
        async with self._database.read() as session:
            user = await IdentityRepository(session).user_named(request.username)
        try:
            answer = await self._prove(user, request, origin)
        except (InvalidCredentials, AccountNotActive, TooManyFailures) as refusal:
            await self._note_refusal(user, origin, refusal.code)
            raise
        return answer

    async def prove(self, username: str, password: str, origin: Origin) -> User:
        """Check a password without opening a session; whether a second factor is on is for the caller to see.

        Raises InvalidCredentials, AccountNotActive, TooManyFailures.
        """
        async with self._database.read() as session:
            user = await IdentityRepository(session).user_named(username)
        try:
            proven = await self._password(user, username, password, origin)
        except (InvalidCredentials, AccountNotActive, TooManyFailures) as refusal:
            await self._note_refusal(user, origin, refusal.code)
            raise
        if not proven.totp_enabled:
            await self._lockout.forgive(username, origin.address)
        return proven

    async def _prove(self, user: User | None, request: LoginRequest, origin: Origin) -> TokenPair | TotpRequired:
        proven = await self._password(user, request.username, request.password, origin)
        if proven.totp_enabled and not request.totp_code:
            return TotpRequired()
        return await self._open(proven.id, proven.password_hash, request.totp_code or "", origin)

    async def _password(self, user: User | None, username: str, password: str, origin: Origin) -> User:
        """Compare the password before a write transaction is opened.

        bcrypt takes a quarter of a second, and nobody else's acknowledgement should wait for it.
        """
        await self._lockout.check(username, origin.address)
        expected = user.password_hash if user else ""
        matches = await password_matches(password, expected or NOBODYS_HASH)
        if user is None or not expected or not matches:
            await self._lockout.failed(username, origin.address)
            raise InvalidCredentials("User name or password is wrong.")
        await self._lockout.check(username, origin.address)
        if user.state is not AccountState.ACTIVE:
            raise AccountNotActive("The administrator has not approved this account, or has disabled it.")
        return user

    async def _open(self, user_id: UUID, proven_hash: str, code: str, origin: Origin) -> TokenPair:
        """Open the session, unless the account was changed since the password was compared."""
        async with self._database.write() as session:
            user = await IdentityRepository(session).lock_user(user_id)
            if user is None or user.password_hash != proven_hash or user.state is not AccountState.ACTIVE:
                raise InvalidCredentials("User name or password is wrong.")
            if user.totp_enabled:
                await self._lockout.check(user.username, origin.address)
                if not await self._second_factor.takes(session, user, code):
                    await self._lockout.failed(user.username, origin.address)
                    raise InvalidCredentials("The code is wrong or was used before.")
            tokens = await self._sessions.open(session, user, origin, method="password")
        await self._lockout.forgive(user.username, origin.address)
        SIGN_INS.labels("done").inc()
        return tokens

    async def _note_refusal(self, user: User | None, origin: Origin, code: str) -> None:
        """Write the failure down; a name that nobody has is not, because it may be a password in the wrong field."""
        SIGN_INS.labels(code).inc()
        actor = actor_of(user, origin) if user else Actor(None, "", "", origin)
        await self._trail.note(
            Entry(Action.SESSION_REFUSED, actor, outcome=AuditOutcome.FAILURE, details={"reason": code})
        )
