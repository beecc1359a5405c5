"""The second factor over HTTP: set up, turned on, asked for, used once, lost, turned off."""

import base64
import re
import zlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import numpy as np
import pyotp
import pytest
import zxingcpp

from relaypacs.core.clock import now
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.people import make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem

NAME = "dr.rosa"


@pytest.fixture
async def rosa(gateway: GatewayClient) -> GatewayClient:
    await make_user(gateway, NAME)
    return await signed_in(gateway, NAME)


async def login(gateway: GatewayClient, **more: Any) -> httpx.Response:
    return await nobody(gateway).http.post("/auth/login", json={"username": NAME, "password": PASSWORD, **more})


async def set_up(client: GatewayClient) -> dict[str, str]:
    answer = await client.http.post("/auth/2fa/setup")
    assert answer.status_code == 200
    body: dict[str, str] = answer.json()
    assert body.keys() == {"secret", "otpauth_uri", "qr_code"}
    return body


async def enable(client: GatewayClient, code: str) -> httpx.Response:
    return await client.http.post("/auth/2fa/enable", json={"code": code})


async def disable(client: GatewayClient, code: str, password: str = PASSWORD) -> httpx.Response:
    return await client.http.post("/auth/2fa/disable", json={"password": password, "code": code})


def coming(totp: pyotp.TOTP) -> str:
    """Return the code of the next step, which is taken too: the present one is used by `with_second_factor`."""
    return totp.at(now() + timedelta(seconds=30))


def grey_pixels(png: bytes) -> np.ndarray:
    """Decode a PNG of one bit of grey (PNG 1.2): the library that wrote it should not be its own judge."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    assert tuple(png[24:26]) == (1, 0), "one bit of grey"
    data, position = b"", 8
    while position < len(png):
        length, kind = int.from_bytes(png[position : position + 4]), png[position + 4 : position + 8]
        if kind == b"IDAT":
            data += png[position + 8 : position + 8 + length]
        position += 12 + length
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, -1).copy()
    assert set(rows[:, 0]) <= {0, 2}, "no filter, or Up (6.4)"
    for number, row in enumerate(rows[1:]):
        row[1:] += rows[number, 1:] if row[0] else 0
    return np.unpackbits(rows[:, 1:], axis=1)[:, :width] * np.uint8(255)


async def test_the_set_up_is_what_authenticator_apps_read(rosa: GatewayClient) -> None:
    body = await set_up(rosa)
    assert re.fullmatch(r"[A-Z2-7]{32}", body["secret"])
    uri = urlsplit(body["otpauth_uri"])
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", f"/RelayPACS:{NAME}")
    query = parse_qs(uri.query)
    assert (query["secret"], query["issuer"]) == ([body["secret"]], ["RelayPACS"])
    assert (query.get("algorithm", ["SHA1"]), query.get("digits", ["6"]), query.get("period", ["30"])) == (
        ["SHA1"],
        ["6"],
        ["30"],
    )
    (read,) = zxingcpp.read_barcodes(grey_pixels(base64.b64decode(body["qr_code"], validate=True)))
    assert read.text == body["otpauth_uri"]


async def test_a_set_up_counts_for_nothing_until_a_code_of_it_was_given(rosa: GatewayClient) -> None:
    is_problem(await enable(rosa, "123456"), 409, "second-factor-off")
    first, second = await set_up(rosa), await set_up(rosa)
    assert first["secret"] != second["secret"]
    assert (await login(rosa)).json().keys() >= {"access_token"}
    for wrong in ("000000x", pyotp.TOTP(first["secret"]).now(), ""):
        answer = await enable(rosa, wrong)
        assert answer.status_code == (422 if wrong else 400)
    assert not (await rosa.http.get("/auth/me")).json()["totp_enabled"]
    answer = await enable(rosa, pyotp.TOTP(second["secret"]).now())
    codes = answer.json()["recovery_codes"]
    assert (len(codes), len(set(codes))) == (10, 10)
    assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code) for code in codes)
    assert (await rosa.http.get("/auth/me")).json()["totp_enabled"]


async def test_while_it_is_on_it_is_neither_set_up_nor_enabled_again(rosa: GatewayClient) -> None:
    totp, _ = await with_second_factor(rosa)
    is_problem(await rosa.http.post("/auth/2fa/setup"), 409, "second-factor-on")
    is_problem(await enable(rosa, coming(totp)), 409, "second-factor-on")
    assert (await login(rosa, totp_code=coming(totp))).status_code == 200  # the secret is the same as before


async def test_every_code_is_taken_once_also_the_one_that_turned_it_on(rosa: GatewayClient) -> None:
    totp = pyotp.TOTP((await set_up(rosa))["secret"])
    code, later = totp.now(), coming(totp)
    assert (await enable(rosa, code)).status_code == 200
    is_problem(await login(rosa, totp_code=code), 401, "invalid-credentials")
    assert (await login(rosa)).json() == {"totp_required": True}
    assert (await login(rosa, totp_code=later)).status_code == 200
    is_problem(await login(rosa, totp_code=later), 401, "invalid-credentials")
    is_problem(await disable(rosa, later), 422, "code-wrong")


async def test_each_recovery_code_opens_once_however_it_is_typed(rosa: GatewayClient) -> None:
    _, codes = await with_second_factor(rosa)
    spellings = [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} ", str]
    for number, code in enumerate(codes):
        spelt = spellings[number % len(spellings)](code)
        assert (await login(rosa, totp_code=spelt)).status_code == 200
        is_problem(await login(rosa, totp_code=code), 401, "invalid-credentials")
    is_problem(await login(rosa, totp_code="AAAA-AAAA-AAAA-AAAA"), 401, "invalid-credentials")


async def test_another_users_recovery_code_opens_nothing(gateway: GatewayClient, rosa: GatewayClient) -> None:
    await make_user(gateway, "dr.max")
    _, codes = await with_second_factor(await signed_in(gateway, "dr.max"))
    await with_second_factor(rosa)
    is_problem(await login(rosa, totp_code=codes[0]), 401, "invalid-credentials")


async def test_turning_it_off_takes_the_password_and_a_code(rosa: GatewayClient) -> None:
    is_problem(await disable(rosa, "123456"), 409, "second-factor-off")
    totp, codes = await with_second_factor(rosa)
    is_problem(await disable(rosa, coming(totp), "Wrong-Horse-9-Battery"), 422, "password-wrong")
    is_problem(await disable(rosa, "000000x"), 422, "code-wrong")
    assert (await disable(rosa, coming(totp))).status_code == 204
    assert (await login(rosa)).status_code == 200
    is_problem(await disable(rosa, codes[0]), 409, "second-factor-off")


async def test_a_recovery_code_turns_it_off_and_the_old_codes_are_gone(rosa: GatewayClient) -> None:
    _, codes = await with_second_factor(rosa)
    assert (await disable(rosa, codes[0].lower())).status_code == 204
    _, newer = await with_second_factor(rosa)
    assert not set(codes) & set(newer)
    is_problem(await login(rosa, totp_code=codes[1]), 401, "invalid-credentials")
    assert (await login(rosa, totp_code=newer[0])).status_code == 200


async def test_an_admin_turns_a_lost_device_off_and_never_on(gateway: GatewayClient, rosa: GatewayClient) -> None:
    await with_second_factor(rosa)
    user_id = (await rosa.http.get("/auth/me")).json()["id"]
    wrong = await gateway.http.patch(f"/users/{user_id}", json={"totp_enabled": True})
    is_problem(wrong, 400, "validation-error")
    assert (await login(rosa)).json() == {"totp_required": True}
    answer = await gateway.http.patch(f"/users/{user_id}", json={"totp_enabled": False})
    assert answer.json()["totp_enabled"] is False
    assert (await login(rosa)).json().keys() >= {"access_token"}
