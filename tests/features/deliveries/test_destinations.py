"""`/pacs`: what administrators may say about a destination, and what is kept of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from relaypacs.features.deliveries.models import Destination
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.pacs import change_destination, first_destination, make_destination
from tests.builders.problems import is_problem
from tests.servers.orthanc import PASSWORD, USER, Orthanc
from tests.servers.ports import free_port

on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def row_of(gateway: GatewayClient, destination: dict[str, Any]) -> Destination:
    async with gateway.infrastructure.database.read() as session:
        return (await session.scalars(select(Destination).where(Destination.name == destination["name"]))).one()


@pytest.mark.parametrize(
    ("facts", "kind", "address"),
    [
        ({"address": "folder:///srv/archive"}, "folder", "/srv/archive"),
        ({"kind": "folder", "address": "/srv/archive"}, "folder", "/srv/archive"),
        (
            {"kind": "dicomweb", "address": "https://pacs.example/dicom-web"},
            "dicomweb",
            "https://pacs.example/dicom-web",
        ),
        ({"kind": "dimse", "address": "ARCHIVE@pacs.example:104"}, "dimse", "dicom://ARCHIVE@pacs.example:104"),
        ({"address": "dicom+tls://ARCHIVE@pacs.example:2762"}, "dimse", "dicom+tls://ARCHIVE@pacs.example:2762"),
        ({"address": "dicomweb+http://a:b@pacs.example:8042/x/"}, "dicomweb", "http://pacs.example:8042/x"),
    ],
)
@on_sqlite_only
async def test_an_address_is_taken_with_its_prefix_or_with_a_kind(
    gateway: GatewayClient, facts: dict[str, Any], kind: str, address: str
) -> None:
    made = await make_destination(gateway, "Archive", **facts)
    assert (made["kind"], made["address"]) == (kind, address)


@pytest.mark.parametrize(
    "facts",
    [
        {"address": "/srv/archive"},
        {"kind": "dicomweb", "address": "folder:///srv"},
        {"kind": "dicomweb", "address": "http://169.254.169.254/latest"},
        {"address": "dicomweb+http://user:p/ss@pacs.example"},
        {"kind": "folder", "address": "relative"},
        {"kind": "dimse", "address": "ARCHIVE@pacs.example"},
        {"address": "https://a.example/", "kind": "dicomweb", "tls": {"ca": "not PEM"}},
        {"address": "https://a.example/", "kind": "dicomweb", "tls": {"certificate": "without a key"}},
    ],
    ids=str,
)
@on_sqlite_only
async def test_a_wrong_address_is_refused_without_being_repeated(gateway: GatewayClient, facts: dict[str, Any]) -> None:
    answer = await gateway.http.post("/pacs", json={"name": "Wrong", **facts})
    assert is_problem(answer, 422, "destination-address-wrong")
    assert facts["address"] not in answer.text


@pytest.mark.parametrize(
    "facts",
    [
        {"rule": {"modality": ["CT"]}},  # a condition that nobody knows would let everything pass
        {"rule": {"service_levels": ["urgent"]}},
        {"calling_ae_title": "SEVENTEEN-LETTERS"},
        {"calling_ae_title": "A\\B"},
        {"concurrency": 0},
        {"name": ""},
        {"name": "a\nb"},
        {"early": "sometimes"},
    ],
    ids=str,
)
@on_sqlite_only
async def test_a_malformed_destination_is_refused(gateway: GatewayClient, facts: dict[str, Any]) -> None:
    answer = await gateway.http.post("/pacs", json={"name": "Wrong", "address": "folder:///srv", **facts})
    assert is_problem(answer, 400, "validation-error")


async def test_secrets_are_kept_sealed_and_never_shown(gateway: GatewayClient) -> None:
    secret = "a-password-for-the-pacs"
    made = await make_destination(
        gateway, "Sealed", "dicomweb+https://pacs.example/", username="relay", password=secret
    )
    assert (made["username"], made["has_password"]) == ("relay", True)
    everything = (await gateway.http.get("/pacs")).text + (await gateway.http.get(f"/pacs/{made['id']}")).text
    assert secret not in everything
    row = await row_of(gateway, made)
    assert row.password
    assert secret not in row.password


async def test_a_password_does_not_go_along_to_another_address(gateway: GatewayClient) -> None:
    made = await make_destination(gateway, "Moving", "dicomweb+https://a.example/", username="u", password="secret-1")
    path, elsewhere = f"/pacs/{made['id']}", {"address": "https://b.example/"}
    assert is_problem(await gateway.http.patch(path, json=elsewhere), 422, "credentials-required")
    assert (await gateway.http.get(path)).json()["address"] == "https://a.example"
    moved = await gateway.http.patch(path, json=elsewhere | {"password": None})
    assert (moved.json()["address"], moved.json()["has_password"]) == ("https://b.example", False)


async def test_two_who_edit_the_same_destination_do_not_overwrite_each_other(gateway: GatewayClient) -> None:
    made = await make_destination(gateway, "Shared", "folder:///srv/archive")
    path = f"/pacs/{made['id']}"
    tag = (await gateway.http.get(path)).headers["ETag"]
    mine = await gateway.http.patch(path, json={"concurrency": 3}, headers={"If-Match": tag})
    assert (mine.status_code, mine.json()["concurrency"]) == (200, 3)
    theirs = await gateway.http.patch(path, json={"required": False}, headers={"If-Match": tag})
    assert is_problem(theirs, 409, "stale-edit")
    assert is_problem(await gateway.http.delete(path, headers={"If-Match": tag}), 409, "stale-edit")


async def test_a_name_is_taken_once_and_free_again_after_removal(gateway: GatewayClient) -> None:
    made = await make_destination(gateway, "Archive", "folder:///srv/archive")
    again = {"name": "Archive", "address": "folder:///srv/other"}
    assert is_problem(await gateway.http.post("/pacs", json=again), 409, "destination-name-taken")
    assert (await gateway.http.delete(f"/pacs/{made['id']}")).status_code == 204
    assert is_problem(await gateway.http.get(f"/pacs/{made['id']}"), 404, "destination-not-found")
    assert is_problem(await gateway.http.post(f"/pacs/{made['id']}/echo"), 404, "destination-not-found")
    assert (await gateway.http.post("/pacs", json=again)).status_code == 201


async def test_the_list_pages(gateway: GatewayClient) -> None:
    for number in range(4):
        await make_destination(gateway, f"Archive {number}", "folder:///srv/archive")
    seen, cursor = [], {}
    while True:
        page = (await gateway.http.get("/pacs", params={"limit": 2, **cursor})).json()
        seen += [item["name"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["First destination", *(f"Archive {number}" for number in range(4))]


# -- echo --------------------------------------------------------------------------------------------------------


@on_sqlite_only
async def test_echo_tells_whether_the_destination_answers(gateway: GatewayClient) -> None:
    good = await first_destination(gateway)
    answer = await gateway.http.post(f"/pacs/{good['id']}/echo")
    assert (answer.status_code, answer.json()["milliseconds"] >= 0) == (200, True)
    assert (await first_destination(gateway))["health"] == "up"
    nobody = await make_destination(gateway, "Nobody", f"dicomweb+http://127.0.0.1:{free_port()}/dicom-web")
    assert nobody["health"] == "unknown"
    answer = await gateway.http.post(f"/pacs/{nobody['id']}/echo")
    assert is_problem(answer, 503, "pacs-unavailable")
    assert ("no connection" in answer.json()["detail"], answer.json()["cause"]) == (True, "unreachable")
    found = (await gateway.http.get(f"/pacs/{nobody['id']}")).json()
    assert (found["health"], "no connection" in found["last_error"]) == ("failing", True)
    assert found["last_cause"] == "unreachable"


@on_sqlite_only
async def test_echo_uses_the_credentials_that_were_given(gateway: GatewayClient, orthanc: Orthanc) -> None:
    facts = {"kind": "dicomweb", "username": USER}
    right = await make_destination(gateway, "Right", orthanc.dicomweb_url, password=PASSWORD, **facts)
    wrong = await make_destination(gateway, "Wrong", orthanc.dicomweb_url, password="not-it", **facts)
    assert (await gateway.http.post(f"/pacs/{right['id']}/echo")).status_code == 200
    refused = await gateway.http.post(f"/pacs/{wrong['id']}/echo")
    assert is_problem(refused, 503, "pacs-unavailable")
    assert ("401" in refused.json()["detail"], refused.json()["cause"]) == (True, "not_allowed")


# -- use ---------------------------------------------------------------------------------------------------------


async def test_a_destination_with_unfinished_deliveries_is_not_removed(gateway: GatewayClient, tmp_path: Path) -> None:
    first = await change_destination(gateway, await first_destination(gateway), enabled=False)
    assert first["health"] == "disabled"
    waits = await make_destination(gateway, "Down", f"dicomweb+http://127.0.0.1:{free_port()}/dicom-web")
    upload = await gateway.open([("a.dcm", content := make_dicom())])
    await gateway.send_chunks(upload, [("a.dcm", content)])
    completing = asyncio.create_task(gateway.complete(upload))
    await gateway.until(upload, "delivering")
    answer = await gateway.http.delete(f"/pacs/{waits['id']}")
    assert is_problem(answer, 409, "destination-in-use")
    # Moved to where it works, it takes what waits for it at once.
    await change_destination(gateway, waits, address=f"folder://{tmp_path}/works")
    assert (await completing).json()["status"] == "completed"
    assert (await gateway.http.delete(f"/pacs/{waits['id']}")).status_code == 204
    receipt = (await gateway.http.get(f"/upload/{upload.upload_id}/receipt")).json()["receipt"]
    assert receipt["instances"][0]["destinations"][0]["name"] == "Down"


async def test_a_study_that_no_destination_takes_waits_for_one(gateway: GatewayClient) -> None:
    first = await change_destination(gateway, await first_destination(gateway), enabled=False)
    files = [("a.dcm", make_dicom(study_uid=make_uid("nowhere")))]
    upload = await gateway.open(files)
    await gateway.send_chunks(upload, files)
    completing = asyncio.create_task(gateway.complete(upload))
    state = await gateway.until(upload, "validated")
    assert (state["status"], [w["code"] for w in state["warnings"]]) == ("processing", ["no-destination"])
    told = [item["type"] for item in (await gateway.http.get("/notifications")).json()["items"]]
    assert told == ["delivery_alert"]
    await change_destination(gateway, first, enabled=True)
    assert (await completing).json()["status"] == "completed"
    assert (await gateway.status(upload))["warnings"] == []
