"""What two administrators edit at once: the second one is told (RFC 9110 13.1.1), and nothing is lost unseen."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from relaypacs.core.clock import new_id
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem

CHANGES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "users": ({"full_name": "One"}, {"full_name": "Two"}),
    "sites": ({"name": "One"}, {"name": "Two"}),
    "invitations": ({"revoked": True}, {"revoked": True}),
}


async def make(gateway: GatewayClient, kind: str) -> str:
    """Make a thing of the kind, and return its path."""
    match kind:
        case "users":
            identifier = await make_user(gateway, "dr.rosa")
        case "sites":
            identifier = await make_site(gateway, "Elsewhere")
        case _:
            identifier = (await gateway.http.post("/invitations", json={})).json()["id"]
    return f"/{kind}/{identifier}"


async def patch(gateway: GatewayClient, path: str, change: object, if_match: str | None = None) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await gateway.http.patch(path, json=change, headers=headers)


@pytest.mark.parametrize("kind", ["users", "sites"])
async def test_an_edit_of_what_was_changed_meanwhile_is_refused(gateway: GatewayClient, kind: str) -> None:
    path, (one, two) = await make(gateway, kind), CHANGES[kind]
    read = await gateway.http.get(path)
    tag = read.headers["ETag"]
    assert tag == f'"{read.json()["version"]}"'
    changed = await patch(gateway, path, one, tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    is_problem(await patch(gateway, path, two, tag), 409, "stale-edit")
    assert (await gateway.http.get(path)).json() == changed.json()
    for stale in ('"0"', '"x"', "x", f"W/{tag}", "", '""'):
        is_problem(await patch(gateway, path, two, stale), 409, "stale-edit")
    newest = changed.headers["ETag"]
    for good in (f'"77", {newest}', "*", None):
        assert (await patch(gateway, path, two, good)).status_code == 200


@pytest.mark.parametrize("kind", ["users", "sites", "invitations"])
async def test_of_two_edits_of_one_version_at_once_one_wins(gateway: GatewayClient, kind: str) -> None:
    path, (one, two) = await make(gateway, kind), CHANGES[kind]
    answers = await asyncio.gather(*(patch(gateway, path, change, '"1"') for change in [one, two] * 5))
    if kind == "invitations":  # all want the same, and get it; it is done once
        assert {(answer.status_code, answer.json()["version"]) for answer in answers} == {(200, 2)}
        return
    (winner,) = [answer for answer in answers if answer.status_code == 200]
    assert [is_problem(a, 409, "stale-edit") for a in answers if a is not winner]
    assert winner.json()["version"] == 2
    assert (await gateway.http.get(path)).json() == winner.json()


async def test_a_stale_edit_of_an_invitation_is_refused(gateway: GatewayClient) -> None:
    path = await make(gateway, "invitations")
    is_problem(await patch(gateway, path, {"revoked": True}, '"7"'), 409, "stale-edit")
    assert (await patch(gateway, path, {"revoked": True}, '"1"')).json()["state"] == "revoked"
    is_problem(await patch(gateway, path, {"revoked": False}), 400, "validation-error")


async def test_an_edit_that_changes_nothing_leaves_the_version_alone(gateway: GatewayClient) -> None:
    path = await make(gateway, "users")
    before = (await gateway.http.get(path)).json()
    for change in ({}, {"role": "clinician"}, {"full_name": None}):
        assert (await patch(gateway, path, change)).json() == before


@pytest.mark.parametrize("kind", list(CHANGES))
async def test_what_is_not_there_is_404(gateway: GatewayClient, kind: str) -> None:
    code = {"users": "user-not-found", "sites": "site-not-found", "invitations": "invitation-not-found"}[kind]
    is_problem(await patch(gateway, f"/{kind}/{new_id()}", CHANGES[kind][0]), 404, code)


async def test_two_admins_cannot_both_take_the_last_admin_away(gateway: GatewayClient) -> None:
    """Each demotes the other at the same moment: one of them must stay, and neither may see a failure of ours."""
    first = (await gateway.http.get("/auth/me")).json()["id"]
    second = await make_user(gateway, "second", role="admin")
    other = await signed_in(gateway, "second")
    for _ in range(5):
        answers = await asyncio.gather(
            patch(gateway, f"/users/{second}", {"role": "clinician"}),
            patch(other, f"/users/{first}", {"role": "clinician"}),
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
        stayed, gone, name = (gateway, second, "second") if answers[0].is_success else (other, first, ADMIN)
        assert (await stayed.http.get("/users")).status_code == 200
        (await patch(stayed, f"/users/{gone}", {"role": "admin"})).raise_for_status()
        await (other if stayed is gateway else gateway).sign_in(name)


async def test_the_last_admin_stays(gateway: GatewayClient) -> None:
    me = (await gateway.http.get("/auth/me")).json()["id"]
    await make_user(gateway, "disabled", role="admin")
    others = (await gateway.http.get("/users", params={"role": "admin"})).json()["items"]
    (other,) = [row["id"] for row in others if row["id"] != me]
    (await patch(gateway, f"/users/{other}", {"state": "disabled"})).raise_for_status()
    for change in ({"role": "radiologist"}, {"state": "disabled"}, {"state": "pending"}):
        is_problem(await patch(gateway, f"/users/{me}", change), 409, "last-admin")


async def test_of_many_sites_of_one_name_at_once_one_is_made(gateway: GatewayClient) -> None:
    answers = await asyncio.gather(*(gateway.http.post("/sites", json={"name": "Here"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    other = await make_site(gateway, "There")
    is_problem(await patch(gateway, f"/sites/{other}", {"name": "Here"}), 409, "site-name-taken")
