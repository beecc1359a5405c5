"""Passwords, tokens and sealed secrets."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from relaypacs.core.keys import Keys, derive_key
from relaypacs.core.security import (
    ALGORITHM,
    TOKEN_ISSUER,
    TokenInvalid,
    Tokens,
    Vault,
    hash_password,
    password_matches,
)

SECRET = "a secret key that only the tests know, long enough"
NOW = datetime.now(UTC)  # when this file was read: a whole suite may pass before its tests run
LIFETIME = timedelta(days=1)


def issue(tokens: Tokens, kind: str = "access", *, lifetime: timedelta = LIFETIME) -> str:
    return tokens.issue(kind, "somebody", issued_at=NOW, expires_at=NOW + lifetime, sid="1")


def forged(key: bytes | str = b"", algorithm: str = ALGORITHM, **changes: Any) -> str:
    """Return a token that differs in `changes` from a good one; None removes a claim."""
    claims = {
        "iss": TOKEN_ISSUER,
        "aud": f"{TOKEN_ISSUER}:access",
        "typ": "access",
        "ver": 1,
        "sub": "somebody",
        "iat": NOW,
        "exp": NOW + LIFETIME,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key or derive_key(SECRET, "tokens"), algorithm)


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("a" * 72 + "b", "a" * 72 + "c"),
        ("a" * 128, "a" * 127),
        ("before\0after", "before\0other"),
        ("\0", "\0\0"),
        ("correct horse", "correct horse "),
        ("Ünïcödé", "Unicode"),
    ],
)
async def test_no_part_of_a_password_is_ignored(password: str, other: str) -> None:
    hashed = await hash_password(password)
    assert await password_matches(password, hashed)
    assert not await password_matches(other, hashed)


async def test_the_same_password_never_has_the_same_hash() -> None:
    assert await hash_password("correct horse") != await hash_password("correct horse")


def test_a_token_is_read_as_it_was_issued() -> None:
    tokens = Tokens(Keys.of(SECRET))
    claims = tokens.read("access", issue(tokens))
    assert (claims["sub"], claims["sid"]) == ("somebody", "1")
    assert (
        Tokens(Keys.of(SECRET)).read("access", forged())["sub"] == "somebody"
    )  # so all below fails for its own reason


@pytest.mark.parametrize("kind", ["refresh", "upload", ""])
def test_a_token_of_one_kind_is_not_taken_for_another(kind: str) -> None:
    tokens = Tokens(Keys.of(SECRET))
    with pytest.raises(TokenInvalid):
        tokens.read(kind, issue(tokens))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        "é.é.é",
        forged(key=SECRET),
        forged(key=derive_key(SECRET, "secrets at rest")),
        forged(key=derive_key(SECRET + "!", "tokens")),
        forged(iss="somebody-else"),
        forged(aud="relaypacs:refresh"),
        forged(aud=None),
        forged(typ="refresh"),
        forged(typ=None),
        forged(ver=0),
        forged(ver=None),
        forged(sub=None),
        forged(iat=None),
        forged(exp=None),
        forged(exp=NOW - timedelta(seconds=2)),
        forged(iat=NOW + timedelta(hours=1)),
    ],
)
def test_a_token_that_is_not_quite_ours_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        Tokens(Keys.of(SECRET)).read("access", token)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_the_algorithm_is_ours_to_choose() -> None:
    with pytest.raises(TokenInvalid, match="alg"):
        Tokens(Keys.of(SECRET)).read("access", forged(algorithm="HS512"))


def test_a_token_without_a_signature_is_refused() -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    payload = issue(Tokens(Keys.of(SECRET))).split(".")[1]
    for signature in ("", "AAAA"):
        with pytest.raises(TokenInvalid):
            Tokens(Keys.of(SECRET)).read("access", f"{header}.{payload}.{signature}")


def test_a_token_that_was_changed_anywhere_is_refused() -> None:
    tokens = Tokens(Keys.of(SECRET))
    header, payload, signature = issue(tokens).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "admin"}).encode()).rstrip(b"=").decode()
    for changed in (f"{header}.{other}.{signature}", f"{header}.{payload}.{signature[:-4]}", f"{header}.{payload}."):
        with pytest.raises(TokenInvalid):
            tokens.read("access", changed)


def test_a_secret_is_unsealed_for_its_own_context_and_key_only() -> None:
    sealed = Vault(Keys.of(SECRET).vault).seal("JBSWY3DPEHPK3PXP", "totp:1")
    assert Vault(Keys.of(SECRET).vault).unseal(sealed, "totp:1") == "JBSWY3DPEHPK3PXP"
    for vault, context in ((Vault(Keys.of(SECRET).vault), "totp:2"), (Vault(Keys.of(SECRET + "!").vault), "totp:1")):
        with pytest.raises(ValueError, match="another key or for another purpose"):
            vault.unseal(sealed, context)


def test_a_sealed_secret_shows_nothing_and_bears_no_change() -> None:
    vault = Vault(Keys.of(SECRET).vault)
    sealed = vault.seal("JBSWY3DPEHPK3PXP", "totp:1")
    assert sealed != vault.seal("JBSWY3DPEHPK3PXP", "totp:1")
    raw = bytearray(base64.b64decode(sealed))
    assert b"JBSWY3" not in raw
    raw[-1] ^= 1
    with pytest.raises(ValueError, match="another key"):
        vault.unseal(base64.b64encode(raw).decode(), "totp:1")


def test_no_two_purposes_share_a_key() -> None:
    purposes = ("tokens", "secrets at rest", "custody receipts", "refresh token chain")
    keys = {derive_key(SECRET, purpose) for purpose in purposes}
    assert len(keys) == len(purposes)
    assert {len(key) for key in keys} == {32}
