"""Signing in at a real provider, and what the adapter sends."""

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from relaypacs.adapters.oidc.base import IdentityProvider, OidcFlow, OidcIdentity, OidcRefused, OidcUnavailable
from relaypacs.adapters.oidc.factory import open_provider
from relaypacs.adapters.oidc.provider import OpenIdProvider
from relaypacs.core.settings import Settings
from tests.adapters.oidc.conftest import PATIENCE, REDIRECT_URI, make_client, sign_in
from tests.servers import oidc, require
from tests.servers.hostile_oidc import HostileOidc


@pytest.fixture(scope="module")
def server() -> Iterator[oidc.Oidc]:
    require(oidc)
    with oidc.running_oidc() as running:
        yield running


def open_client(
    server: oidc.Oidc, *, client_id: str = oidc.PUBLIC_CLIENT, client_secret: str = "", role_claim: str = "roles"
) -> IdentityProvider:
    provider = open_provider(
        Settings(
            oidc_issuer=server.issuer,
            oidc_client_id=client_id,
            oidc_client_secret=SecretStr(client_secret),
            oidc_role_claim=role_claim,
            oidc_role_map="radiology=radiologist",
            public_url=oidc.PUBLIC_URL,
        )
    )
    assert provider
    return provider


async def finish(provider: IdentityProvider, flow: OidcFlow, code: str, state: str, **changes: str) -> OidcIdentity:
    facts = {"expected_state": flow.state, "nonce": flow.nonce, "code_verifier": flow.code_verifier}
    return await provider.finish(code=code, state=state, **(facts | changes))


@pytest.mark.parametrize(
    "client",
    [{}, {"client_id": oidc.CONFIDENTIAL_CLIENT, "client_secret": oidc.CLIENT_SECRET}],
    ids=["public", "secret"],
)
async def test_a_person_signs_in(server: oidc.Oidc, client: dict[str, str]) -> None:
    provider = open_client(server, **client)
    await provider.check()
    flow = await provider.begin()
    back = oidc.sign_in(flow.authorization_url, "erika")
    assert await finish(provider, flow, back["code"], back["state"]) == OidcIdentity(
        issuer=server.issuer,
        subject="erika",
        username="emuster",
        email="erika@hospital.example",
        full_name="Erika Muster",
        roles=frozenset({"staff", "radiology"}),
    )
    with pytest.raises(OidcRefused, match="invalid_grant"):
        await finish(provider, flow, back["code"], back["state"])
    await provider.close()


async def test_roles_may_lie_deeper(server: oidc.Oidc) -> None:
    provider = open_client(server, role_claim="realm_access.roles")
    flow = await provider.begin()
    back = oidc.sign_in(flow.authorization_url, "erika")
    assert (await finish(provider, flow, back["code"], back["state"])).roles == {"pacs-admins"}
    await provider.close()


async def test_a_person_of_whom_little_is_known(server: oidc.Oidc) -> None:
    provider = open_client(server)
    flow = await provider.begin()
    back = oidc.sign_in(flow.authorization_url, "max")
    identity = await finish(provider, flow, back["code"], back["state"])
    assert identity == OidcIdentity(server.issuer, "max", "max", None, "", frozenset())
    await provider.close()


async def test_a_code_is_good_only_with_the_verifier_and_the_nonce_of_its_flow(server: oidc.Oidc) -> None:
    provider = open_client(server)
    other = await provider.begin()
    for change in (
        {"code_verifier": other.code_verifier},
        {"nonce": other.nonce},
        {"nonce": ""},
        {"code_verifier": ""},
    ):
        flow = await provider.begin()
        back = oidc.sign_in(flow.authorization_url, "erika")
        with pytest.raises(OidcRefused, match=r"invalid_grant|invalid_request|nonce"):
            await finish(provider, flow, back["code"], back["state"], **change)
    await provider.close()


async def test_a_secret_that_is_wrong(server: oidc.Oidc) -> None:
    provider = open_client(server, client_id=oidc.CONFIDENTIAL_CLIENT, client_secret="another")
    flow = await provider.begin()
    back = oidc.sign_in(flow.authorization_url, "erika")
    with pytest.raises(OidcRefused, match="invalid_client"):
        await finish(provider, flow, back["code"], back["state"])
    await provider.close()


@pytest.mark.parametrize("state", ["", "another", "\ud800", "ü"])
async def test_a_state_of_another_sign_in_is_refused_before_the_code_is_sent(
    provider: OpenIdProvider, peer: HostileOidc, state: str
) -> None:
    flow = await provider.begin()
    with pytest.raises(OidcRefused, match="state"):
        await finish(provider, flow, "code", state)
    with pytest.raises(OidcRefused, match="state"):
        await finish(provider, flow, "code", state, expected_state="")
    assert peer.forms == []


@pytest.mark.parametrize("code", ["", "\ud800", "ü", "line\n"])
async def test_what_can_not_be_a_code_is_not_sent(provider: OpenIdProvider, peer: HostileOidc, code: str) -> None:
    flow = await provider.begin()
    with pytest.raises(OidcRefused, match="no code"):
        await finish(provider, flow, code, flow.state)
    assert peer.forms == []


async def test_the_browser_is_sent_with_a_challenge_and_keeps_what_was_in_the_address(
    provider: OpenIdProvider, peer: HostileOidc
) -> None:
    flow = await provider.begin()
    digest = hashlib.sha256(flow.code_verifier.encode()).digest()
    assert flow.authorization_url.startswith(f"{peer.issuer}/authorize?")
    assert parse_qs(urlsplit(flow.authorization_url).query) == {
        "tenant": ["one"],
        "response_type": ["code"],
        "client_id": ["relaypacs"],
        "redirect_uri": [REDIRECT_URI],
        "scope": ["openid profile email"],
        "state": [flow.state],
        "nonce": [flow.nonce],
        "code_challenge": [base64.urlsafe_b64encode(digest).rstrip(b"=").decode()],
        "code_challenge_method": ["S256"],
    }
    assert flow.code_verifier not in flow.authorization_url


async def test_no_two_flows_have_anything_in_common(provider: OpenIdProvider) -> None:
    first, second = await provider.begin(), await provider.begin()
    secrets = [first.state, first.nonce, first.code_verifier, second.state, second.nonce, second.code_verifier]
    assert len(set(secrets)) == 6
    assert min(map(len, secrets)) >= 43
    assert not any(secret in repr(first) for secret in secrets)


SECRET = "a secret: + % &"


@pytest.mark.parametrize(
    ("methods", "header", "in_the_form"),
    [
        (None, f"Basic {base64.b64encode(b'relaypacs:a+secret%3A+%2B+%25+%26').decode()}", {}),
        (["client_secret_post"], None, {"client_id": "relaypacs", "client_secret": SECRET}),
    ],
    ids=["basic", "post"],
)
async def test_the_secret_is_sent_as_the_provider_takes_it(
    peer: HostileOidc, methods: list[str] | None, header: str | None, in_the_form: dict[str, str]
) -> None:
    peer.document["token_endpoint_auth_methods_supported"] = methods
    client = make_client(peer.issuer, client_secret=SECRET)
    provider = OpenIdProvider(client, seconds=PATIENCE)
    await sign_in(provider, peer)
    ((authorization, form),) = peer.forms
    verifier = form.pop("code_verifier")
    assert len(verifier) == 43
    assert authorization == header
    assert form == {"grant_type": "authorization_code", "code": "code", "redirect_uri": REDIRECT_URI} | in_the_form
    assert SECRET not in repr(client)
    await provider.close()


async def test_a_provider_that_takes_no_secret_is_found_out_by_the_check(peer: HostileOidc) -> None:
    peer.document["token_endpoint_auth_methods_supported"] = ["private_key_jwt"]
    provider = OpenIdProvider(make_client(peer.issuer, client_secret=SECRET), seconds=PATIENCE)
    with pytest.raises(OidcUnavailable, match="takes no client secret"):
        await provider.check()
    await provider.close()


def test_without_an_issuer_there_is_no_provider() -> None:
    assert open_provider(Settings()) is None
