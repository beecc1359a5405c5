"""`/report-templates`: one's own and shared ones, best first; who may change them, and what is written down of it."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from relaypacs.features.reports.schemas import ReportText
from relaypacs.features.templates.models import ReportTemplate
from relaypacs.features.templates.schemas import TemplateNew
from relaypacs.features.templates.service import LISTED, MAX_OF_ONE
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem

PATH = "/report-templates"
HEAD = {"modality": "CT", "body_part": "HEAD"}
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def radiologist(gateway: GatewayClient, name: str) -> GatewayClient:
    site_id = await make_site(gateway, f"Site of {name}")
    await make_user(gateway, name, role="radiologist", full_name=f"Dr. {name.title()}", site_id=site_id)
    return await signed_in(gateway, name)


async def make(client: GatewayClient, name: str, **facts: Any) -> dict[str, Any]:
    answer = (await client.http.post(PATH, json={"name": name, **facts})).raise_for_status()
    assert answer.headers["ETag"] == '"1"'
    made: dict[str, Any] = answer.json()
    return made


async def change(client: GatewayClient, template: dict[str, Any], etag: str = "", **facts: Any) -> httpx.Response:
    headers = {"If-Match": etag} if etag else {}
    return await client.http.patch(f"{PATH}/{template['id']}", json=facts, headers=headers)


async def listed(client: GatewayClient, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.http.get(PATH, params=asked)).raise_for_status().json()["items"]
    return found


async def names(client: GatewayClient, **asked: Any) -> list[str]:
    return [template["name"] for template in await listed(client, **asked)]


async def test_a_template_is_made_changed_and_deleted(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    texts = {"findings": "The ventricles are\nof normal size.", "impression": "لا نزيف", "recommendation": "未见"}
    made = await make(anna, " Head, native ", **HEAD, **texts)
    expected = {**HEAD, **texts, "name": "Head, native", "is_shared": False, "is_mine": True, "owner": "Dr. Anna"}
    assert made == {**expected, "id": made["id"], "revision": 1}
    assert await listed(anna) == [made]
    changed = (await change(anna, made, '"1"', name="Head", body_part=None)).raise_for_status()
    assert changed.headers["ETag"] == '"2"'
    assert changed.json() == {**made, "name": "Head", "body_part": None, "revision": 2}
    is_problem(await change(anna, made, '"1"', name="Skull"), 409, "stale-edit")
    stale = await anna.http.delete(f"{PATH}/{made['id']}", headers={"If-Match": '"1"'})
    is_problem(stale, 409, "stale-edit")
    assert await names(anna) == ["Head"]
    gone = await anna.http.delete(f"{PATH}/{made['id']}", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert await listed(anna) == []
    is_problem(await anna.http.delete(f"{PATH}/{made['id']}"), 404, "template-not-found")


async def test_those_that_fit_the_study_come_first(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    for name, facts in (
        ("b any", {}),
        ("A any", {}),
        ("ct", {"modality": "CT"}),
        ("ct head", HEAD),
        ("ct chest", {"modality": "CT", "body_part": "CHEST"}),
        ("mr head", {"modality": "MR", "body_part": "HEAD"}),
        ("head", {"body_part": "HEAD"}),
        ("a mr", {"modality": "MR"}),
    ):
        await make(anna, name, **facts)
    by_name = ["A any", "a mr", "b any", "ct", "ct chest", "ct head", "head", "mr head"]
    assert await names(anna) == await names(anna, modality="", body_part="") == by_name
    for_anything_else = ["head", "A any", "b any", "mr head", "a mr"]
    assert await names(anna, **HEAD) == ["ct head", "ct", "ct chest", *for_anything_else]
    of_mr = ["a mr", "mr head", "A any", "b any", "head", "ct", "ct chest", "ct head"]
    assert await names(anna, modality="MR") == of_mr
    assert await names(anna, modality="MRI") == of_mr, "as a form says it"
    assert (await names(anna, modality="MRI", body_part=" head "))[0] == "mr head", "as many a device writes it"
    assert len(await names(anna, modality="XX", body_part="Ünknown, and much too long for a code string")) == 8


async def test_a_shared_template_is_used_by_colleagues_of_all_sites_and_changed_by_its_owner(
    gateway: GatewayClient,
) -> None:
    anna, bert = [await radiologist(gateway, name) for name in ("anna", "bert")]
    own, shared = await make(anna, "Own"), await make(anna, "Shared", is_shared=True)
    assert await listed(bert) == [{**shared, "is_mine": False}]
    for template in (own, shared):
        is_problem(await change(bert, template, name="Mine"), 404, "template-not-found")
        is_problem(await bert.http.delete(f"{PATH}/{template['id']}"), 404, "template-not-found")
    await make(bert, "Shared")  # names are each owner's
    assert await names(bert) == ["Shared", "Shared"]
    (await change(anna, shared, is_shared=False)).raise_for_status()
    assert [item["is_mine"] for item in await listed(bert)] == [True]


async def test_an_administrator_changes_and_deletes_what_is_shared_and_nothing_else(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    own = await make(anna, "Own")
    first, second = [await make(anna, name, is_shared=True) for name in ("First", "Second")]
    assert await names(gateway) == ["First", "Second"]
    is_problem(await gateway.http.post(PATH, json={"name": "x"}), 403, "role-forbidden")
    is_problem(await change(gateway, own, name="x"), 404, "template-not-found")
    (await change(gateway, first, findings="Better.")).raise_for_status()
    (await gateway.http.delete(f"{PATH}/{second['id']}")).raise_for_status()
    (await change(gateway, first, is_shared=False)).raise_for_status()
    assert [(t["name"], t["findings"], t["revision"]) for t in await listed(anna)] == [
        ("First", "Better.", 3),
        ("Own", "", 1),
    ]
    assert await listed(gateway) == []


async def test_a_name_is_given_once(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    _, other = [await make(anna, name) for name in ("Head", "Chest")]
    is_problem(await anna.http.post(PATH, json={"name": "Head "}), 409, "template-name-taken")
    is_problem(await change(anna, other, name="Head"), 409, "template-name-taken")
    answers = await asyncio.gather(*(anna.http.post(PATH, json={"name": "Knee"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await names(anna) == ["Chest", "Head", "Knee"]


async def fill(gateway: GatewayClient, owner_id: str, count: int, **facts: Any) -> None:
    texts = dict.fromkeys(("findings", "impression", "recommendation"), "")
    rows = [{"owner_id": UUID(owner_id), "name": f"n{number}", **texts, **facts} for number in range(count)]
    async with gateway.infrastructure.database.write() as session:
        await session.execute(insert(ReportTemplate), rows)


async def test_there_are_so_many_and_no_more(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    me = (await anna.http.get("/auth/me")).json()
    await fill(gateway, me["id"], MAX_OF_ONE - 1)
    answers = await asyncio.gather(*(anna.http.post(PATH, json={"name": f"last {n}"}) for n in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    is_problem(await anna.http.post(PATH, json={"name": "more"}), 409, "too-many-templates")
    await fill(gateway, (await gateway.http.get("/auth/me")).json()["id"], LISTED, is_shared=True)
    assert len(await listed(anna)) == LISTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "a\nb"},
        {"name": "n" * 101},
        {"modality": "MRI"},
        {"body_part": "S" * 17},
        {"body_part": "KÖPF"},
        {"findings": "f" * 20_001},
        {"impression": "\0"},
        {"recommendation": None},
        {"is_shared": None},
    ],
)
@on_sqlite_only
async def test_what_is_no_template_is_refused(gateway: GatewayClient, wrong: dict[str, Any]) -> None:
    anna = await radiologist(gateway, "anna")
    is_problem(await anna.http.post(PATH, json={"name": "Head", **wrong}), 400, "validation-error")
    made = await make(anna, "Head")
    is_problem(await change(anna, made, **wrong), 400, "validation-error")
    assert await listed(anna) == [made]


@on_sqlite_only
async def test_a_body_part_is_written_as_a_code_string(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    for given, kept in ((" head ", "HEAD"), ("", None), ("  ", None), ("l_spine", "L_SPINE")):
        assert (await make(anna, f"of {given!r}", body_part=given))["body_part"] == kept


def test_what_a_template_may_say_a_report_may_say_too() -> None:
    for name in ("findings", "impression", "recommendation"):
        assert TemplateNew.model_fields[name].metadata == ReportText.model_fields[name].metadata


async def test_what_is_done_with_shared_ones_is_written_down(gateway: GatewayClient) -> None:
    anna = await radiologist(gateway, "anna")
    template = await make(anna, "Head")
    for facts in ({"name": "Skull"}, {"is_shared": True}, {"findings": "x"}, {"is_shared": False}, {"findings": "y"}):
        (await change(anna, template, **facts)).raise_for_status()
    shared = await make(anna, "Chest", is_shared=True)
    for made in (template, shared):
        (await anna.http.delete(f"{PATH}/{made['id']}")).raise_for_status()
    events = (await gateway.http.get("/audit", params={"limit": 200})).json()["items"]
    written = [(e["action"], e["object_id"]) for e in reversed(events) if e["object_kind"] == "template"]
    of_first = [(f"template.{what}", template["id"]) for what in ("shared", "changed", "withdrawn")]
    assert written == [*of_first, *((f"template.{what}", shared["id"]) for what in ("shared", "withdrawn"))]
