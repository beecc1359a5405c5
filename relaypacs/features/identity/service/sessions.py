"""Sessions: opened by a sign-in, renewed by a chain of refresh tokens, ended by signing out."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from re import fullmatch
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.keys import AgedKey
from relaypacs.core.origin import Origin
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.errors import InvalidToken, RefreshTokenReused, SessionNotFound
from relaypacs.features.identity.models import AccountState, Session, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import TokenPair
from relaypacs.features.identity.service.caller import Caller, actor_of
from relaypacs.features.identity.service.ending import end_sessions, tell_streams
from relaypacs.features.identity.service.one_time import token_hash
from relaypacs.infrastructure import Infrastructure

PREDECESSOR_HONOURED = timedelta(seconds=30)
TOKEN_ID = r"[A-Za-z0-9_-]{43,64}"  # noqa: S105 - random, or a link of the chain in hex


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Whose token it is, of which session, and which link of the session's chain."""

    user_id: UUID
    session_id: UUID
    token_id: str


class Sessions:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._settings = infrastructure.settings
        self._tokens = infrastructure.tokens
        self._trail = AuditTrail(infrastructure)
        self._chain_keys = infrastructure.keys.refresh_chain

    async def open(self, session: AsyncSession, user: User, origin: Origin, **how: str) -> TokenPair:
        """Open a session for a user who has proven who he is, in the caller's transaction."""
        at, token_id = now(), token_urlsafe(32)
        row = Session(
            user_id=user.id,
            refresh_hash=token_hash(token_id),
            rotated_at=at,
            expires_at=at + timedelta(days=self._settings.refresh_token_days),
            address=origin.address[:64],
            user_agent=origin.user_agent[:255],
        )
        user.last_sign_in_at = at
        await IdentityRepository(session).add(row)
        self._trail.record(session, Entry(Action.SESSION_OPENED, actor_of(user, origin), details=how))
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

    def _successors(self, token_id: str) -> list[str]:
        """Return what follows a token: by the newest key, and by those that may have made the present successor."""
        return [_successor(token_id, aged) for aged in self._chain_keys if aged.until is None or aged.until > now()]

    async def refresh(self, refresh_token: str, origin: Origin) -> TokenPair:
        """Exchange a refresh token for its successor.

        The predecessor gets the same successor again for 30 s while that one is unused: a lost answer must not
        sign anybody out. Any other reuse ends the session. Raises InvalidToken, RefreshTokenReused.
        """
        bearer = self._read("refresh", refresh_token)
        token_id = bearer.token_id
        successor, *earlier = self._successors(token_id)
        at = now()
        async with self._database.write() as session:
            repository = IdentityRepository(session)
            row = await repository.lock_session(bearer.session_id)
            user = await repository.user(bearer.user_id) if row and row.user_id == bearer.user_id else None
            if row is None or user is None or row.revoked_at or row.expires_at <= at:
                raise InvalidToken("Sign in again.")
            if user.state is not AccountState.ACTIVE:
                raise InvalidToken("This account is not active.")
            reused = False
            if row.refresh_hash == token_hash(token_id):
                row.refresh_hash, row.rotated_at = token_hash(successor), at
                row.expires_at = at + timedelta(days=self._settings.refresh_token_days)
                row.address, row.user_agent = origin.address[:64], origin.user_agent[:255]
            elif row.refresh_hash in map(token_hash, earlier) and at - row.rotated_at <= PREDECESSOR_HONOURED:
                successor = next(made for made in earlier if token_hash(made) == row.refresh_hash)
            elif row.refresh_hash != token_hash(successor) or at - row.rotated_at > PREDECESSOR_HONOURED:
                row.revoked_at, reused = at, True
                tell_streams(session, self._events, user.id)
                self._note_reuse(session, user, origin)
        if reused:
            raise RefreshTokenReused("This session was ended because its token was used twice. Sign in again.")
        return self._pair(row, successor)

    def _note_reuse(self, session: AsyncSession, user: User, origin: Origin) -> None:
        details = {"reason": RefreshTokenReused.code}
        actor = actor_of(user, origin)
        self._trail.record(session, Entry(Action.SESSION_ENDED, actor, outcome=AuditOutcome.FAILURE, details=details))

    def _read(self, kind: str, token: str) -> "_Bearer":
        """Return what the token says. Raises InvalidToken, also for one of ours that lacks a claim."""
        try:
            claims = self._tokens.read(kind, token)
            bearer = _Bearer(UUID(str(claims["sub"])), UUID(str(claims.get("sid"))), str(claims.get("jti", "")))
        except ValueError as error:  # TokenInvalid is one
            raise InvalidToken("Sign in again.") from error
        if kind == "refresh" and not fullmatch(TOKEN_ID, bearer.token_id):
            raise InvalidToken("Sign in again.")
        return bearer

    async def authenticate(self, access_token: str, origin: Origin) -> Caller:
        """Return who holds the token. Raises InvalidToken."""
        bearer = self._read("access", access_token)
        async with self._database.read() as session:
            user = await IdentityRepository(session).active_user_of_session(bearer.session_id, now())
        if user is None or user.id != bearer.user_id:
            raise InvalidToken("Sign in again.")
        return Caller(user.id, bearer.session_id, user.site_id, user.role, user.username, origin)

    async def list(self, caller: Caller) -> Sequence[Session]:
        async with self._database.read() as session:
            return await IdentityRepository(session).open_sessions(caller.user_id, now())

    async def end(self, caller: Caller, session_id: UUID) -> None:
        """End one session of the caller; its access token stops working at once. Raises SessionNotFound."""
        async with self._database.write() as session:
            if not await IdentityRepository(session).revoke_session(caller.user_id, session_id, now()):
                raise SessionNotFound("There is no such session.")
            tell_streams(session, self._events, caller.user_id)
            self._trail.record(session, Entry(Action.SESSION_ENDED, caller.actor, "session", str(session_id)))

    async def end_all(self, caller: Caller, *, keep_current: bool) -> None:
        """End every session of the caller, or every other one."""
        keep = caller.session_id if keep_current else None
        async with self._database.write() as session:
            ended = await end_sessions(session, self._events, caller.user_id, keep=keep)
            self._trail.record(session, Entry(Action.SESSION_ENDED, caller.actor, details={"sessions": ended}))


def _successor(token_id: str, aged: AgedKey) -> str:
    return hmac.new(aged.key, token_id.encode(), hashlib.sha256).hexdigest()
