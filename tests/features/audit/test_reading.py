"""The trail as an administrator reads it: filters, pages, and files that a spreadsheet shows and never runs."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from relaypacs.core.clock import new_id, now
from relaypacs.core.origin import Origin
from relaypacs.features.admin.schemas import AuditEventView
from relaypacs.features.admin.service import audit
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from tests.builders.gateway import GatewayClient
from tests.builders.problems import is_problem

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1")
ROSA, MAX = new_id(), new_id()


async def write(gateway: GatewayClient, *entries: Entry) -> None:
    trail = AuditTrail(gateway.infrastructure)
    for entry in entries:
        await trail.note(entry)


def entry(action: Action, actor: Any = ROSA, thing: str = "1", outcome: AuditOutcome = AuditOutcome.SUCCESS) -> Entry:
    return Entry(action, Actor(actor, "somebody", "clinician"), "upload", thing, outcome)


async def listed(gateway: GatewayClient, **wanted: Any) -> list[dict[str, Any]]:
    """Return every event that the filters let through, but for the looks of this test itself."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await gateway.http.get("/audit", params={**wanted, **cursor})
        page = answer.raise_for_status().json()
        items += page["items"]
        if page["next_cursor"] is None:
            return [item for item in items if item["action"] != "audit.viewed"]
        cursor = {"cursor": page["next_cursor"]}


async def test_each_filter_lets_through_what_it_says(gateway: GatewayClient) -> None:
    start = now()
    await write(
        gateway,
        entry(Action.UPLOAD_OPENED, ROSA, "1"),
        entry(Action.UPLOAD_VIEWED, MAX, "1"),
        entry(Action.UPLOAD_VIEWED, ROSA, "2", AuditOutcome.FAILURE),
    )

    async def things(**wanted: Any) -> list[tuple[str, str]]:
        return [(item["action"], item["object_id"]) for item in await listed(gateway, **wanted)]

    opened, viewed, failed = ("upload.opened", "1"), ("upload.viewed", "1"), ("upload.viewed", "2")
    assert await things(actor_id=str(ROSA)) == [failed, opened]
    assert await things(object_id="1") == [viewed, opened]
    assert await things(action="upload.viewed") == [failed, viewed]
    assert await things(outcome="failure") == [failed]
    assert await things(since=start.isoformat()) == [failed, viewed, opened]
    assert opened not in await things(until=start.isoformat())
    assert await things(since=(now() + timedelta(hours=1)).isoformat()) == []
    assert await things(action="upload.viewed", actor_id=str(MAX), object_id="1", outcome="success") == [viewed]
    assert await things(object_id="' OR 1=1 --") == []
    first = (await listed(gateway, action="upload.opened"))[0]["at"]
    assert (await things(since=first))[-1] == opened  # included
    assert opened not in await things(until=first)  # not included
    for wrong in ({"action": "x"}, {"outcome": "x"}, {"actor_id": "x"}, {"object_id": "x" * 65}, {"since": "x"}):
        is_problem(await gateway.http.get("/audit", params=wrong), 400, "validation-error")


async def test_the_list_pages_from_the_newest_on_without_a_gap(gateway: GatewayClient) -> None:
    await write(gateway, *(entry(Action.UPLOAD_VIEWED, thing=str(number)) for number in range(7)))
    for limit in (1, 3, 7, 200):
        items = await listed(gateway, action="upload.viewed", limit=limit)
        assert [item["object_id"] for item in items] == list("6543210")
        positions = [item["position"] for item in items]
        assert positions == list(range(positions[0], positions[0] - 7, -1))


async def test_looking_is_written_down_with_what_was_asked_for(gateway: GatewayClient) -> None:
    for _ in range(3):
        await gateway.http.get("/audit", params={"object_id": "7", "action": "upload.viewed"})
    await gateway.http.get("/audit/export", params={"outcome": "failure"})
    (look,) = (await gateway.http.get("/audit", params={"action": "audit.viewed", "limit": 1})).json()["items"]
    assert look["details"] == {"action": "audit.viewed"}
    looks = (await gateway.http.get("/audit", params={"action": "audit.viewed"})).json()["items"]
    assert [item["details"] for item in looks].count({"object_id": "7", "action": "upload.viewed"}) == 1
    (export,) = await listed(gateway, action="audit.exported")
    assert export["details"] == {"outcome": "failure"}


async def test_the_csv_holds_every_event_and_no_formula(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "EXPORT_PAGE", 3)
    hostile = [
        Entry(
            Action.UPLOAD_VIEWED,
            Actor(None, text, text[:32], Origin(text, "", "")),
            text[:32],
            text,
            details={text: text},
        )
        for text in (*FORMULAS, 'quote " comma , line\nbreak', "Ünïcödé 日本")
    ]
    await write(gateway, *hostile)
    answer = await gateway.http.get("/audit/export", params={"action": "upload.viewed"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="relaypacs-audit-')
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["actor_name"].removeprefix("'") for row in rows] == [e.actor.name for e in reversed(hostile)]
    assert list(rows[0]) == list(AuditEventView.model_fields)
    cells = [cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert len([row for row in rows if row["actor_name"].startswith("'")]) == len(FORMULAS)


async def test_json_lines_are_the_same_events(gateway: GatewayClient) -> None:
    await write(gateway, *(entry(Action.UPLOAD_VIEWED, thing=str(number)) for number in range(3)))
    answer = await gateway.http.get("/audit/export", params={"format": "jsonl", "action": "upload.viewed"})
    assert answer.headers["content-type"] == "application/jsonl"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == await listed(gateway, action="upload.viewed")
    wrong = await gateway.http.get("/audit/export", params={"format": "xls"})
    is_problem(wrong, 400, "validation-error")
