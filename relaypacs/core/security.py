"""Passwords, tokens and secrets at rest. No policy here: who may do what is the features' business."""

import asyncio
import base64
import hashlib
import os
from datetime import datetime
from re import fullmatch
from typing import Any

import bcrypt
import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relaypacs.core.clock import now
from relaypacs.core.keys import Keys

TOKEN_ISSUER = "relaypacs"  # noqa: S105 - a name
TOKEN_VERSION = 1
ALGORITHM = "HS256"
BCRYPT_ROUNDS = 12
NONCE_BYTES = 12
# RFC 7515 7.1: three parts without padding. The library takes more spellings of one token than that.
COMPACT_FORM = r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"


def _prepared(password: str) -> bytes:
    """Return a form without NUL and of 44 bytes: bcrypt stops at the first NUL and reads no more than 72."""
    return base64.b64encode(hashlib.sha256(password.encode()).digest())


async def hash_password(password: str) -> str:
    """Return the bcrypt hash; takes about a quarter of a second, off the event loop."""
    hashed = await asyncio.to_thread(bcrypt.hashpw, _prepared(password), bcrypt.gensalt(BCRYPT_ROUNDS))
    return hashed.decode()


async def password_matches(password: str, password_hash: str) -> bool:
    """Compare in constant time, off the event loop."""
    return await asyncio.to_thread(bcrypt.checkpw, _prepared(password), password_hash.encode())


class TokenInvalid(ValueError):
    """Not a token of ours, not of this kind, changed, or expired."""


class Tokens:
    """Makes and reads signed tokens (JWT, RFC 7519). Each kind has its own audience and `typ`."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys.tokens

    def issue(self, kind: str, subject: str, *, issued_at: datetime, expires_at: datetime, **claims: Any) -> str:
        """Return a token of `kind` ("access", "refresh", "upload") about `subject`."""
        payload = {
            **claims,
            "iss": TOKEN_ISSUER,
            "aud": f"{TOKEN_ISSUER}:{kind}",
            "typ": kind,
            "ver": TOKEN_VERSION,
            "sub": subject,
            "iat": issued_at,
            "exp": expires_at,
        }
        return jwt.encode(payload, self._keys[0].key, ALGORITHM)

    def read(self, kind: str, token: str) -> dict[str, Any]:
        """Return the claims. Raises TokenInvalid unless the token is ours, of `kind`, intact and not expired."""
        if not fullmatch(COMPACT_FORM, token):
            raise TokenInvalid("not a token")
        claims = self._claims(kind, token)
        if claims.get("typ") != kind or claims.get("ver") != TOKEN_VERSION:
            raise TokenInvalid("another kind or version of token")
        return claims

    def _claims(self, kind: str, token: str) -> dict[str, Any]:
        """Return what a token of the newest key says, or of an earlier one whose time is not over."""
        refusal: jwt.InvalidTokenError | None = None
        for aged in self._keys:
            if aged.until is not None and aged.until <= now():
                continue
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    aged.key,
                    algorithms=[ALGORITHM],
                    audience=f"{TOKEN_ISSUER}:{kind}",
                    issuer=TOKEN_ISSUER,
                    options={"require": ["exp", "iat", "sub", "aud", "iss"]},
                )
            except jwt.InvalidTokenError as error:
                refusal = refusal or error
            else:
                return claims
        raise TokenInvalid(str(refusal)) from refusal


SEALED_FOR = "sealed_for"
"""In the `info` of a column whose values a vault has sealed: their context, with {id} for that of the row."""


class Vault:
    """Seals secrets that must lie in the database: TOTP secrets and credentials of destinations (AES-256-GCM)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: str, context: str) -> str:
        """Encrypt `secret`; it can be unsealed only for the same `context` (such as the row it belongs to)."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), context.encode())).decode()

    def unseal(self, sealed: str, context: str) -> str:
        """Return the secret. Raises ValueError when it was sealed by another key or for another context."""
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except InvalidTag as error:
            raise ValueError("sealed by another key or for another purpose") from error
