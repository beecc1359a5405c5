"""From the claims of an ID token to the person who signed in (OpenID Connect Core 1.0 section 5.1)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from relaypacs.adapters.oidc.base import OidcIdentity

LAST_SECOND = 1 << 36
MAX_LINE = 254  # characters, as many as an e-mail address may have (RFC 5321 section 4.5.3.1.3)


def identity_of(claims: Mapping[str, Any], *, role_claim: str) -> OidcIdentity:
    """Read claims that are verified; `iss` and `sub` are there."""
    email = _verified_email(claims)
    return OidcIdentity(
        issuer=claims["iss"],
        subject=claims["sub"],
        username=_text(claims, "preferred_username") or (email or "").partition("@")[0] or claims["sub"],
        email=email,
        full_name=_text(claims, "name"),
        roles=role_values(claims, role_claim),
        authenticated_at=_moment(claims.get("auth_time")),
    )


def role_values(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """Return the values of the claim: a list of strings, or one string with values between spaces.

    `path` is the claim's name, also one with dots in it, or leads through objects by dots: `realm_access.roles`.
    A claim that is not there, or is something else, has no values.
    """
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(value for value in found if isinstance(value, str)) if isinstance(found, list) else frozenset()


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """Return the address where the provider answers for it: true itself, not a word for it, and not silence."""
    email = _text(claims, "email")
    return email if claims.get("email_verified") is True and "@" in email else None


def _moment(value: Any) -> datetime | None:
    """Return a number of seconds since 1970 as a moment; None for anything else, and for no year of ours."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < LAST_SECOND:
        return None
    return datetime.fromtimestamp(value, UTC)


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim as one line of bounded length; empty when it is not a string."""
    value = claims.get(name)
    line = (
        "".join(character if character.isprintable() else " " for character in value) if isinstance(value, str) else ""
    )
    return " ".join(line.split())[:MAX_LINE]
