"""A report is written, signed and added to; those who sent the study are told, and what is signed stays as it is."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from relaypacs.core.clock import now
from relaypacs.features.reports.service.claims import give_back
from tests.builders.dicom import make_uid
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.builders.people import make_user, signed_in
from tests.builders.problems import is_problem
from tests.builders.reports import make_pdf_report
from tests.features.deliveries.test_synchronise import look, put_into_archive
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import change, listed, page, reader_of, sent

TEXT = {
    "findings": "No bleeding.\nŁódź, 没有, لا شيء.",
    "impression": "Normal.",
    "recommendation": "",
    "is_critical": False,
}
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def save(client: GatewayClient, report_id: str, etag: str | None = None, **text: Any) -> httpx.Response:
    headers = {"If-Match": etag} if etag else {}
    return await client.http.put(f"/reports/{report_id}/draft", json={**TEXT, **text}, headers=headers)


async def sign(client: GatewayClient, report_id: str, kind: str = "final", **more: Any) -> httpx.Response:
    headers = {"If-Match": more.pop("etag")} if "etag" in more else {}
    body = {"kind": kind, "password": PASSWORD, **more}
    return await client.http.post(f"/reports/{report_id}/sign", json=body, headers=headers)


async def add(client: GatewayClient, report_id: str, **text: Any) -> httpx.Response:
    return await client.http.post(f"/reports/{report_id}/addenda", json={"password": PASSWORD, "text": text})


async def told(client: GatewayClient, report_id: str) -> list[str]:
    """Return the types of what somebody was told of a report, the newest first."""
    items = (await client.http.get("/notifications")).raise_for_status().json()["items"]
    return [item["type"] for item in items if item["related_id"] == report_id]


async def report_of(client: GatewayClient, report_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.http.get(f"/reports/{report_id}")).raise_for_status().json()
    return found


async def begun(gateway: GatewayClient, number: int = 1) -> tuple[GatewayClient, GatewayClient, str]:
    """Return a sender, a radiologist who has the sender's study open, and its report."""
    await make_user(gateway, "rosa")
    rosa, anna = await signed_in(gateway, "rosa"), await reader_of(gateway, "anna")
    report_id = await sent(rosa, number)
    await claim(anna, report_id)
    return rosa, anna, report_id


async def test_a_report_is_written_signed_and_read_by_who_has_sent_the_study(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    saved = (await save(anna, report_id)).raise_for_status()
    assert saved.headers["ETag"] == f'"{saved.json()["revision"]}"'
    assert (await report_of(anna, report_id))["draft"].items() >= {**TEXT, "author": "Dr. Anna"}.items()
    hidden = await report_of(rosa, report_id)
    assert (hidden["draft"], hidden["versions"], hidden["status"]) == (None, [], "pending")
    assert await told(rosa, report_id) == []
    signed = (await sign(anna, report_id, etag=saved.headers["ETag"])).raise_for_status().json()
    assert (signed["status"], signed["lock"], signed["draft"]) == ("ready", None, None)
    seen = await report_of(rosa, report_id)
    (version,) = seen["versions"]
    assert version.items() >= {**TEXT, "kind": "final", "number": 1, "author": "Dr. Anna"}.items()
    assert version["signed_at"] == seen["signed_at"] == seen["reported_at"]
    assert (seen["radiologist"], seen["is_overdue"]) == ("Dr. Anna", False)
    assert await told(rosa, report_id) == ["report_ready"]
    assert await listed(anna) == []
    assert await listed(anna, status="ready", share="mine") == [report_id]


async def test_a_preliminary_report_may_be_followed_by_others_and_a_final_one_by_addenda(
    gateway: GatewayClient,
) -> None:
    rosa, anna, report_id = await begun(gateway)
    for impression in ("First look.", "Second look."):
        (await save(anna, report_id, impression=impression)).raise_for_status()
        report = (await sign(anna, report_id, "preliminary")).raise_for_status().json()
        assert (report["status"], report["draft"]["impression"]) == ("pending", impression)
        assert report["lock"]
    assert await told(rosa, report_id) == ["report_ready"] * 2
    (await sign(anna, report_id)).raise_for_status()
    bert = await reader_of(gateway, "bert")
    for number, reader in enumerate((anna, bert), 1):
        answer = (await add(reader, report_id, impression=f"Addendum {number}.")).raise_for_status()
        assert answer.status_code == 201
    seen = await report_of(rosa, report_id)
    assert [(v["kind"], v["number"], v["impression"], v["author"]) for v in seen["versions"]] == [
        ("addendum", 2, "Addendum 2.", "Dr. Bert"),
        ("addendum", 1, "Addendum 1.", "Dr. Anna"),
        ("final", 1, "Second look.", "Dr. Anna"),
        ("preliminary", 2, "Second look.", "Dr. Anna"),
        ("preliminary", 1, "First look.", "Dr. Anna"),
    ]
    assert await told(rosa, report_id) == ["report_addendum"] * 2 + ["report_ready"] * 3
    assert (seen["radiologist"], seen["status"]) == ("Dr. Anna", "ready")


async def test_what_is_signed_is_never_changed(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    before = await report_of(rosa, report_id)
    is_problem(await save(anna, report_id, findings="Something else."), 409, "report-finished")
    for kind in ("preliminary", "final"):
        is_problem(await sign(anna, report_id, kind), 409, "report-finished")
    is_problem(await anna.http.post(f"/reports/{report_id}/claim"), 409, "report-finished")
    assert await report_of(rosa, report_id) == before


async def test_two_who_sign_at_once_make_one_final_report(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    answers = await asyncio.gather(*(sign(anna, report_id) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    addenda = await asyncio.gather(*(add(anna, report_id, findings=f"{n}") for n in range(4)))
    added = [answer for answer in addenda if answer.status_code == 201]
    for other in set(addenda) - set(added):
        is_problem(other, 409, "stale-edit")  # who adds something has seen what was added before
    versions = (await report_of(anna, report_id))["versions"]
    assert sorted(v["number"] for v in versions if v["kind"] == "addendum") == list(range(1, len(added) + 1))
    assert added
    assert [v["kind"] for v in versions].count("final") == 1


async def test_a_draft_is_written_by_who_has_the_study_open_and_by_nobody_else(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    bert = await reader_of(gateway, "bert")
    (await save(anna, report_id)).raise_for_status()
    for refused in (await save(bert, report_id), await sign(bert, report_id)):
        is_problem(refused, 409, "report-locked")
    (await anna.http.post(f"/reports/{report_id}/release")).raise_for_status()
    for refused in (await save(anna, report_id), await sign(anna, report_id)):
        is_problem(refused, 409, "report-not-claimed")
    report = await report_of(bert, report_id)
    assert (report["status"], report["radiologist"], report["draft"]["author"]) == ("pending", "Dr. Anna", "Dr. Anna")
    await claim(bert, report_id)
    (await save(bert, report_id)).raise_for_status()
    report = await report_of(bert, report_id)
    assert (report["radiologist"], report["draft"]["author"]) == ("Dr. Bert", "Dr. Bert")


async def test_a_draft_keeps_the_study_and_comes_back_to_who_was_away(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    saved = (await save(anna, report_id)).raise_for_status().json()
    again = (await save(anna, report_id)).raise_for_status().json()
    assert again["locked_until"] > saved["locked_until"]
    await change(gateway, report_id, locked_until=now() - timedelta(seconds=1))
    await give_back(gateway.infrastructure)
    (row,) = (await page(anna))["items"]
    assert (row["status"], row["lock"], row["radiologist"]) == ("pending", None, "Dr. Anna")
    (await save(anna, report_id)).raise_for_status()
    assert (await report_of(anna, report_id))["lock"]


async def test_a_stale_draft_is_refused(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    first = (await anna.http.get(f"/reports/{report_id}")).headers["ETag"]
    second = (await save(anna, report_id, first)).raise_for_status().headers["ETag"]
    is_problem(await save(anna, report_id, first, findings="from another tab"), 409, "stale-edit")
    is_problem(await sign(anna, report_id, etag=first), 409, "stale-edit")
    await claim(anna, report_id)
    (await save(anna, report_id, second)).raise_for_status()


async def test_nothing_is_signed_without_words_and_nothing_added_to_what_is_not_final(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    is_problem(await sign(anna, report_id), 422, "report-empty")
    (await save(anna, report_id, findings="", impression="")).raise_for_status()
    is_problem(await sign(anna, report_id, "preliminary"), 422, "report-empty")
    is_problem(await add(anna, report_id, findings="x"), 409, "report-not-final")
    (await save(anna, report_id)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    is_problem(await add(anna, report_id), 422, "report-empty")


async def test_a_signature_wants_the_password_and_locks_who_guesses(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    is_problem(await sign(anna, report_id, password=None), 400, "validation-error")
    for _ in range(5):
        is_problem(await sign(anna, report_id, password="a guess"), 422, "password-wrong")
    is_problem(await sign(anna, report_id), 429, "too-many-failures")
    assert await told(rosa, report_id) == []
    trail = (await gateway.http.get("/audit", params={"object_id": report_id, "action": "report.signed"})).json()[
        "items"
    ]
    reasons = [(event["outcome"], event["details"]["reason"]) for event in trail]
    assert reasons == [("failure", "too-many-failures"), *[("failure", "password-wrong")] * 5]


async def test_a_critical_result_is_told_as_such(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    assert not (await report_of(rosa, report_id))["is_critical"]
    (await add(anna, report_id, impression="It bleeds after all.", is_critical=True)).raise_for_status()
    (row,) = (await page(rosa))["items"]
    assert row["is_critical"]
    assert await told(rosa, report_id) == ["critical_result", "report_addendum", "report_ready"]


@on_sqlite_only
async def test_who_is_writing_finishes_although_a_report_was_found(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    await put_into_archive(gateway, make_pdf_report(make_uid("study", 1)))
    await look(gateway)
    assert (await report_of(rosa, report_id))["status"] == "ready"
    await claim(anna, report_id)
    (await save(anna, report_id)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    assert [v["kind"] for v in (await report_of(rosa, report_id))["versions"]] == ["final"]
    assert await told(rosa, report_id) == ["report_ready"] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"findings": "x" * 20_001},
        {"findings": "a\0b"},
        {"findings": 7},
        {"impression": "\x1b[31m"},
        {"is_critical": "perhaps"},
    ],
)
async def test_a_text_that_cannot_be_kept_is_refused_without_a_word_of_it(
    gateway: GatewayClient, wrong: dict[str, Any]
) -> None:
    _, anna, report_id = await begun(gateway)
    is_problem(await save(anna, report_id, **wrong), 400, "validation-error")


async def test_the_trail_says_what_was_signed_and_not_what_it_says(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    (await save(anna, report_id, findings="QUINCUNX")).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    trail = (await gateway.http.get("/audit", params={"object_id": report_id, "action": "report.signed"})).json()[
        "items"
    ]
    assert [event["details"] for event in trail] == [{"kind": "final", "number": 1, "is_critical": False}]
    assert "quincunx" not in (await gateway.http.get("/audit/export", params={"format": "jsonl"})).text.lower()
