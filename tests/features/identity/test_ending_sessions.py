"""What ends sessions: everything that changes what somebody may do, at once and everywhere, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from relaypacs.core.settings import Settings
from relaypacs.features.notifications import service
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.people import make_site, make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem
from tests.builders.streams import served_client, served_gateway, stream

NEW_PASSWORD = "Another-Lantern-52-Orchard"


async def refresh(gateway: GatewayClient, token: str) -> httpx.Response:
    return await nobody(gateway).http.post("/auth/refresh", json={"refresh_token": token})


async def is_in(client: GatewayClient) -> bool:
    answer = await client.http.get("/auth/me")
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


async def test_twenty_refreshes_at_once_leave_one_chain_and_other_sessions_alone(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    bystander = await signed_in(gateway, "dr.rosa")
    pair = await nobody(gateway).sign_in("dr.rosa")
    answers = await asyncio.gather(*(refresh(gateway, pair["refresh_token"]) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    assert (await refresh(gateway, successor)).status_code == 200
    reused = await asyncio.gather(*(refresh(gateway, pair["refresh_token"]) for _ in range(5)))
    assert sorted(answer.json()["type"] for answer in reused) == ["/problems/invalid-token"] * 4 + [
        "/problems/refresh-token-reused"
    ]
    is_problem(await refresh(gateway, successor), 401, "invalid-token")
    for answer in answers:
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        is_problem(await nobody(gateway).http.get("/auth/me", headers=headers), 401, "invalid-token")
    assert await is_in(bystander)
    assert await is_in(gateway)


# -- what the user does himself: his other sessions end, the acting one stays ------------------------------------


async def change_password(client: GatewayClient) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await client.http.post("/auth/password", json=body)).status_code == 204


async def turn_second_factor_on(client: GatewayClient) -> None:
    await with_second_factor(client)


async def end_the_others(client: GatewayClient) -> None:
    assert (await client.http.delete("/auth/sessions", params={"keep_current": True})).status_code == 204


@pytest.mark.parametrize("act", [change_password, turn_second_factor_on, end_the_others])
async def test_what_a_user_changes_ends_his_other_sessions(
    gateway: GatewayClient, act: Callable[[GatewayClient], Awaitable[None]]
) -> None:
    await make_user(gateway, "dr.rosa")
    acting, other = await signed_in(gateway, "dr.rosa"), nobody(gateway)
    pair = await other.sign_in("dr.rosa")
    await act(acting)
    assert await is_in(acting)
    assert not await is_in(other)
    is_problem(await refresh(gateway, pair["refresh_token"]), 401, "invalid-token")
    assert await is_in(gateway)


async def test_turning_the_second_factor_off_ends_the_other_sessions(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    acting = await signed_in(gateway, "dr.rosa")
    _, codes = await with_second_factor(acting)
    other = nobody(gateway)
    body = {"username": "dr.rosa", "password": PASSWORD, "totp_code": codes[0]}
    other.http.headers["Authorization"] = (
        f"Bearer {(await other.http.post('/auth/login', json=body)).json()['access_token']}"
    )
    assert await is_in(other)
    off = await acting.http.post("/auth/2fa/disable", json={"password": PASSWORD, "code": codes[1]})
    assert off.status_code == 204
    assert await is_in(acting)
    assert not await is_in(other)


async def test_signing_out_everywhere_is_everywhere(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    clients = [await signed_in(gateway, "dr.rosa") for _ in range(3)]
    assert (await clients[0].http.delete("/auth/sessions")).status_code == 204
    assert [await is_in(client) for client in clients] == [False] * 3
    assert await is_in(gateway)


async def test_one_session_may_be_ended_and_only_by_its_owner(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    acting, other = await signed_in(gateway, "dr.rosa"), await signed_in(gateway, "dr.rosa")
    items = (await acting.http.get("/auth/sessions")).json()["items"]
    (theirs,) = [item["id"] for item in items if not item["is_current"]]
    is_problem(await gateway.http.delete(f"/auth/sessions/{theirs}"), 404, "session-not-found")
    assert await is_in(other)
    assert (await acting.http.delete(f"/auth/sessions/{theirs}")).status_code == 204
    is_problem(await acting.http.delete(f"/auth/sessions/{theirs}"), 404, "session-not-found")
    assert (await is_in(acting), await is_in(other)) == (True, False)


# -- what an administrator changes: all sessions of the user end -------------------------------------------------


CHANGES: tuple[tuple[dict[str, Any], bool], ...] = (
    ({"role": "radiologist"}, True),
    ({"state": "disabled"}, True),
    ({"state": "pending"}, True),
    ({"site_id": "another"}, True),
    ({"totp_enabled": False}, True),
    ({"full_name": "Rosa"}, False),
    ({"email": "rosa@example.org"}, False),
    ({"full_name": "Rosa", "role": "clinician", "state": "active"}, False),
    ({}, False),
)


async def test_what_an_admin_changes_ends_the_sessions_whose_rights_change(gateway: GatewayClient) -> None:
    site = await make_site(gateway, "Another")
    for number, (change, ends) in enumerate(CHANGES):
        user_id = await make_user(gateway, f"dr.rosa{number}")
        client = nobody(gateway)
        pair = await client.sign_in(f"dr.rosa{number}")
        if "totp_enabled" in change:
            await with_second_factor(client)
        wanted = {**change, "site_id": site} if "site_id" in change else change
        (await gateway.http.patch(f"/users/{user_id}", json=wanted)).raise_for_status()
        assert await is_in(client) is not ends, change
        assert ((await refresh(gateway, pair["refresh_token"])).status_code == 401) is ends, change
    assert await is_in(gateway)


async def test_a_password_set_by_a_link_ends_every_session(gateway: GatewayClient) -> None:
    user_id = await make_user(gateway, "dr.rosa")
    client = await signed_in(gateway, "dr.rosa")
    link = (await gateway.http.post(f"/users/{user_id}/reset-password")).json()
    assert await is_in(client)
    body = {"token": link["token"], "password": NEW_PASSWORD}
    assert (await nobody(gateway).http.post("/auth/password/reset", json=body)).status_code == 204
    assert not await is_in(client)


# -- streams are sessions too ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"role": "radiologist"}, {"state": "disabled"}], ids=str)
async def test_an_open_stream_ends_with_the_session(settings: Settings, change: dict[str, Any]) -> None:
    """At once, not with the next heartbeat: somebody who is sent away does not stay on the line."""
    async with served_gateway(settings) as served:
        user_id = await make_user(served, "dr.rosa")
        async with (
            served_client(served.infrastructure, str(served.http.base_url), "dr.rosa") as client,
            stream(client) as frames,
            asyncio.timeout(service.LOOK_AGAIN_SECONDS / 3),
        ):
            (await served.http.patch(f"/users/{user_id}", json=change)).raise_for_status()
            await frames.until_the_end()
