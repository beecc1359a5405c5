"""Links that work once, and what nobody gives himself through them or any other body."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select, update

from relaypacs.core.clock import now
from relaypacs.features.identity.models import Invitation, PasswordReset, Site, User
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.people import make_site, make_user, nobody
from tests.builders.problems import is_problem

NEW_PASSWORD = "Another-Lantern-52-Orchard"
# What a body might try to set; nothing of it is a field of what a user may send.
CLIMBING: dict[str, Any] = {
    "role": "admin",
    "state": "disabled",
    "site_id": "00000000-0000-0000-0000-000000000001",
    "id": "00000000-0000-0000-0000-000000000002",
    "username": "root-admin",
    "password_hash": "x",
    "totp_enabled": True,
    "version": 99,
    "created_by": "00000000-0000-0000-0000-000000000003",
}


async def issue_reset(admin: GatewayClient, user_id: str) -> str:
    answer = await admin.http.post(f"/users/{user_id}/reset-password")
    assert answer.status_code == 201
    token: str = answer.json()["token"]
    assert answer.json()["url"].endswith(f"/reset-password#{token}")
    return token


async def redeem(gateway: GatewayClient, token: str, password: str = NEW_PASSWORD) -> httpx.Response:
    return await nobody(gateway).http.post("/auth/password/reset", json={"token": token, "password": password})


async def invite(admin: GatewayClient, **facts: Any) -> dict[str, Any]:
    answer = await admin.http.post("/invitations", json=facts)
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


async def accept(
    gateway: GatewayClient, token: str, username: str, more: dict[str, Any] | None = None
) -> httpx.Response:
    body = {"token": token, "username": username, "password": PASSWORD, "full_name": "Rosa"}
    return await nobody(gateway).http.post("/auth/invitation/accept", json={**(more or {}), **body})


async def user_of(gateway: GatewayClient, username: str) -> User:
    async with gateway.infrastructure.database.read() as session:
        return (await session.scalars(select(User).where(User.username == username))).one()


async def test_a_reset_link_works_once(gateway: GatewayClient) -> None:
    user_id = await make_user(gateway, "dr.rosa")
    token = await issue_reset(gateway, user_id)
    is_problem(await redeem(gateway, token, "dr.rosa"), 422, "weak-password")  # and is not used up by that
    answers = await asyncio.gather(*(redeem(gateway, token) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [204] + [410] * 9
    is_problem(await redeem(gateway, token), 410, "link-invalid")
    await nobody(gateway).sign_in("dr.rosa", NEW_PASSWORD)
    old = await nobody(gateway).http.post("/auth/login", json={"username": "dr.rosa", "password": PASSWORD})
    is_problem(old, 401, "invalid-credentials")


async def test_a_reset_link_that_is_replaced_too_old_or_of_a_disabled_user_is_worthless(gateway: GatewayClient) -> None:
    user_id = await make_user(gateway, "dr.rosa")
    older, newer = await issue_reset(gateway, user_id), await issue_reset(gateway, user_id)
    is_problem(await redeem(gateway, older), 410, "link-invalid")
    await gateway.http.patch(f"/users/{user_id}", json={"state": "disabled"})
    is_problem(await redeem(gateway, newer), 410, "link-invalid")
    await gateway.http.patch(f"/users/{user_id}", json={"state": "active"})
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(PasswordReset).values(expires_at=now() - timedelta(seconds=1)))
    is_problem(await redeem(gateway, newer), 410, "link-invalid")
    for token in ("x", "0" * 4096, newer[:-1], f"{newer} "):
        is_problem(await redeem(gateway, token), 410, "link-invalid")
    await nobody(gateway).sign_in("dr.rosa")


async def test_an_open_link_dies_with_any_change_of_the_password(gateway: GatewayClient) -> None:
    """A link that somebody else still has must not undo what the user has just put right."""
    user_id = await make_user(gateway, "dr.rosa")
    token = await issue_reset(gateway, user_id)
    client = nobody(gateway)
    await client.sign_in("dr.rosa")
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await client.http.post("/auth/password", json=change)).status_code == 204
    is_problem(await redeem(gateway, token, "Yet-Another-61-Windmill"), 410, "link-invalid")


async def test_a_link_gives_no_second_factor_away(gateway: GatewayClient) -> None:
    """Whoever sets the password through a link still needs the code."""
    user_id = await make_user(gateway, "dr.rosa")
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(User).where(User.username == "dr.rosa").values(totp_enabled=True))
    assert (await redeem(gateway, await issue_reset(gateway, user_id))).status_code == 204
    body = {"username": "dr.rosa", "password": NEW_PASSWORD}
    assert (await nobody(gateway).http.post("/auth/login", json=body)).json() == {"totp_required": True}


async def test_an_invitation_is_accepted_once_with_its_own_role_and_site(gateway: GatewayClient) -> None:
    site = await make_site(gateway, "Elsewhere")
    invitation = await invite(gateway, role="radiographer", site_id=site, email="rosa@example.org")
    token = invitation["link"]["token"]
    offer = await nobody(gateway).http.post("/auth/invitation", json={"token": token})
    assert offer.json().keys() == {"email", "role", "site_name", "expires_at"}
    assert (offer.json()["role"], offer.json()["site_name"]) == ("radiographer", "Elsewhere")
    is_problem(await accept(gateway, token, "root-admin"), 409, "username-taken")  # and is not used up by that
    answers = await asyncio.gather(*(accept(gateway, token, f"dr.rosa{n}", CLIMBING) for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [410] * 9
    (made,) = [answer.json()["username"] for answer in answers if answer.status_code == 201]
    user = await user_of(gateway, made)
    assert (user.role, str(user.site_id), user.state) == ("radiographer", site, "active")
    assert (user.email, user.totp_enabled, user.version) == ("rosa@example.org", False, 1)
    is_problem(await accept(gateway, token, "late"), 410, "link-invalid")
    is_problem(await nobody(gateway).http.post("/auth/invitation", json={"token": token}), 410, "link-invalid")
    listed = (await gateway.http.get("/invitations")).json()["items"]
    assert [(row["state"], row["accepted_by"]) for row in listed] == [("accepted", str(user.id))]
    assert token not in str(listed)


async def test_an_invitation_that_is_revoked_or_too_old_is_worthless(gateway: GatewayClient) -> None:
    revoked, expired = await invite(gateway), await invite(gateway)
    answer = await gateway.http.patch(f"/invitations/{revoked['id']}", json={"revoked": True})
    assert answer.json()["state"] == "revoked"
    async with gateway.infrastructure.database.write() as session:
        past = now() - timedelta(seconds=1)
        await session.execute(update(Invitation).values(expires_at=past).where(Invitation.revoked_at.is_(None)))
    for invitation in (revoked, expired):
        is_problem(await accept(gateway, invitation["link"]["token"], "dr.rosa"), 410, "link-invalid")
    is_problem(
        await gateway.http.patch(f"/invitations/{expired['id']}", json={"revoked": True}), 409, "invitation-closed"
    )
    assert {row["state"] for row in (await gateway.http.get("/invitations")).json()["items"]} == {"revoked", "expired"}


async def test_the_database_holds_no_link(gateway: GatewayClient) -> None:
    token = await issue_reset(gateway, await make_user(gateway, "dr.rosa"))
    invitation = (await invite(gateway))["link"]["token"]
    async with gateway.infrastructure.database.read() as session:
        kept = [*await session.scalars(select(PasswordReset.token_hash))]
        kept += await session.scalars(select(Invitation.token_hash))
    assert len(kept) == 2
    assert not {token, invitation} & set(kept)


async def test_nobody_gives_himself_anything_through_a_body(gateway: GatewayClient) -> None:
    body = {"username": "climber", "email": "c@example.org", "password": PASSWORD, "full_name": "C"}
    assert (await nobody(gateway).http.post("/auth/register", json={**CLIMBING, **body})).status_code == 201
    client = nobody(gateway)
    await client.sign_in("climber")
    before = await user_of(gateway, "climber")
    answer = await client.http.patch("/auth/me", json={**CLIMBING, "full_name": "Changed"})
    assert (answer.status_code, answer.json()["full_name"]) == (200, "Changed")
    after = await user_of(gateway, "climber")
    async with gateway.infrastructure.database.read() as session:
        first_site = await session.scalar(select(Site.id))
    for user in (before, after):
        assert (user.username, user.role, user.state, user.site_id) == ("climber", "clinician", "active", first_site)
        assert not user.totp_enabled
    assert (after.id, after.password_hash, after.version) == (before.id, before.password_hash, before.version + 1)
