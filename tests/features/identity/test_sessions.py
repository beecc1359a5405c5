"""Signing in, renewing, signing out; the second factor; the limit on attempts."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import pyotp
import pytest
from sqlalchemy import func, select

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import Session, User
from relaypacs.features.identity.service import second_factor, sign_in
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.servers.gateway import running_gateway as running_process


async def login(gateway: GatewayClient, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await gateway.http.post("/auth/login", json={"username": ADMIN, "password": password, **more})


async def refresh(gateway: GatewayClient, token: str) -> httpx.Response:
    return await gateway.http.post("/auth/refresh", json={"refresh_token": token})


async def me(gateway: GatewayClient, token: str) -> httpx.Response:
    return await gateway.http.get("/auth/me", headers={"Authorization": f"Bearer {token}"})


async def age_sessions(gateway: GatewayClient, by: timedelta) -> None:
    """Let time pass for every session."""
    async with gateway.infrastructure.database.write() as session:
        for row in await session.scalars(select(Session)):
            row.rotated_at -= by
            row.expires_at -= by


async def test_login_answers_as_specified(gateway: GatewayClient) -> None:
    answer = await login(gateway)
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"


@pytest.mark.parametrize(
    ("token", "kind", "lifetime"),
    [("access_token", "access", timedelta(minutes=60)), ("refresh_token", "refresh", timedelta(days=7))],
)
async def test_tokens_live_as_long_as_specified(
    gateway: GatewayClient, token: str, kind: str, lifetime: timedelta
) -> None:
    claims = jwt.decode((await login(gateway)).json()[token], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == lifetime.total_seconds()
    assert (claims["typ"], claims["aud"]) == (kind, f"relaypacs:{kind}")
    assert not {"role", "username", "password"} & claims.keys()


async def test_the_user_name_is_taken_in_any_case(gateway: GatewayClient) -> None:
    body = {"username": ADMIN.upper(), "password": PASSWORD}
    assert (await gateway.http.post("/auth/login", json=body)).status_code == 200


async def test_a_wrong_password_and_an_unknown_user_answer_alike(gateway: GatewayClient) -> None:
    known = is_problem(await login(gateway, password="Wrong-Horse-9-Battery"), 401, "invalid-credentials")
    unknown = await gateway.http.post("/auth/login", json={"username": "nobody", "password": PASSWORD})
    other = is_problem(unknown, 401, "invalid-credentials")
    assert {**known, "trace_id": ""} == {**other, "trace_id": ""}


async def test_an_unknown_user_takes_as_much_hashing_as_a_known_one(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    compare = sign_in.password_matches

    async def counted(password: str, password_hash: str) -> bool:
        compared.append(password_hash)
        return await compare(password, password_hash)

    monkeypatch.setattr(sign_in, "password_matches", counted)
    await gateway.http.post("/auth/login", json={"username": "nobody", "password": PASSWORD})
    assert compared == [sign_in.NOBODYS_HASH]
    assert sign_in.NOBODYS_HASH.startswith("$2b$12$")


async def test_odd_credentials_are_wrong_credentials(gateway: GatewayClient) -> None:
    for body in (
        {"username": "' OR 1=1 --", "password": "x"},
        {"username": ADMIN, "password": "\0"},
        {"username": ADMIN, "password": PASSWORD[:-1]},
        {"username": ADMIN, "password": PASSWORD + "\0"},
    ):
        is_problem(await gateway.http.post("/auth/login", json=body), 401, "invalid-credentials")


async def test_a_malformed_login_is_400(gateway: GatewayClient) -> None:
    nul, surrogate = {"username": "nul\0", "password": "x"}, {"username": ADMIN, "password": "\ud800"}
    for body in ({}, {"username": ADMIN}, {"username": "", "password": ""}, {"username": 1}, [], nul, surrogate):
        answer = await gateway.http.post("/auth/login", content=json.dumps(body))
        is_problem(answer, 400, "validation-error")


async def test_without_a_good_access_token_nobody_is_signed_in(gateway: GatewayClient) -> None:
    del gateway.http.headers["Authorization"]
    for header in (None, "", "Bearer", "Bearer x.y.z", "Basic cm9vdDpyb290", "Bearer é"):
        headers = {} if header is None else {"Authorization": header.encode()}
        for path in ("/auth/me", "/upload", "/notifications", "/notifications/stream"):
            is_problem(await gateway.http.get(path, headers=headers), 401, "invalid-token")


async def test_a_refresh_token_opens_nothing_but_a_refresh(gateway: GatewayClient) -> None:
    pair = (await login(gateway)).json()
    is_problem(await me(gateway, pair["refresh_token"]), 401, "invalid-token")
    is_problem(await refresh(gateway, pair["access_token"]), 401, "invalid-token")
    is_problem(await refresh(gateway, "x.y.z"), 401, "invalid-token")


async def test_logout_ends_the_session_and_no_other(gateway: GatewayClient) -> None:
    other, pair = (await login(gateway)).json(), (await login(gateway)).json()
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    answer = await gateway.http.post("/auth/logout", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    is_problem(await me(gateway, pair["access_token"]), 401, "invalid-token")
    is_problem(await refresh(gateway, pair["refresh_token"]), 401, "invalid-token")
    assert (await me(gateway, other["access_token"])).status_code == 200


async def test_a_refresh_gives_a_new_pair_and_prolongs_the_session(gateway: GatewayClient) -> None:
    first = (await login(gateway)).json()
    await age_sessions(gateway, timedelta(days=6))
    answer = await refresh(gateway, first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert second.keys() == first.keys()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await me(gateway, second["access_token"])).status_code == 200
    await age_sessions(gateway, timedelta(days=6))
    assert (await refresh(gateway, second["refresh_token"])).status_code == 200


async def test_a_session_that_has_run_out_is_over(gateway: GatewayClient) -> None:
    pair = (await login(gateway)).json()
    await age_sessions(gateway, timedelta(days=7, seconds=1))
    is_problem(await refresh(gateway, pair["refresh_token"]), 401, "invalid-token")
    is_problem(await me(gateway, pair["access_token"]), 401, "invalid-token")


async def test_a_lost_answer_signs_nobody_out(gateway: GatewayClient) -> None:
    first = (await login(gateway)).json()
    lost = (await refresh(gateway, first["refresh_token"])).json()
    again = (await refresh(gateway, first["refresh_token"])).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert (await refresh(gateway, again["refresh_token"])).status_code == 200


async def test_the_predecessor_is_honoured_for_30_seconds(gateway: GatewayClient) -> None:
    first = (await login(gateway)).json()
    await refresh(gateway, first["refresh_token"])
    await age_sessions(gateway, timedelta(seconds=25))
    assert (await refresh(gateway, first["refresh_token"])).status_code == 200
    await age_sessions(gateway, timedelta(seconds=6))
    is_problem(await refresh(gateway, first["refresh_token"]), 401, "refresh-token-reused")


async def test_reuse_after_the_successor_was_used_ends_the_session(gateway: GatewayClient) -> None:
    first = (await login(gateway)).json()
    second = (await refresh(gateway, first["refresh_token"])).json()
    third = (await refresh(gateway, second["refresh_token"])).json()
    assert (await me(gateway, third["access_token"])).status_code == 200
    is_problem(await refresh(gateway, first["refresh_token"]), 401, "refresh-token-reused")
    is_problem(await refresh(gateway, third["refresh_token"]), 401, "invalid-token")
    for pair in (first, second, third):
        is_problem(await me(gateway, pair["access_token"]), 401, "invalid-token")


async def test_twenty_refreshes_at_once_are_one_link_of_the_chain(gateway: GatewayClient) -> None:
    first = (await login(gateway)).json()
    answers = await asyncio.gather(*(refresh(gateway, first["refresh_token"]) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert (await refresh(gateway, successors.pop())).status_code == 200


async def test_the_database_holds_no_token(gateway: GatewayClient) -> None:
    pair = (await login(gateway)).json()
    claims = jwt.decode(pair["refresh_token"], options={"verify_signature": False})
    async with gateway.infrastructure.database.read() as session:
        hashes = list(await session.scalars(select(Session.refresh_hash)))
    assert claims["jti"] not in hashes
    assert all(len(hashed) == 64 for hashed in hashes)


# -- the second factor -----------------------------------------------------------------------------------------


@pytest.fixture
async def totp(gateway: GatewayClient) -> pyotp.TOTP:
    """The admin's second factor, switched on."""
    secret = pyotp.random_base32()
    async with gateway.infrastructure.database.write() as session:
        user = (await session.scalars(select(User).where(User.username == ADMIN))).one()
        user.totp_secret = gateway.infrastructure.vault.seal(secret, f"totp:{user.id}")
        user.totp_enabled = True
    return pyotp.TOTP(secret)


async def sessions(gateway: GatewayClient) -> int:
    async with gateway.infrastructure.database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(Session)) or 0)


async def test_without_a_code_the_code_is_asked_for_and_nothing_is_opened(
    gateway: GatewayClient, totp: pyotp.TOTP
) -> None:
    before = await sessions(gateway)
    for code in ({}, {"totp_code": None}, {"totp_code": ""}):
        answer = await login(gateway, **code)
        assert (answer.status_code, answer.json()) == (200, {"totp_required": True})
    is_problem(await login(gateway, password="wrong", totp_code=totp.now()), 401, "invalid-credentials")
    assert await sessions(gateway) == before


async def test_a_code_is_taken_once(gateway: GatewayClient, totp: pyotp.TOTP) -> None:
    code = totp.now()
    answer = await login(gateway, totp_code=code)
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type"}
    is_problem(await login(gateway, totp_code=code), 401, "invalid-credentials")


async def test_of_many_who_send_one_code_at_once_one_gets_in(gateway: GatewayClient, totp: pyotp.TOTP) -> None:
    code = totp.now()
    answers = await asyncio.gather(*(login(gateway, totp_code=code) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 4


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_clock_may_be_one_step_off(
    gateway: GatewayClient, totp: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch, steps: int, status: int
) -> None:
    middle_of_step = datetime.fromtimestamp(now().timestamp() // 30 * 30 + 15, tz=now().tzinfo)
    monkeypatch.setattr(second_factor, "now", lambda: middle_of_step)
    code = totp.at(middle_of_step + timedelta(seconds=30 * steps))
    assert (await login(gateway, totp_code=code)).status_code == status


async def test_an_older_code_is_not_taken_after_a_newer_one(gateway: GatewayClient, totp: pyotp.TOTP) -> None:
    older, newer = totp.at(now() - timedelta(seconds=30)), totp.now()
    assert (await login(gateway, totp_code=newer)).status_code == 200
    is_problem(await login(gateway, totp_code=older), 401, "invalid-credentials")


@pytest.mark.usefixtures("totp")
async def test_a_code_that_is_no_code_is_wrong(gateway: GatewayClient) -> None:
    full_width_digits = "\uff11\uff12\uff13\uff14\uff15\uff16"
    for code in ("000000x", full_width_digits, "é", "\0", " ", "-1", "' OR 1=1"):
        is_problem(await login(gateway, totp_code=code), 401, "invalid-credentials")
        await gateway.infrastructure.rate_limits.storage.reset()  # not of interest here: five of these are a lock


# -- the limit on attempts -------------------------------------------------------------------------------------


@pytest.fixture
async def limited(settings: Settings) -> AsyncIterator[GatewayClient]:
    async with running_gateway(settings.model_copy(update={"login_rate_limit": "5/minute"})) as gateway:
        yield gateway


async def test_the_sixth_attempt_of_a_minute_is_429_good_or_bad(limited: GatewayClient) -> None:
    for _ in range(5):
        is_problem(await login(limited, password="wrong"), 401, "invalid-credentials")
    answer = await login(limited)
    is_problem(answer, 429, "too-many-requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_forged_forwarding_header_gets_nobody_past_the_limit(tmp_path: Any) -> None:
    with running_process(tmp_path, LOGIN_RATE_LIMIT="5/minute") as gateway:
        statuses = [
            httpx.post(
                f"{gateway.address}/api/v1/auth/login",
                json={"username": "nobody", "password": "wrong"},
                headers=dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded"), f"198.51.100.{i}"),
            ).status_code
            for i in range(7)
        ]
    assert statuses == [401] * 5 + [429] * 2


@pytest.mark.parametrize("name", ["registration", "api"])
async def test_other_limits_are_off_until_they_are_set(settings: Settings, name: str) -> None:
    async with running_gateway(settings.model_copy(update={f"{name}_rate_limit": "3/hour"})) as gateway:
        answers = [await gateway.register(f"user-{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
