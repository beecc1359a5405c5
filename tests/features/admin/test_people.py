"""What an administrator sees of people, sites and invitations, and what nobody may do to the own account."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from relaypacs.core.clock import now
from relaypacs.features.identity.models import Invitation
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.people import make_site, make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem


async def get(gateway: GatewayClient, path: str, **query: Any) -> Any:
    return (await gateway.http.get(path, params=query)).raise_for_status().json()


async def test_users_come_in_both_orders_page_by_page(gateway: GatewayClient) -> None:
    for number in range(5):
        await make_user(gateway, f"dr.rosa{number}")

    async def names(order: str, limit: int) -> list[str]:
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await get(gateway, "/users", order=order, limit=limit, q="rosa", **cursor)
            found += [user["username"] for user in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    for limit in (2, 5, 50):
        assert await names("oldest", limit) == [f"dr.rosa{number}" for number in range(5)]
        assert await names("newest", limit) == [f"dr.rosa{number}" for number in reversed(range(5))]


async def test_users_are_counted_by_state(gateway: GatewayClient) -> None:
    assert await get(gateway, "/users/counts") == {"pending": 0, "active": 1, "disabled": 0}
    for name, state in (("a.one", "pending"), ("a.two", "pending"), ("a.three", "disabled"), ("a.four", "active")):
        user_id = await make_user(gateway, name)
        (await gateway.http.patch(f"/users/{user_id}", json={"state": state})).raise_for_status()
    assert await get(gateway, "/users/counts") == {"pending": 2, "active": 2, "disabled": 1}


async def test_a_user_shows_how_and_when_somebody_signs_in(gateway: GatewayClient) -> None:
    answer = await gateway.http.post("/users", json={"username": "dr.rosa"})
    made = answer.raise_for_status().json()
    assert (made["has_password"], made["last_sign_in_at"]) == (False, None)
    body = {"token": made["link"]["token"], "password": PASSWORD}
    (await nobody(gateway).http.post("/auth/password/reset", json=body)).raise_for_status()
    before = now()
    await signed_in(gateway, "dr.rosa")
    user = await get(gateway, f"/users/{made['id']}")
    assert user["has_password"]
    assert before.isoformat() <= user["last_sign_in_at"].replace("Z", "+00:00") <= now().isoformat()


async def test_an_admin_sees_where_somebody_is_signed_in_and_ends_it(gateway: GatewayClient) -> None:
    user_id = await make_user(gateway, "dr.rosa")
    clients = [await signed_in(gateway, "dr.rosa", address) for address in ("192.0.2.1", "192.0.2.2")]
    found = (await get(gateway, f"/users/{user_id}/sessions"))["items"]
    assert [(session["address"], session["is_current"]) for session in found] == [
        ("192.0.2.2", False),
        ("192.0.2.1", False),
    ]
    assert (await gateway.http.delete(f"/users/{user_id}/sessions")).status_code == 204
    assert [(await client.http.get("/auth/me")).status_code for client in clients] == [401, 401]
    assert (await get(gateway, f"/users/{user_id}/sessions"))["items"] == []
    (ended,) = (await get(gateway, "/audit", action="session.ended"))["items"]
    assert (ended["object_id"], ended["details"]) == (user_id, {"sessions": 2})


async def test_nobody_takes_the_protection_of_the_own_account_away(gateway: GatewayClient) -> None:
    """Whoever sits down at an administrator's open session knows neither the password nor a code."""
    await make_user(gateway, "second", role="admin")
    me = (await get(gateway, "/auth/me"))["id"]
    await with_second_factor(gateway)
    path = f"/users/{me}"
    for change in ({"role": "clinician"}, {"state": "disabled"}, {"totp_enabled": False}):
        is_problem(await gateway.http.patch(path, json=change), 409, "own-account")
    is_problem(await gateway.http.post(f"{path}/reset-password"), 409, "own-account")
    is_problem(await gateway.http.delete(f"{path}/sessions"), 409, "own-account")
    changed = await gateway.http.patch(path, json={"full_name": "Root", "role": "admin", "state": "active"})
    assert (changed.json()["full_name"], changed.json()["totp_enabled"]) == ("Root", True)
    second = await signed_in(gateway, "second")
    assert (await second.http.patch(path, json={"totp_enabled": False})).json()["totp_enabled"] is False


async def test_sites_are_found_by_name_and_say_how_many_belong_to_them(gateway: GatewayClient) -> None:
    north = await make_site(gateway, "Clinic North 100%")
    await make_site(gateway, "Clinic South")
    for number in range(2):
        await make_user(gateway, f"dr.rosa{number}", site_id=north)
    found = (await get(gateway, "/sites", q="cliniC"))["items"]
    assert [(site["name"], site["users"]) for site in found] == [("Clinic North 100%", 2), ("Clinic South", 0)]
    assert [site["name"] for site in (await get(gateway, "/sites", q="0%"))["items"]] == ["Clinic North 100%"]
    assert (await get(gateway, f"/sites/{north}"))["users"] == 2
    renamed = await gateway.http.patch(f"/sites/{north}", json={"name": "North"})
    assert (renamed.json()["name"], renamed.json()["users"]) == ("North", 2)


async def test_invitations_are_found_by_state_and_say_whose_they_are(gateway: GatewayClient) -> None:
    made = [(await gateway.http.post("/invitations", json={})).json() for _ in range(4)]
    opened, revoked, accepted, expired = made
    (await gateway.http.patch(f"/invitations/{revoked['id']}", json={"revoked": True})).raise_for_status()
    body = {"token": accepted["link"]["token"], "username": "dr.rosa", "password": PASSWORD, "full_name": "Rosa"}
    (await nobody(gateway).http.post("/auth/invitation/accept", json=body)).raise_for_status()
    async with gateway.infrastructure.database.write() as session:
        past = update(Invitation).where(Invitation.id == UUID(expired["id"]))
        await session.execute(past.values(expires_at=now() - timedelta(seconds=1)))
    by_state = {"open": opened, "revoked": revoked, "accepted": accepted, "expired": expired}
    for state, invitation in by_state.items():
        (found,) = (await get(gateway, "/invitations", state=state))["items"]
        assert (found["id"], found["state"], found["created_by_name"]) == (invitation["id"], state, "Administrator")
        assert found["accepted_by_name"] == ("Rosa" if state == "accepted" else None)
    states = [item["state"] for item in (await get(gateway, "/invitations"))["items"]]
    assert states == ["expired", "accepted", "revoked", "open"]
