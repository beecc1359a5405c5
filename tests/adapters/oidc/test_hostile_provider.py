"""What a provider, or somebody in its place, may answer: lies are refused by their names, silence in bounded time."""

import asyncio
import json
import time
from typing import Any

import jwt
import pytest

from relaypacs.adapters.oidc.base import OidcRefused, OidcUnavailable
from relaypacs.adapters.oidc.provider import OpenIdProvider
from tests.adapters.oidc.conftest import PATIENCE, make_client, sign_in
from tests.servers.hostile_oidc import DOCUMENT, Fault, Hang, HostileOidc, Respond, Trickle
from tests.servers.ports import free_port

LONG_AGO, IN_AN_HOUR = 1_000_000_000, int(time.time()) + 3600
TEN_MEGABYTES = b'{"issuer": "' + b"x" * 10_000_000 + b'"}'


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_every_algorithm_of_a_published_key_is_taken(
    provider: OpenIdProvider, peer: HostileOidc, algorithm: str
) -> None:
    peer.use_key("other", algorithm)
    at_hash = None if algorithm == "EdDSA" else peer.good_claims("")["at_hash"]  # EdDSA hashes otherwise
    assert (await sign_in(provider, peer, at_hash=at_hash)).subject == "subject-1"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"aud": "somebody-else"}, "aud"),
        ({"aud": ["somebody-else"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["relaypacs", "somebody-else"]}, "azp"),
        ({"aud": ["relaypacs", "somebody-else"], "azp": "somebody-else"}, "azp"),
        ({"azp": "somebody-else"}, "azp"),
        ({"iss": "https://idp.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": LONG_AGO}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"iat": IN_AN_HOUR}, "in the future"),
        ({"iat": None}, "iat"),
        ({"nbf": IN_AN_HOUR}, "not yet valid"),
        ({"at_hash": "another"}, "at_hash"),
        ({"at_hash": ""}, "at_hash"),
        ({"at_hash": 7}, "at_hash"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "sub"),
    ],
    ids=lambda case: (
        case if isinstance(case, str) else ",".join(case)
    ),  # of a case: its names; the values are of the moment
)
async def test_a_claim_that_is_wrong(
    provider: OpenIdProvider, peer: HostileOidc, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(OidcRefused, match=named):
        await sign_in(provider, peer, **changes)


async def test_a_clock_that_is_a_little_wrong_is_forgiven(provider: OpenIdProvider, peer: HostileOidc) -> None:
    now = int(time.time())
    assert await sign_in(provider, peer, exp=now - 30, iat=now + 30)


async def refused(provider: OpenIdProvider, peer: HostileOidc, token: str, match: str) -> None:
    peer.raw_token = token
    with pytest.raises(OidcRefused, match=match):
        await sign_in(provider, peer)


async def test_a_token_without_a_signature(provider: OpenIdProvider, peer: HostileOidc) -> None:
    flow = await provider.begin()
    peer.raw_token = jwt.encode(peer.good_claims(flow.nonce), None, "none", headers={"kid": "first"})
    with pytest.raises(OidcRefused, match="none is not allowed"):
        await provider.finish(
            code="code", state="s", expected_state="s", nonce=flow.nonce, code_verifier=flow.code_verifier
        )


async def test_a_token_signed_with_the_public_key_as_secret(provider: OpenIdProvider, peer: HostileOidc) -> None:
    flow = await provider.begin()
    peer.raw_token = peer.sign_with_the_public_key(peer.good_claims(flow.nonce))
    with pytest.raises(OidcRefused, match="HS256 is not allowed"):
        await provider.finish(
            code="code", state="s", expected_state="s", nonce=flow.nonce, code_verifier=flow.code_verifier
        )


async def test_a_shared_secret_among_the_published_keys_verifies_nothing(
    provider: OpenIdProvider, peer: HostileOidc
) -> None:
    peer.published.append({"kty": "oct", "kid": "shared", "k": "c2hhcmVk"})
    token = jwt.encode(peer.good_claims(""), b"shared" * 6, "HS256", headers={"kid": "shared"})
    await refused(provider, peer, token, "HS256 is not allowed")


async def test_an_algorithm_that_is_sound_but_not_listed(provider: OpenIdProvider, peer: HostileOidc) -> None:
    peer.use_key("first", "RS512")
    with pytest.raises(OidcRefused, match="RS512 is not allowed"):
        await sign_in(provider, peer)


async def test_a_signature_of_another_key_with_the_same_name(provider: OpenIdProvider, peer: HostileOidc) -> None:
    peer.use_key("first", publish=False)
    with pytest.raises(OidcRefused, match="signature"):
        await sign_in(provider, peer)


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 200_000, "..", "e30.e30.", "é.e.e"], ids=lambda token: token[:6])
async def test_what_is_no_token_at_all(provider: OpenIdProvider, peer: HostileOidc, token: str) -> None:
    await refused(provider, peer, token, "the ID token is not good")


async def test_a_key_that_is_new_is_asked_for_once(provider: OpenIdProvider, peer: HostileOidc) -> None:
    await sign_in(provider, peer)
    await sign_in(provider, peer)
    assert (peer.count("/keys"), peer.count(DOCUMENT)) == (1, 1)
    peer.use_key("second")
    await sign_in(provider, peer)
    assert (peer.count("/keys"), peer.count(DOCUMENT)) == (2, 1)


async def test_a_key_that_is_published_nowhere_is_asked_for_once(provider: OpenIdProvider, peer: HostileOidc) -> None:
    peer.use_key("secret", publish=False)
    with pytest.raises(OidcRefused, match="does not publish"):
        await sign_in(provider, peer)
    assert peer.count("/keys") == 2


async def test_a_key_that_was_withdrawn_is_not_used_for_longer_than_it_is_kept(peer: HostileOidc) -> None:
    provider = OpenIdProvider(make_client(peer.issuer), seconds=PATIENCE, keep_seconds=0)
    await sign_in(provider, peer)
    peer.published[0]["kid"] = "another"
    with pytest.raises(OidcRefused, match="does not publish"):
        await sign_in(provider, peer)
    await provider.close()


async def test_a_token_without_a_key_name_counts_only_where_there_is_one_key(
    provider: OpenIdProvider, peer: HostileOidc
) -> None:
    peer.use_key(None)
    assert await sign_in(provider, peer)
    peer.published.append(peer.published[0] | {"kid": "another"})
    await provider.check()
    with pytest.raises(OidcRefused, match="does not publish"):
        await sign_in(provider, peer)


async def test_keys_of_an_unknown_kind_do_not_hide_the_others(provider: OpenIdProvider, peer: HostileOidc) -> None:
    odd: list[Any] = [{"kty": "AKP", "kid": "first"}, {"kty": "RSA", "kid": "first"}, {"kty": "EC", "crv": "?"}, 7, {}]
    peer.published = [*odd, peer.published[0] | {"use": "enc"}, *peer.published]
    assert await sign_in(provider, peer)


@pytest.mark.parametrize("keys", [[], {"kid": "first"}, [{"kty": "oct", "k": "c2hhcmVk"}], [{"kty": "RSA"}]], ids=str)
async def test_no_key_that_could_be_used(provider: OpenIdProvider, peer: HostileOidc, keys: Any) -> None:
    peer.published = keys
    with pytest.raises(OidcUnavailable, match="signing keys"):
        await sign_in(provider, peer)


async def test_keys_that_are_for_something_else(provider: OpenIdProvider, peer: HostileOidc) -> None:
    peer.published[0]["use"] = "enc"
    with pytest.raises(OidcUnavailable, match="signing keys"):
        await provider.check()


FAULTS = [
    (Respond(500), "HTTP 500"),
    (Respond(503, b"<html>"), "HTTP 503"),
    (Respond(429), "HTTP 429"),
    (Respond(302, headers={"Location": "https://elsewhere.example/"}), "redirect"),
    (Respond(200, TEN_MEGABYTES), "longer"),
    (Respond(200, b"<html>"), "not JSON"),
    (Respond(200, b"[" * 100_000), "not JSON"),
    (Respond(200, b"[]"), "not a JSON object"),
    (Hang(), "no answer within"),
    (Trickle(), "no answer within"),
]


@pytest.mark.parametrize("path", [DOCUMENT, "/keys", "/token"])
@pytest.mark.parametrize(("fault", "match"), FAULTS, ids=lambda value: str(value)[:40])
async def test_an_answer_that_is_none(
    provider: OpenIdProvider, peer: HostileOidc, path: str, fault: Fault, match: str
) -> None:
    peer.faults[path] = fault
    begun = time.monotonic()
    with pytest.raises(OidcUnavailable, match=match):
        await sign_in(provider, peer)
    assert time.monotonic() - begun < PATIENCE + 2
    del peer.faults[path]
    assert await sign_in(provider, peer)  # the failure is not remembered


async def test_many_who_wait_for_a_silent_provider_wait_no_longer_than_one(
    provider: OpenIdProvider, peer: HostileOidc
) -> None:
    peer.faults[DOCUMENT] = Hang()
    begun = time.monotonic()
    ended = await asyncio.gather(*(provider.begin() for _ in range(20)), return_exceptions=True)
    assert time.monotonic() - begun < PATIENCE + 2
    assert {type(error) for error in ended} == {OidcUnavailable}
    assert peer.count(DOCUMENT) == 1


async def test_one_who_goes_away_does_not_end_it_for_the_others(provider: OpenIdProvider, peer: HostileOidc) -> None:
    leaving = asyncio.create_task(provider.begin())
    staying = asyncio.create_task(provider.begin())
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).state
    assert peer.count(DOCUMENT) == 1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"issuer": "https://idp.example"}, "another issuer"),
        ({"issuer": None}, "another issuer"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"token_endpoint": "http://idp.example/token"}, "token_endpoint"),
        ({"token_endpoint": "http://user:password@127.0.0.1/token"}, "token_endpoint"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri"),
        ({"jwks_uri": None}, "jwks_uri"),
    ],
    ids=str,
)
async def test_a_document_that_must_not_be_followed(
    provider: OpenIdProvider, peer: HostileOidc, changes: dict[str, Any], match: str
) -> None:
    peer.document |= changes
    with pytest.raises(OidcUnavailable, match=match):
        await provider.begin()
    with pytest.raises(OidcUnavailable, match=match):
        await provider.check()


async def test_a_slash_at_the_end_makes_another_issuer(peer: HostileOidc) -> None:
    provider = OpenIdProvider(make_client(f"{peer.issuer}/"), seconds=PATIENCE)
    with pytest.raises(OidcUnavailable, match="another issuer"):
        await provider.begin()
    peer.document["issuer"] = f"{peer.issuer}/"
    assert await provider.begin()
    await provider.close()


@pytest.mark.parametrize(
    ("status", "error", "match"),
    [(400, "invalid_grant", "invalid_grant"), (401, "invalid_client", "invalid_client"), (403, "Erika Muster", "403")],
)
async def test_a_code_that_is_not_taken(
    provider: OpenIdProvider, peer: HostileOidc, status: int, error: str, match: str
) -> None:
    body = json.dumps({"error": error, "error_description": "Erika Muster"}).encode()
    peer.faults["/token"] = Respond(status, body)
    with pytest.raises(OidcRefused, match=match) as caught:
        await sign_in(provider, peer)
    assert "Erika" not in str(caught.value)


@pytest.mark.parametrize("name", ["id_token", "access_token"])
@pytest.mark.parametrize("value", [None, 7])
async def test_an_answer_without_a_token(provider: OpenIdProvider, peer: HostileOidc, name: str, value: object) -> None:
    peer.token = {name: value}
    with pytest.raises(OidcUnavailable, match="no ID token or no access token"):
        await sign_in(provider, peer)


async def test_a_machine_that_is_not_there() -> None:
    provider = OpenIdProvider(make_client(f"http://127.0.0.1:{free_port()}"), seconds=PATIENCE)
    with pytest.raises(OidcUnavailable, match="discovery document"):
        await provider.check()
    await provider.close()
