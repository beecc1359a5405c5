"""HTTP Basic (RFC 7617) for programs that have no other way to sign in."""

import hashlib
import hmac
import secrets
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections import OrderedDict

from relaypacs.core.origin import Origin
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.sign_in import SignIn
from relaypacs.features.inbound.errors import BasicWithSecondFactor, CredentialsMissing
from relaypacs.infrastructure import Infrastructure

CHALLENGE = {"WWW-Authenticate": 'Basic realm="RelayPACS", charset="UTF-8", Bearer'}
REMEMBERED_SECONDS = 300.0
REMEMBERED = 1000


class BasicSignIn:
    """Proves a password once in five minutes, instead of at each of the many requests of a study.

    What is remembered is a keyed digest of name, password and stored hash: another password is another digest, and
    nothing is found any more once the password has been changed. One per process.
    """

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._sign_in = SignIn(infrastructure)
        self._key = secrets.token_bytes(32)
        self._proven: OrderedDict[bytes, float] = OrderedDict()

    async def is_remembered(self, credentials: str) -> bool:
        """Tell whether `user` will not have to prove the password."""
        username, password = decode(credentials)
        user = await self._named(username)
        return user is not None and self._is_proven(self._digest(user, password))

    async def user(self, credentials: str, origin: Origin) -> User:
        """Return whose credentials these are.

        Raises CredentialsMissing for what can't be read, BasicWithSecondFactor, and what a sign-in raises:
        InvalidCredentials, AccountNotActive, TooManyFailures.
        """
        username, password = decode(credentials)
        user = await self._named(username)
        if user is None or user.state is not AccountState.ACTIVE or not self._is_proven(self._digest(user, password)):
            user = await self._sign_in.prove(username, password, origin)
            self._remember(self._digest(user, password))
        if user.totp_enabled:
            raise BasicWithSecondFactor(
                "This account has a second factor, which Basic cannot carry. Use another account, or a bearer token."
            )
        return user

    async def _named(self, username: str) -> User | None:
        async with self._database.read() as session:
            return await IdentityRepository(session).user_named(username)

    def _digest(self, user: User, password: str) -> bytes:
        words = (str(user.id), user.password_hash, password)
        return hmac.new(self._key, "\0".join(words).encode(), hashlib.sha256).digest()

    def _is_proven(self, digest: bytes) -> bool:
        return self._proven.get(digest, 0.0) > time.monotonic()

    def _remember(self, digest: bytes) -> None:
        self._proven[digest] = time.monotonic() + REMEMBERED_SECONDS
        self._proven.move_to_end(digest)
        if len(self._proven) > REMEMBERED:
            self._proven.popitem(last=False)


def decode(credentials: str) -> tuple[str, str]:
    """Return user name and password. Raises CredentialsMissing."""
    try:
        name, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        colon = ""
    if not colon:
        raise CredentialsMissing("The credentials can't be read.", headers=CHALLENGE)
    return name, password
