"""The trail as an administrator reads it: filters, pages, and files that a spreadsheet shows and never runs."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

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


async def test_events_are_found_by_who_did_them_and_from_where(gateway: GatewayClient) -> None:
    here, there = (Origin(address, "", "") for address in ("192.0.2.7", "192.0.2.70"))
    await write(
        gateway,
        Entry(Action.UPLOAD_VIEWED, Actor(ROSA, "rosa", "clinician", here), "upload", "1"),
        Entry(Action.UPLOAD_VIEWED, Actor(MAX, "max", "clinician", there), "upload", "2"),
        Entry(Action.UPLOAD_EXPIRED, Actor(None, "system", "system"), "upload", "3"),
    )
    for wanted, thing in (({"actor": "rosa"}, "1"), ({"address": "192.0.2.70"}, "2")):
        assert [item["object_id"] for item in await listed(gateway, **wanted)] == [thing]
    assert (await listed(gateway, actor="system"))[0]["object_id"] == "3"
    assert await listed(gateway, actor="ros") == []
    (first,) = await listed(gateway, actor="rosa")
    assert (await listed(gateway, up_to=first["position"]))[0] == first
    (look,) = [
        item
        for item in (await gateway.http.get("/audit", params={"action": "audit.viewed"})).json()["items"]
        if item["details"] == {"address": "192.0.2.70"}
    ]
    assert look["outcome"] == "success"


async def test_a_row_that_cannot_be_read_takes_no_other_with_it(gateway: GatewayClient) -> None:
    await write(gateway, *(entry(Action.UPLOAD_VIEWED, thing=str(number)) for number in range(4)))
    rows = await listed(gateway, action="upload.viewed")
    action, details = rows[1]["position"], rows[2]["position"]
    async with gateway.infrastructure.database.engine.begin() as connection:
        for change, position in (("action = 'nothing'", action), ("details = '[1]'", details)):
            await connection.execute(text(f"UPDATE audit_events SET {change} WHERE position = {position}"))  # noqa: S608

    seen = {item["position"]: item for item in await listed(gateway)}
    assert [position for position, item in sorted(seen.items()) if not item["is_readable"]] == [details, action]
    assert (seen[action]["at"], seen[action]["action"], seen[action]["object_id"]) == (None, None, "")
    assert seen[rows[0]["position"]] == rows[0]
    export = await gateway.http.get("/audit/export", params={"format": "jsonl"})
    lines = {item["position"]: item for item in map(json.loads, export.text.splitlines())}
    assert {position: lines[position] for position in seen} == seen
    table = csv.DictReader(io.StringIO((await gateway.http.get("/audit/export")).text, newline=""))
    assert {int(row["position"]): row["is_readable"] for row in table}[action] == "False"


async def test_the_check_says_where_the_trail_breaks_and_takes_a_seal_that_was_kept(gateway: GatewayClient) -> None:
    whole = (await gateway.http.get("/audit/verify")).json()
    assert whole["broken_at"] is None
    kept = {"position": whole["events"], "seal": whole["seal"]}
    assert (await gateway.http.get("/audit/verify", params=kept)).json()["broken_at"] is None
    another = {**kept, "seal": "0" * 64}
    assert (await gateway.http.get("/audit/verify", params=another)).json()["broken_at"] == whole["events"]
    no_seal = "0" * 64
    for wrong in ("position=1", f"seal={no_seal}", f"position=0&seal={no_seal}", "position=1&seal=x"):
        is_problem(await gateway.http.get(f"/audit/verify?{wrong}"), 400, "validation-error")


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
