"""Who has no password here signs by proving to the identity provider, once more, who he is."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from relaypacs.core.settings import Settings
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import nobody
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.features.identity.test_single_sign_on import begin, finish, provider, with_provider
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import sent
from tests.features.reports.test_writing import save
from tests.servers.hostile_oidc import HostileOidc

__all__ = ["provider", "with_provider"]
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
READER = {"roles": ["radiology"]}


async def proof(client: GatewayClient, provider: HostileOidc, **changes: Any) -> dict[str, str]:
    """Return what the browser comes back with when the provider has asked again; it asks whom it is told to."""
    start = (await client.http.post("/auth/oidc/start", params={"again": True})).raise_for_status().json()
    asked = parse_qs(urlsplit(start["authorization_url"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    person = {"sub": "rosa", "auth_time": int(time.time()), **READER}
    provider.claims = provider.good_claims(asked["nonce"][0]) | person | changes
    return {"flow": start["flow"], "code": "a-code", "state": asked["state"][0]}


@on_sqlite_only
async def test_the_provider_is_asked_again_and_nothing_less_signs(
    with_provider: Settings, provider: HostileOidc
) -> None:
    async with running_gateway(with_provider) as gateway:
        await gateway.sign_in(ADMIN)
        report_id = await sent(gateway, 1)
        reader = nobody(gateway)
        tokens = (await finish(gateway, await begin(gateway, provider, **READER))).raise_for_status().json()
        reader.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        await claim(reader, report_id)
        (await save(reader, report_id)).raise_for_status()

        async def sign(**how: Any) -> Any:
            return await reader.http.post(f"/reports/{report_id}/sign", json={"kind": "final", **how})

        is_problem(await sign(password="whatever it is"), 422, "password-wrong")
        is_problem(await sign(), 400, "validation-error")
        for result in (
            await begin(gateway, provider, **READER, auth_time=int(time.time())),  # to sign in, not to sign
            await proof(reader, provider, auth_time=None),
            await proof(reader, provider, auth_time=int(time.time()) - 3600),
            await proof(reader, provider, sub="somebody else"),
            await proof(reader, provider) | {"state": "another"},
        ):
            is_problem(await sign(single_sign_on=result), 422, "proof-refused")
        answer = await sign(single_sign_on=await proof(reader, provider))
        assert answer.raise_for_status().json()["status"] == "ready"
