"""Accounts and sessions: register, sign in, renew, sign out."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

import pyotp
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from zxcvbn import zxcvbn

from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.security import TokenInvalid, Tokens, Vault, derive_key, hash_password, password_matches
from relaypacs.core.settings import Registration, Settings
from relaypacs.features.identity.errors import (
    AccountNotActive,
    InvalidCredentials,
    InvalidToken,
    RefreshTokenReused,
    RegistrationClosed,
    UsernameTaken,
    WeakPassword,
)
from relaypacs.features.identity.models import AccountState, Role, Session, Site, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import LoginRequest, TokenPair, TotpRequired, UserCreate

MIN_PASSWORD_LENGTH = 12
MIN_PASSWORD_SCORE = 3
ZXCVBN_READS = 72
PREDECESSOR_HONOURED = timedelta(seconds=30)
TOTP_STEP_SECONDS = 30
TOTP_WINDOW = 1
# Compared against when the user does not exist, so that the time taken does not tell.
NOBODYS_HASH = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO5o3nHnFJ4nYwSFyQm8RZ0xQy2C6w9eG"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes this request. Read from the rows each time, so that a change of role holds at once."""

    user_id: UUID
    session_id: UUID
    site_id: UUID
    role: Role
    username: str


def check_password(password: str, username: str) -> None:
    """Refuse a password that is short, easily guessed, or contains the user name. Raises WeakPassword."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise WeakPassword(f"The password needs at least {MIN_PASSWORD_LENGTH} characters.")
    if username.lower() in password.lower():
        raise WeakPassword("The password must not contain the user name.")
    if zxcvbn(password[:ZXCVBN_READS], user_inputs=[username])["score"] < MIN_PASSWORD_SCORE:
        raise WeakPassword("The password is too easy to guess. Several unrelated words make a good one.")


class IdentityService:
    def __init__(self, database: Database, settings: Settings) -> None:
        secret = settings.effective_secret_key
        self._database = database
        self._settings = settings
        self._tokens = Tokens(secret)
        self._vault = Vault(secret)
        self._chain_key = derive_key(secret, "refresh token chain")

    async def register(self, request: UserCreate) -> User:
        """Create a clinician at the first site. Raises RegistrationClosed, WeakPassword, UsernameTaken."""
        mode = self._settings.effective_registration
        if mode is Registration.CLOSED:
            raise RegistrationClosed("Accounts are created by the administrator.")
        state = AccountState.ACTIVE if mode is Registration.OPEN else AccountState.PENDING
        return await self.create_user(request, role=Role.CLINICIAN, state=state)

    async def create_user(self, request: UserCreate, *, role: Role, state: AccountState = AccountState.ACTIVE) -> User:
        check_password(request.password, request.username)
        password_hash = await hash_password(request.password)
        try:
            async with self._database.write() as session:
                repository = IdentityRepository(session)
                user = User(
                    site_id=(await self._first_site(repository)).id,
                    username=request.username,
                    email=request.email,
                    full_name=request.full_name,
                    password_hash=password_hash,
                    role=role,
                    state=state,
                )
                await repository.add(user)
        except IntegrityError as error:
            raise UsernameTaken("This user name is taken.") from error
        return user

    async def ensure_admin(self) -> str | None:
        """Make the first site and the first admin when there is no user yet.

        Returns the password when it had to be made up, so that the operator can be told, once.
        """
        async with self._database.read() as session:
            if await IdentityRepository(session).any_user():
                return None
        given = self._settings.admin_password.get_secret_value()
        password = given or token_urlsafe(18)
        password_hash = await hash_password(password)
        async with self._database.write() as session:
            repository = IdentityRepository(session)
            site = await self._first_site(repository)
            await repository.add(
                User(
                    site_id=site.id,
                    username=self._settings.admin_username.lower(),
                    full_name="Administrator",
                    password_hash=password_hash,
                    role=Role.ADMIN,
                )
            )
        return None if given else password

    @staticmethod
    async def _first_site(repository: IdentityRepository) -> Site:
        site = await repository.first_site()
        if site is None:
            site = Site(name="Main site")
            await repository.add(site)
        return site

    async def login(self, request: LoginRequest) -> TokenPair | TotpRequired:
        """Check password and, where it is on, the second factor. Raises InvalidCredentials, AccountNotActive.

        The password is compared before a write transaction is opened: bcrypt takes a quarter of a second, and
        nobody else's acknowledgement should wait for it.
        """
        async with self._database.read() as session:
            user = await IdentityRepository(session).user_named(request.username)
        matches = await password_matches(request.password, user.password_hash if user else NOBODYS_HASH)
        if user is None or not matches:
            raise InvalidCredentials("User name or password is wrong.")
        if user.state is not AccountState.ACTIVE:
            raise AccountNotActive("The administrator has not approved this account, or has disabled it.")
        if user.totp_enabled and not request.totp_code:
            return TotpRequired()
        async with self._database.write() as session:
            if user.totp_enabled:
                await self._take_totp_code(session, user.id, request.totp_code or "")
            return await self._open_session(session, user.id)

    async def _take_totp_code(self, session: AsyncSession, user_id: UUID, code: str) -> None:
        """Accept a TOTP code (RFC 6238) of this step or a neighbour, each step once."""
        user = await IdentityRepository(session).lock_user(user_id)
        if user is None or user.totp_secret is None:
            raise InvalidCredentials("User name or password is wrong.")
        totp = pyotp.TOTP(self._vault.unseal(user.totp_secret, f"totp:{user.id}"), interval=TOTP_STEP_SECONDS)
        present = int(now().timestamp()) // TOTP_STEP_SECONDS
        for step in range(present - TOTP_WINDOW, present + TOTP_WINDOW + 1):
            if hmac.compare_digest(totp.at(step * TOTP_STEP_SECONDS).encode(), code.encode()) and step > (
                user.totp_last_step or 0
            ):
                user.totp_last_step = step
                return
        raise InvalidCredentials("The code is wrong or was used before.")

    async def _open_session(self, session: AsyncSession, user_id: UUID) -> TokenPair:
        at, token_id = now(), token_urlsafe(32)
        row = Session(
            user_id=user_id,
            refresh_hash=_digest(token_id),
            rotated_at=at,
            expires_at=at + timedelta(days=self._settings.refresh_token_days),
        )
        await IdentityRepository(session).add(row)
        return self._pair(row, token_id)

    def _pair(self, row: Session, token_id: str) -> TokenPair:
        subject, at = str(row.user_id), now()
        access_until = at + timedelta(minutes=self._settings.access_token_minutes)
        return TokenPair(
            access_token=self._tokens.issue("access", subject, issued_at=at, expires_at=access_until, sid=str(row.id)),
            refresh_token=self._tokens.issue(
                "refresh", subject, issued_at=row.rotated_at, expires_at=row.expires_at, sid=str(row.id), jti=token_id
            ),
        )

    def _successor(self, token_id: str) -> str:
        return hmac.new(self._chain_key, token_id.encode(), hashlib.sha256).hexdigest()

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token for its successor.

        The predecessor gets the same successor again for 30 s while that one is unused: a lost answer must not
        sign anybody out. Any other reuse ends the session. Raises InvalidToken, RefreshTokenReused.
        """
        try:
            claims = self._tokens.read("refresh", refresh_token)
        except TokenInvalid as error:
            raise InvalidToken("Sign in again.") from error
        token_id = str(claims["jti"])
        successor, at = self._successor(token_id), now()
        async with self._database.write() as session:
            row = await IdentityRepository(session).lock_session(UUID(claims["sid"]))
            if row is None or row.revoked_at or row.expires_at <= at:
                raise InvalidToken("Sign in again.")
            reused = False
            if row.refresh_hash == _digest(token_id):
                row.refresh_hash, row.rotated_at = _digest(successor), at
                row.expires_at = at + timedelta(days=self._settings.refresh_token_days)
            elif row.refresh_hash != _digest(successor) or at - row.rotated_at > PREDECESSOR_HONOURED:
                row.revoked_at, reused = at, True
        if reused:
            raise RefreshTokenReused("This session was ended because its token was used twice. Sign in again.")
        return self._pair(row, successor)

    async def logout(self, caller: Caller) -> None:
        """End the caller's session; its access token stops working at once."""
        async with self._database.write() as session:
            await IdentityRepository(session).revoke_session(caller.session_id, now())

    async def authenticate(self, access_token: str) -> Caller:
        """Return who holds the token. Raises InvalidToken."""
        try:
            claims = self._tokens.read("access", access_token)
        except TokenInvalid as error:
            raise InvalidToken("Sign in again.") from error
        session_id = UUID(claims["sid"])
        async with self._database.read() as session:
            user = await IdentityRepository(session).active_user_of_session(session_id, now())
        if user is None:
            raise InvalidToken("Sign in again.")
        return Caller(user.id, session_id, user.site_id, user.role, user.username)

    async def profile(self, caller: Caller) -> User:
        async with self._database.read() as session:
            user = await session.get(User, caller.user_id)
        if user is None:
            raise InvalidToken("Sign in again.")
        return user


def _digest(token_id: str) -> str:
    return hashlib.sha256(token_id.encode()).hexdigest()
