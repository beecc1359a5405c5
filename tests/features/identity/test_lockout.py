"""Guessing: five failures lock an account at one address, a hundred lock an address, and nobody else is hurt."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
import pytest

from relaypacs.features.identity.service.lockout import LOCKED_SECONDS
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.limits import counted, pass_time
from tests.builders.people import make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem

WRONG = "Wrong-Horse-9-Battery"
HOSPITAL, ELSEWHERE = "192.0.2.10", "192.0.2.99"


async def guess(
    gateway: GatewayClient, username: str = "dr.rosa", password: str = WRONG, *, at: str = HOSPITAL, code: str = ""
) -> httpx.Response:
    body = {"username": username, "password": password, "totp_code": code or None}
    return await nobody(gateway, at).http.post("/auth/login", json=body)


async def fail(gateway: GatewayClient, times: int, username: str = "dr.rosa", at: str = HOSPITAL) -> None:
    for _ in range(times):
        is_problem(await guess(gateway, username, at=at), 401, "invalid-credentials")


async def test_five_failures_lock_the_account_at_this_address_and_nothing_else(gateway: GatewayClient) -> None:
    for name in ("dr.rosa", "dr.max"):
        await make_user(gateway, name)
    await fail(gateway, 5)
    for password in (WRONG, PASSWORD):
        answer = await guess(gateway, password=password)
        is_problem(answer, 429, "too-many-failures")
        assert LOCKED_SECONDS - 60 < int(answer.headers["Retry-After"]) <= LOCKED_SECONDS
    is_problem(await guess(gateway, "DR.Rosa", PASSWORD), 429, "too-many-failures")
    assert (await guess(gateway, "dr.max", PASSWORD)).status_code == 200
    assert (await guess(gateway, "dr.rosa", PASSWORD, at=ELSEWHERE)).status_code == 200
    is_problem(await guess(gateway, password=PASSWORD), 429, "too-many-failures")  # forgiven elsewhere only


async def test_the_lock_lasts_a_quarter_of_an_hour_from_the_failure_that_closed_it(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    await fail(gateway, 4)
    await pass_time(gateway, LOCKED_SECONDS - 60)
    await fail(gateway, 1)
    await pass_time(gateway, LOCKED_SECONDS - 80)
    answer = await guess(gateway, password=PASSWORD)
    is_problem(answer, 429, "too-many-failures")
    assert 20 <= int(answer.headers["Retry-After"]) <= 80
    await pass_time(gateway, 81)
    assert (await guess(gateway, password=PASSWORD)).status_code == 200


async def test_four_failures_lock_nothing_and_a_success_forgives_them(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    for _ in range(2):
        await fail(gateway, 4)
        assert (await guess(gateway, password=PASSWORD)).status_code == 200


async def test_a_name_that_nobody_has_is_locked_alike(gateway: GatewayClient) -> None:
    await fail(gateway, 5, "nobody")
    is_problem(await guess(gateway, "nobody"), 429, "too-many-failures")


async def test_fifty_guesses_side_by_side_are_five(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    answers = await asyncio.gather(*(guess(gateway) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 45}


async def test_the_right_one_among_fifty_side_by_side_tells_nothing_once_locked(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    await fail(gateway, 5)
    answers = await asyncio.gather(*(guess(gateway, password=password) for password in [WRONG, PASSWORD] * 10))
    documents = [answer.json() for answer in answers]
    assert {(d["status"], d["type"], d["detail"]) for d in documents} == {
        (429, "/problems/too-many-failures", documents[0]["detail"])
    }


async def test_a_hundred_failures_lock_the_address_for_everybody_there(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    for number in range(20):
        await make_user(gateway, f"guessed{number}")
        await fail(gateway, 5, f"guessed{number}")
    answer = await guess(gateway, password=PASSWORD)
    is_problem(answer, 429, "too-many-failures")
    assert LOCKED_SECONDS - 60 < int(answer.headers["Retry-After"]) <= LOCKED_SECONDS
    assert (await guess(gateway, password=PASSWORD, at=ELSEWHERE)).status_code == 200
    await pass_time(gateway, LOCKED_SECONDS + 1)
    assert (await guess(gateway, password=PASSWORD)).status_code == 200


# -- the second factor is guessed at too -------------------------------------------------------------------------


async def test_a_right_password_does_not_give_more_guesses_at_the_code(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    _, codes = await with_second_factor(await signed_in(gateway, "dr.rosa"))
    for _ in range(5):
        assert (await guess(gateway, password=PASSWORD)).json() == {"totp_required": True}
        is_problem(await guess(gateway, password=PASSWORD, code="000000x"), 401, "invalid-credentials")
    is_problem(await guess(gateway, password=PASSWORD), 429, "too-many-failures")
    is_problem(await guess(gateway, password=PASSWORD, code=codes[0]), 429, "too-many-failures")
    assert (await guess(gateway, password=PASSWORD, code=codes[0], at=ELSEWHERE)).status_code == 200


async def test_fifty_codes_side_by_side_are_five_guesses(gateway: GatewayClient) -> None:
    await make_user(gateway, "dr.rosa")
    await with_second_factor(await signed_in(gateway, "dr.rosa"))
    answers = await asyncio.gather(*(guess(gateway, password=PASSWORD, code=f"{n:06}x") for n in range(50)))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 45}


async def guess_password(client: GatewayClient) -> httpx.Response:
    body = {"current_password": WRONG, "new_password": "Another-Lantern-52-Orchard"}
    return await client.http.post("/auth/password", json=body)


async def guess_to_disable(client: GatewayClient) -> httpx.Response:
    return await client.http.post("/auth/2fa/disable", json={"password": PASSWORD, "code": "000000x"})


async def guess_to_enable(client: GatewayClient) -> httpx.Response:
    return await client.http.post("/auth/2fa/enable", json={"code": "000000x"})


@pytest.mark.parametrize("act", [guess_password, guess_to_disable, guess_to_enable])
async def test_a_stolen_session_does_not_help_to_guess(
    gateway: GatewayClient, act: Callable[[GatewayClient], Awaitable[httpx.Response]]
) -> None:
    await make_user(gateway, "dr.rosa")
    client = await signed_in(gateway, "dr.rosa", HOSPITAL)
    if act is guess_to_disable:
        await with_second_factor(client)
    else:
        (await client.http.post("/auth/2fa/setup")).raise_for_status()
    answers = await asyncio.gather(*(act(client) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {422: 5, 429: 15}
    is_problem(await guess(gateway, password=PASSWORD), 429, "too-many-failures")


async def test_the_clock_of_these_tests_is_that_of_the_store(gateway: GatewayClient) -> None:
    await fail(gateway, 1, "nobody")
    storage = gateway.infrastructure.rate_limits.storage
    failures = [key for key in await counted(gateway) if key.startswith("failures/")]
    ends = [await storage.get_expiry(key) - time.time() for key in failures]
    assert len(ends) == 2
    await pass_time(gateway, 100)
    for key, before in zip(failures, ends, strict=True):
        assert await storage.get_expiry(key) - time.time() == pytest.approx(before - 100, abs=5)
