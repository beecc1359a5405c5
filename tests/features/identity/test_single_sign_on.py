"""Signing in with the accounts of a hospital: who gets in, as what, and who does not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.audit.models import Action, AuditEvent
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.identity.service import single_sign_on
from relaypacs.features.identity.service.single_sign_on import usable_name
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.servers import oidc, require
from tests.servers.hostile_oidc import HostileOidc, Respond, running_hostile_oidc

ROLE_MAP = "radiology=radiologist,staff=clinician"


@pytest.fixture
def provider() -> Iterator[HostileOidc]:
    with running_hostile_oidc() as running:
        yield running


@pytest.fixture
def with_provider(settings: Settings, provider: HostileOidc) -> Settings:
    return settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "relaypacs",
            "oidc_role_map": ROLE_MAP,
            "public_url": "https://gateway.example",
        }
    )


@pytest.fixture
async def hospital(with_provider: Settings) -> AsyncIterator[GatewayClient]:
    async with running_gateway(with_provider) as client:
        yield client


async def begin(gateway: GatewayClient, provider: HostileOidc, **changes: Any) -> dict[str, str]:
    """Start a sign-in, and return what the browser comes back with; the provider says that it was Rosa Muster."""
    start = (await gateway.http.post("/auth/oidc/start")).raise_for_status().json()
    asked = parse_qs(urlsplit(start["authorization_url"]).query)
    person = {"sub": "rosa", "preferred_username": "Rosa.Muster", "roles": ["staff"]}
    provider.claims = provider.good_claims(asked["nonce"][0]) | person | changes
    return {"flow": start["flow"], "code": "a-code", "state": asked["state"][0]}


async def finish(gateway: GatewayClient, result: dict[str, str]) -> httpx.Response:
    return await gateway.http.post("/auth/oidc/finish", json=result)


async def me(gateway: GatewayClient, answer: httpx.Response) -> dict[str, Any]:
    token = answer.raise_for_status().json()["access_token"]
    got = await gateway.http.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
    body: dict[str, Any] = got.raise_for_status().json()
    return body


async def test_without_a_provider_it_is_off(gateway: GatewayClient) -> None:
    assert (await gateway.http.get("/auth/oidc")).json() == {"enabled": False, "name": "single sign-on"}
    is_problem(await gateway.http.post("/auth/oidc/start"), 404, "single-sign-on-off")
    result = {"flow": "x", "code": "x", "state": "x"}
    is_problem(await finish(gateway, result), 404, "single-sign-on-off")


async def test_the_first_sign_in_makes_the_account_and_the_next_finds_it(
    hospital: GatewayClient, provider: HostileOidc
) -> None:
    assert (await hospital.http.get("/auth/oidc")).json()["enabled"] is True
    first = await me(hospital, await finish(hospital, await begin(hospital, provider)))
    assert (first["username"], first["role"]) == ("rosa.muster", "clinician")
    married = await begin(hospital, provider, preferred_username="rosa.meier")
    again = await me(hospital, await finish(hospital, married))
    assert again["id"] == first["id"]


async def test_a_name_that_is_taken_here_is_not_taken_over(hospital: GatewayClient, provider: HostileOidc) -> None:
    (await hospital.register("rosa.muster")).raise_for_status()
    stranger = await me(hospital, await finish(hospital, await begin(hospital, provider)))
    assert stranger["username"] == "rosa.muster-2"


async def test_a_change_of_groups_changes_the_role_and_ends_the_sessions_before(
    hospital: GatewayClient, provider: HostileOidc
) -> None:
    before = await finish(hospital, await begin(hospital, provider))
    after = await me(hospital, await finish(hospital, await begin(hospital, provider, roles=["staff", "radiology"])))
    assert after["role"] == "radiologist"
    old = {"Authorization": f"Bearer {before.json()['access_token']}"}
    is_problem(await hospital.http.get("/auth/me", headers=old), 401, "invalid-token")


async def test_who_has_no_role_here_is_not_let_in(hospital: GatewayClient, provider: HostileOidc) -> None:
    in_the_kitchen = await begin(hospital, provider, roles=["kitchen"])
    is_problem(await finish(hospital, in_the_kitchen), 401, "single-sign-on-refused")
    async with hospital.infrastructure.database.read() as session:
        assert [user.username for user in await session.scalars(select(User))] == [ADMIN]
        refused = (await session.scalars(select(AuditEvent).where(AuditEvent.action == Action.SESSION_REFUSED))).one()
    assert refused.details == {"reason": "single-sign-on-refused", "method": "oidc"}


async def test_a_disabled_account_stays_out(hospital: GatewayClient, provider: HostileOidc) -> None:
    first = await me(hospital, await finish(hospital, await begin(hospital, provider)))
    await hospital.sign_in(ADMIN)
    change = {"state": AccountState.DISABLED.value}
    (await hospital.http.patch(f"/users/{first['id']}", json=change)).raise_for_status()
    is_problem(await finish(hospital, await begin(hospital, provider)), 403, "account-not-active")


async def test_there_is_no_password_to_guess(hospital: GatewayClient, provider: HostileOidc) -> None:
    await finish(hospital, await begin(hospital, provider))
    for password in (" ", "rosa.muster"):
        answer = await hospital.http.post("/auth/login", json={"username": "rosa.muster", "password": password})
        is_problem(answer, 401, "invalid-credentials")


async def test_two_first_sign_ins_at_once_make_one_account(hospital: GatewayClient, provider: HostileOidc) -> None:
    result = await begin(hospital, provider)
    answers = await asyncio.gather(*(finish(hospital, result) for _ in range(3)))
    assert len({(await me(hospital, answer))["id"] for answer in answers}) == 1


async def test_what_was_not_begun_here_or_too_long_ago_is_refused(
    hospital: GatewayClient, provider: HostileOidc, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await begin(hospital, provider)
    other = await begin(hospital, provider)
    for forged in ({"flow": "bm90aGluZw=="}, {"flow": "é"}, {"state": "another"}, {"flow": other["flow"]}):
        is_problem(await finish(hospital, result | forged), 401, "single-sign-on-refused")
    monkeypatch.setattr(single_sign_on, "now", lambda: now() + timedelta(minutes=11))
    is_problem(await finish(hospital, other), 401, "single-sign-on-refused")


async def test_a_provider_that_is_away_is_said_to_be(hospital: GatewayClient, provider: HostileOidc) -> None:
    result = await begin(hospital, provider)
    provider.faults["/token"] = Respond(503)
    is_problem(await finish(hospital, result), 503, "single-sign-on-unavailable")


async def test_a_real_provider(settings: Settings) -> None:
    require(oidc)
    with oidc.running_oidc() as server:
        update = {
            "oidc_issuer": server.issuer,
            "oidc_client_id": oidc.PUBLIC_CLIENT,
            "oidc_role_map": ROLE_MAP,
            "public_url": oidc.PUBLIC_URL,
        }
        async with running_gateway(settings.model_copy(update=update)) as gateway:
            start = (await gateway.http.post("/auth/oidc/start")).raise_for_status().json()
            back = await asyncio.to_thread(oidc.sign_in, start["authorization_url"], "erika")
            result = {"flow": start["flow"], "code": back["code"], "state": back["state"]}
            assert (await me(gateway, await finish(gateway, result)))["role"] == "radiologist"
            is_problem(await finish(gateway, result), 401, "single-sign-on-refused")  # a code is good for once


@pytest.mark.parametrize(
    ("proposed", "name"),
    [
        ("Rosa.Muster", "rosa.muster"),
        ("HOSPITAL\\rosa", "hospital-rosa"),
        ("Ärztin Rosa", "rztin-rosa"),
        ("..", "user"),
        ("é", "user"),
        ("ab", "user-ab"),
        ("x" * 80, "x" * 50),
    ],
)
def test_names_are_brought_into_our_form(proposed: str, name: str) -> None:
    assert usable_name(proposed) == name
