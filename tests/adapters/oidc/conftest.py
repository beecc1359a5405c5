"""A provider that lies, and an adapter that is asked to believe it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from relaypacs.adapters.oidc.base import OidcIdentity
from relaypacs.adapters.oidc.provider import OidcClient, OpenIdProvider
from tests.servers.hostile_oidc import CLIENT_ID, HostileOidc, running_hostile_oidc

REDIRECT_URI = "https://gateway.example/sign-in/oidc"
PATIENCE = 1.0


@pytest.fixture
def peer() -> Iterator[HostileOidc]:
    with running_hostile_oidc() as running:
        yield running


def make_client(issuer: str, **changes: str) -> OidcClient:
    facts = {
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": "",
        "redirect_uri": REDIRECT_URI,
        "scopes": "openid profile email",
        "role_claim": "roles",
    }
    return OidcClient(**(facts | changes))


@pytest.fixture
async def provider(peer: HostileOidc) -> AsyncIterator[OpenIdProvider]:
    opened = OpenIdProvider(make_client(peer.issuer), seconds=PATIENCE)
    yield opened
    await opened.close()


async def sign_in(provider: OpenIdProvider, peer: HostileOidc, **changes: object) -> OidcIdentity:
    """Come back with a code; the ID token has `changes` in it, without the claims that are None."""
    flow = await provider.begin()
    peer.claims = peer.good_claims(flow.nonce) | changes
    return await provider.finish(
        code="code",
        state=flow.state,
        expected_state=flow.state,
        nonce=flow.nonce,
        code_verifier=flow.code_verifier,
    )
