"""The ID token: what makes it a proof (OpenID Connect Core 1.0 section 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.registry import Header

from relaypacs.adapters.oidc.base import OidcRefused

# Only what a published key verifies: neither "none", nor HMAC with something that everybody can read.
ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
CLOCK_SKEW = 60  # seconds
MAX_SUBJECT = 255  # characters, OpenID Connect Core section 2
MAX_WORDS = 200


class KeyUnknown(Exception):
    """The token names a key that is not among those given: perhaps the provider has changed its keys."""


class _Registry(JWSRegistry):
    """Knows the algorithms that are allowed here, whatever the token or the library say."""

    def __init__(self) -> None:
        super().__init__(strict_check_header=False)  # what is not understood is ignored (RFC 7515 section 4)

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"{name[:MAX_WORDS]} is not allowed")
        return self.algorithms[name]


def verify_id_token(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, access_token: str
) -> Mapping[str, Any]:
    """Return the claims of a token that `issuer` signed for `client_id` in the sign-in with this `nonce`.

    Raises KeyUnknown, and OidcRefused for every other reason not to believe it.
    """
    try:
        decoded = jwt.decode(token, keys, registry=_Registry())
    except InvalidKeyIdError as fault:
        raise KeyUnknown from fault
    except (JoseError, ValueError, TypeError) as fault:
        raise _refused(fault) from fault
    claims = decoded.claims
    # The library passes over what is empty.
    if not nonce:
        raise OidcRefused("there is no nonce that the ID token could have")
    for name in ("sub", "at_hash"):
        if name in claims and not _is_short_text(claims[name]):
            raise OidcRefused(f"the ID token is not good: {name} is not a text of its kind")
    try:
        _validate(claims, decoded.header, issuer=issuer, client_id=client_id, nonce=nonce, access_token=access_token)
    except (JoseError, ValueError, TypeError) as fault:
        raise _refused(fault) from fault
    return claims


def _validate(
    claims: Mapping[str, Any], header: Header, *, issuer: str, client_id: str, nonce: str, access_token: str
) -> None:
    """Check iss, aud, azp, exp, nbf, iat, nonce and at_hash."""
    expected = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    known = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    CodeIDToken(dict(claims), header, expected, known).validate(leeway=CLOCK_SKEW)


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_SUBJECT


def _refused(fault: Exception) -> OidcRefused:
    """Say what is wrong in the library's words, which name claims and keys, and never their content."""
    words = str(fault) if isinstance(fault, JoseError) else type(fault).__name__
    return OidcRefused(f"the ID token is not good: {words[:MAX_WORDS]}")
