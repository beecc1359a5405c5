"""A critical result is acknowledged by who has sent the study; if nobody does, others of the site are told."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from relaypacs.core.clock import now
from relaypacs.features.reports.service.critical import escalate
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import change, listed, page, reader_of, sent
from tests.features.reports.test_writing import add, report_of, save, sign, told


async def acknowledge(client: GatewayClient, report_id: str, how: str = "read") -> httpx.Response:
    return await client.http.post(f"/reports/{report_id}/acknowledge", json={"how": how})


async def scene(gateway: GatewayClient, *, is_critical: bool = True) -> tuple[dict[str, GatewayClient], str]:
    """Return people of a site and of another one, and a report on what Rosa has sent."""
    here, there = [await make_site(gateway, name) for name in ("Here", "There")]
    people = {}
    for name, role, site in (
        ("rosa", "clinician", here),
        ("bert", "clinician", here),
        ("rita", "radiographer", here),
        ("stranger", "clinician", there),
    ):
        await make_user(gateway, name, role=role, site_id=site, full_name=name.title())
        people[name] = await signed_in(gateway, name)
    people["reader"] = await reader_of(gateway)
    report_id = await sent(people["rosa"], 1)
    await claim(people["reader"], report_id)
    (await save(people["reader"], report_id, is_critical=is_critical)).raise_for_status()
    return people, report_id


async def acknowledgements(client: GatewayClient, report_id: str) -> list[Any]:
    versions = (await report_of(client, report_id))["versions"]
    return [row and (row["name"], row["how"]) for row in (version["acknowledgement"] for version in versions)]


async def late(gateway: GatewayClient, report_id: str) -> None:
    await change(gateway, report_id, critical_since=now() - timedelta(minutes=31))
    await escalate(gateway.infrastructure)


async def test_who_has_sent_the_study_acknowledges_and_everybody_sees_who_and_how(gateway: GatewayClient) -> None:
    people, report_id = await scene(gateway)
    signed = (await sign(people["reader"], report_id)).raise_for_status().json()
    assert signed["critical_since"] == signed["signed_at"]
    (row,) = (await page(people["rosa"]))["items"]
    assert row["critical_since"] == signed["signed_at"]
    (await acknowledge(people["rosa"], report_id, "phone")).raise_for_status()
    for _ in range(2):
        report = (await acknowledge(people["rita"], report_id)).raise_for_status().json()
        assert (report["critical_since"], report["is_critical"]) == (None, True)
        assert await acknowledgements(people["reader"], report_id) == [("Rosa", "phone")], "who was first"
    await escalate(gateway.infrastructure)
    assert await told(people["bert"], report_id) == []


@pytest.mark.parametrize("role", ["radiologist", "admin"])
async def test_who_reads_or_administers_and_has_sent_the_study_answers_and_acknowledges(
    gateway: GatewayClient, role: str
) -> None:
    anna = await reader_of(gateway, "anna")
    await make_user(gateway, "sue", role=role, full_name="Dr. Sue")
    sue = await signed_in(gateway, "sue")
    report_id = await sent(sue, 1)
    await claim(anna, report_id)
    (await anna.http.post(f"/reports/{report_id}/request-data", json={"text": "Which side?"})).raise_for_status()
    answer = {"text": "The left one."}
    is_problem(await anna.http.post(f"/reports/{report_id}/provide-data", json=answer), 404, "report-not-found")
    (await sue.http.post(f"/reports/{report_id}/provide-data", json=answer)).raise_for_status()
    await claim(anna, report_id)
    (await save(anna, report_id, is_critical=True)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    is_problem(await acknowledge(anna, report_id), 404, "report-not-found")
    assert [(await report_of(who, report_id))["is_told_to_caller"] for who in (anna, sue)] == [False, True]
    (await acknowledge(sue, report_id)).raise_for_status()
    assert await acknowledgements(anna, report_id) == [("Dr. Sue", "read")]


async def test_others_of_the_site_are_told_once_and_may_read_it(gateway: GatewayClient) -> None:
    people, report_id = await scene(gateway)
    (await sign(people["reader"], report_id)).raise_for_status()
    await escalate(gateway.infrastructure)
    path = f"/reports/{report_id}"
    assert await told(people["bert"], report_id) == []
    is_problem(await people["bert"].http.get(path), 404, "report-not-found")
    for _ in range(2):
        await late(gateway, report_id)
    assert await told(people["bert"], report_id) == await told(people["rita"], report_id) == ["critical_result"]
    assert await told(people["rosa"], report_id) == ["critical_result", "critical_result", "report_ready"]
    assert await told(people["stranger"], report_id) == await told(people["reader"], report_id) == []
    is_problem(await people["stranger"].http.get(path), 404, "report-not-found")
    is_problem(await acknowledge(people["stranger"], report_id), 404, "report-not-found")
    assert (await report_of(people["bert"], report_id))["escalated_at"]
    assert (await people["bert"].http.get(f"{path}/pdf")).raise_for_status().content[:5] == b"%PDF-"
    assert await listed(people["bert"]) == [], "his list is of what he has sent"
    (await acknowledge(people["bert"], report_id)).raise_for_status()
    assert await acknowledgements(people["rosa"], report_id) == [("Bert", "read")]


async def test_what_becomes_critical_later_is_acknowledged_anew(gateway: GatewayClient) -> None:
    people, report_id = await scene(gateway)
    (await sign(people["reader"], report_id, "preliminary")).raise_for_status()
    (await acknowledge(people["rosa"], report_id)).raise_for_status()
    (await sign(people["reader"], report_id)).raise_for_status()
    (await add(people["reader"], report_id, findings="Nothing new.")).raise_for_status()
    assert await acknowledgements(people["rosa"], report_id) == [None, None, ("Rosa", "read")]
    (await acknowledge(people["rosa"], report_id, "in_person")).raise_for_status()
    assert await acknowledgements(people["rosa"], report_id) == [None, ("Rosa", "in_person"), ("Rosa", "read")]
    await late(gateway, report_id)
    assert (await add(people["reader"], report_id, findings="Worse.", is_critical=True)).json()["escalated_at"] is None
    await late(gateway, report_id)
    assert await told(people["bert"], report_id) == ["critical_result"] * 2


async def test_a_later_report_that_is_not_critical_takes_the_call_back(gateway: GatewayClient) -> None:
    people, report_id = await scene(gateway)
    (await sign(people["reader"], report_id, "preliminary")).raise_for_status()
    (await save(people["reader"], report_id, is_critical=False)).raise_for_status()
    report = (await sign(people["reader"], report_id)).raise_for_status().json()
    assert (report["is_critical"], report["critical_since"]) == (False, None)
    is_problem(await acknowledge(people["rosa"], report_id), 409, "nothing-to-acknowledge")


async def test_what_is_not_critical_needs_no_acknowledgement(gateway: GatewayClient) -> None:
    people, report_id = await scene(gateway, is_critical=False)
    is_problem(await acknowledge(people["rosa"], report_id), 409, "nothing-to-acknowledge")
    (await sign(people["reader"], report_id)).raise_for_status()
    is_problem(await acknowledge(people["rosa"], report_id), 409, "nothing-to-acknowledge")


@pytest.mark.parametrize("wrong", [{}, {"how": "dreamt"}])
async def test_it_must_be_said_how(gateway: GatewayClient, wrong: dict[str, str]) -> None:
    people, report_id = await scene(gateway)
    answer = await people["rosa"].http.post(f"/reports/{report_id}/acknowledge", json=wrong)
    is_problem(answer, 400, "validation-error")
