"""Tokens that work once: what a link carries, and what is kept of it."""

import hashlib
from datetime import datetime
from secrets import token_urlsafe

from relaypacs.core.settings import Settings
from relaypacs.features.identity.schemas import OneTimeLink

TOKEN_BYTES = 32


def new_token() -> tuple[str, str]:
    """Return a token with 256 random bits, and the hash by which its row is found."""
    token = token_urlsafe(TOKEN_BYTES)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """Return the SHA-256 in hex. Nothing slower is needed: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def one_time_link(settings: Settings, page: str, token: str, expires_at: datetime) -> OneTimeLink:
    """Return the link to a page of the web app. The token is behind the `#`, so that no server logs it."""
    return OneTimeLink(url=f"{settings.public_url}{page}#{token}", token=token, expires_at=expires_at)
