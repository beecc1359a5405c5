"""The second factor: TOTP codes (RFC 6238), and recovery codes for whoever has lost the device."""

import hmac
from base64 import b32encode, b64encode
from hashlib import sha256
from io import BytesIO
from secrets import token_bytes
from typing import NoReturn

import pyotp
import segno
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.errors import CodeWrong, InvalidToken, SecondFactorOff, SecondFactorOn
from relaypacs.features.identity.models import User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import RecoveryCodes, TotpSetup
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.ending import end_sessions
from relaypacs.features.identity.service.lockout import Lockout
from relaypacs.features.identity.service.passwords import Passwords
from relaypacs.infrastructure import Infrastructure

ISSUER = "RelayPACS"
STEP_SECONDS = 30
WINDOW = 1  # steps that a clock may be off
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits, 16 letters and digits
QR_SCALE = 5


class SecondFactor:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._vault = infrastructure.vault
        self._trail = AuditTrail(infrastructure)
        self._lockout = Lockout(infrastructure.rate_limits.storage)
        self._passwords = Passwords(infrastructure)
        self._code_key = infrastructure.keys.recovery_codes

    async def set_up(self, caller: Caller) -> TotpSetup:
        """Make a new secret; it counts for nothing until a code of it was given. Raises SecondFactorOn."""
        secret = pyotp.random_base32()
        async with self._database.write() as session:
            user = await self._locked(session, caller)
            if user.totp_enabled:
                raise SecondFactorOn("The second factor is on. Turn it off before you set up another device.")
            user.totp_secret, user.totp_last_step = self._vault.seal(secret, f"totp:{user.id}"), None
        uri = pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=caller.username, issuer_name=ISSUER)
        return TotpSetup(secret=secret, otpauth_uri=uri, qr_code=_png(uri))

    async def enable(self, caller: Caller, code: str) -> RecoveryCodes:
        """Turn it on, end the user's other sessions, and return ten recovery codes, which are shown only now.

        Raises SecondFactorOn, SecondFactorOff when there is no set-up, CodeWrong, TooManyFailures.
        """
        codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
        async with self._database.write() as session:
            user = await self._locked(session, caller)
            if user.totp_enabled:
                raise SecondFactorOn("The second factor is on already.")
            if user.totp_secret is None:
                raise SecondFactorOff("Set the second factor up first.")
            await self._lockout.check(caller.username, caller.origin.address)
            if not self._takes_totp(user, code):
                await self._refuse_code(caller)
            user.totp_enabled = True
            await IdentityRepository(session).replace_recovery_codes(user.id, [self._hash(code) for code in codes])
            await self._changed(session, user, caller, "on")
        return RecoveryCodes(recovery_codes=codes)

    async def disable(self, caller: Caller, password: str, code: str) -> None:
        """Turn it off, and end the user's other sessions.

        Raises SecondFactorOff, PasswordWrong, CodeWrong, TooManyFailures.
        """
        await self._passwords.prove(caller, password)
        async with self._database.write() as session:
            user = await self._locked(session, caller)
            if not user.totp_enabled:
                raise SecondFactorOff("The second factor is off already.")
            await self._lockout.check(caller.username, caller.origin.address)
            if not await self.takes(session, user, code):
                await self._refuse_code(caller)
            await self.turn_off(session, user)
            await self._changed(session, user, caller, "off")

    @staticmethod
    async def turn_off(session: AsyncSession, user: User) -> None:
        """Forget the secret and the recovery codes, in the caller's transaction."""
        user.totp_enabled, user.totp_secret, user.totp_last_step = False, None, None
        await IdentityRepository(session).replace_recovery_codes(user.id, [])

    async def takes(self, session: AsyncSession, user: User, code: str) -> bool:
        """Use up a TOTP code, or a recovery code in its place. The user's row is locked by the caller."""
        if self._takes_totp(user, code):
            return True
        return await IdentityRepository(session).use_recovery_code(user.id, self._hash(code), now())

    def _takes_totp(self, user: User, code: str) -> bool:
        """Accept a code of this step or a neighbour, each step once, and none older than one that was taken."""
        if user.totp_secret is None:
            return False
        totp = pyotp.TOTP(self._vault.unseal(user.totp_secret, f"totp:{user.id}"), interval=STEP_SECONDS)
        present = int(now().timestamp()) // STEP_SECONDS
        for step in range(present - WINDOW, present + WINDOW + 1):
            is_right = hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.strip().encode())
            if is_right and step > (user.totp_last_step or 0):
                user.totp_last_step = step
                return True
        return False

    async def _refuse_code(self, caller: Caller) -> NoReturn:
        await self._lockout.failed(caller.username, caller.origin.address)
        raise CodeWrong("The code is wrong or was used before.")

    async def _changed(self, session: AsyncSession, user: User, caller: Caller, state: str) -> None:
        user.version += 1
        await end_sessions(session, self._events, user.id, keep=caller.session_id)
        entry = Entry(
            Action.SECOND_FACTOR_CHANGED, caller.actor, "user", str(user.id), details={"second_factor": state}
        )
        self._trail.record(session, entry)

    @staticmethod
    async def _locked(session: AsyncSession, caller: Caller) -> User:
        user = await IdentityRepository(session).lock_user(caller.user_id)
        if user is None:
            raise InvalidToken("Sign in again.")
        return user

    def _hash(self, code: str) -> str:
        """Return the keyed hash of a recovery code, however it was typed."""
        plain = "".join(character for character in code.upper() if character.isalnum())
        return hmac.new(self._code_key, plain.encode(), sha256).hexdigest()


def _new_recovery_code() -> str:
    letters = b32encode(token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def _png(uri: str) -> str:
    """Return a QR code of the address as a base64 PNG."""
    picture = BytesIO()
    segno.make(uri, error="m").save(picture, kind="png", scale=QR_SCALE)
    return b64encode(picture.getvalue()).decode()
