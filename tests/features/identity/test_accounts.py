"""Registering, the first admin, and who may sign in at all."""

import asyncio
import json
import re
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from relaypacs.core.settings import Environment, Registration, Settings
from relaypacs.features.identity.models import AccountState, Role, Site, User
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.problems import is_problem
from tests.conftest import running_gateway


async def user_named(gateway: GatewayClient, username: str) -> User | None:
    async with gateway.infrastructure.database.read() as session:
        return await session.scalar(select(User).where(User.username == username))


async def set_state(gateway: GatewayClient, username: str, state: AccountState) -> None:
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(User).where(User.username == username).values(state=state))


async def test_register_answers_as_specified(gateway: GatewayClient) -> None:
    answer = await gateway.register("dr.rosa")
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"id", "username", "role", "created_at"}
    assert (body["username"], body["role"]) == ("dr.rosa", "clinician")
    UUID(body["id"])
    assert body["created_at"].endswith(("Z", "+00:00"))


async def test_me_answers_with_the_profile(gateway: GatewayClient) -> None:
    client = await gateway.another("dr.rosa")
    body = (await client.http.get("/auth/me")).json()
    assert body.keys() == {"id", "username", "role", "created_at", "email", "full_name", "site_id", "totp_enabled"}
    assert (body["email"], body["full_name"], body["totp_enabled"]) == ("dr.rosa@example.org", "A User", False)


async def test_nobody_gives_himself_a_role_a_site_or_a_state(gateway: GatewayClient) -> None:
    wanted = {
        "id": "00000000-0000-0000-0000-000000000001",
        "role": "admin",
        "site_id": "00000000-0000-0000-0000-000000000002",
        "state": "active",
        "totp_enabled": True,
        "is_admin": True,
    }
    body = (await gateway.register("climber", **wanted)).json()
    user = await user_named(gateway, "climber")
    assert user is not None
    assert (body["role"], user.role, user.totp_enabled) == ("clinician", Role.CLINICIAN, False)
    assert str(user.id) == body["id"] != wanted["id"]
    async with gateway.infrastructure.database.read() as session:
        assert user.site_id == await session.scalar(select(Site.id))


async def test_a_password_that_is_easy_to_guess_is_refused(gateway: GatewayClient) -> None:
    for password in (
        "short",
        "elevenchars",
        "password1234",
        "aaaaaaaaaaaaaaaa",
        "123456789012",
        "dr.rosa-and-12-roses",
        "X-DR.ROSA-9-battery",
    ):
        is_problem(await gateway.register("dr.rosa", password=password), 422, "weak-password")
    assert await user_named(gateway, "dr.rosa") is None


async def test_any_character_and_128_of_them_may_be_in_a_password(gateway: GatewayClient) -> None:
    for number, password in enumerate(
        (
            "correct horse battery",
            "ÄÖÜ-läuft-übers-Fëld",
            "tab\tand\nline-break-17",
            "日本語の長い合い言葉です",
            ("correct horse battery staple " * 5)[:128],
        )
    ):
        assert (await gateway.register(f"dr.rosa{number}", password=password)).status_code == 201
        await gateway.sign_in(f"dr.rosa{number}", password)


async def test_a_malformed_registration_is_400(gateway: GatewayClient) -> None:
    good = {"username": "dr.rosa", "email": "rosa@example.org", "password": PASSWORD, "full_name": "Rosa"}
    for change in (
        {"username": "ab"},
        {"username": "x" * 51},
        {"username": "with space"},
        {"username": "nul\0"},
        {"username": "-dash"},
        {"username": "<script>"},
        {"email": "no-address"},
        {"email": None},
        {"password": "x" * 129},
        {"password": ""},
        {"password": "lone \ud800 surrogate, and more"},
        {"full_name": "x" * 201},
        {"full_name": "nul\0"},
        {"full_name": None},
    ):
        answer = await gateway.http.post("/auth/register", content=json.dumps(good | change))
        is_problem(answer, 400, "validation-error")


async def test_a_user_name_is_taken_once_whatever_its_case(gateway: GatewayClient) -> None:
    assert (await gateway.register("dr.rosa")).status_code == 201
    is_problem(await gateway.register("Dr.Rosa"), 409, "username-taken")
    is_problem(await gateway.register(ADMIN.upper()), 409, "username-taken")


async def test_of_ten_who_register_one_name_at_once_one_gets_it(gateway: GatewayClient) -> None:
    answers = await asyncio.gather(*(gateway.register("dr.rosa") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


@pytest.mark.parametrize("mode", list(Registration))
async def test_registration_is_open_needs_approval_or_is_closed(settings: Settings, mode: Registration) -> None:
    async with running_gateway(settings.model_copy(update={"registration": mode})) as gateway:
        answer = await gateway.register("dr.rosa")
        if mode is Registration.CLOSED:
            is_problem(answer, 403, "registration-closed")
            return
        assert answer.status_code == 201
        body = {"username": "dr.rosa", "password": PASSWORD}
        signed_in = await gateway.http.post("/auth/login", json=body)
        if mode is Registration.OPEN:
            assert signed_in.status_code == 200
            return
        is_problem(signed_in, 403, "account-not-active")
        await set_state(gateway, "dr.rosa", AccountState.ACTIVE)
        assert (await gateway.http.post("/auth/login", json=body)).status_code == 200


async def test_production_does_not_let_anybody_in_unseen(settings: Settings) -> None:
    async with running_gateway(settings.model_copy(update={"environment": Environment.PRODUCTION})) as gateway:
        assert (await gateway.register("dr.rosa")).status_code == 201
        answer = await gateway.http.post("/auth/login", json={"username": "dr.rosa", "password": PASSWORD})
        is_problem(answer, 403, "account-not-active")


async def test_an_account_that_is_disabled_is_out_at_once(gateway: GatewayClient) -> None:
    client = await gateway.another("dr.rosa")
    assert (await client.http.get("/auth/me")).status_code == 200
    await set_state(gateway, "dr.rosa", AccountState.DISABLED)
    is_problem(await client.http.get("/auth/me"), 401, "invalid-token")
    good = {"username": "dr.rosa", "password": PASSWORD}
    is_problem(await client.http.post("/auth/login", json=good), 403, "account-not-active")
    bad = {"username": "dr.rosa", "password": "wrong"}  # the state is told to those who know the password only
    is_problem(await client.http.post("/auth/login", json=bad), 401, "invalid-credentials")


async def test_the_first_admin_is_the_one_that_the_settings_name(gateway: GatewayClient) -> None:
    user = await user_named(gateway, ADMIN)
    assert user is not None
    assert (user.role, user.state) == (Role.ADMIN, AccountState.ACTIVE)
    assert PASSWORD not in user.password_hash


async def test_a_first_admin_without_a_password_gets_one_that_is_printed_once(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    unnamed = settings.model_copy(update={"admin_password": SecretStr("")})
    async with running_gateway(unnamed) as gateway:
        (password,) = re.findall(r"with password (\S+)", capsys.readouterr().out)
        assert len(password) >= 16
        await gateway.sign_in(ADMIN, password)
    async with running_gateway(unnamed) as gateway:
        assert "with password" not in capsys.readouterr().out
        await gateway.sign_in(ADMIN, password)


async def test_other_settings_do_not_change_an_admin_who_is_there(settings: Settings) -> None:
    async with running_gateway(settings):
        pass
    later = settings.model_copy(
        update={"admin_username": "second", "admin_password": SecretStr("Another-Pass-77-word")}
    )
    async with running_gateway(later) as gateway:
        await gateway.sign_in(ADMIN)
        assert await user_named(gateway, "second") is None
