"""Opening a study claims it: others see who has it, and get it when nothing is heard of him any more."""

from datetime import timedelta
from typing import Any

from relaypacs.core.clock import now
from relaypacs.features.reports.models import ReportStatus
from relaypacs.features.reports.service.claims import give_back
from tests.builders.gateway import GatewayClient
from tests.builders.problems import is_problem
from tests.features.reports.test_worklist import change, listed, page, reader_of, sent


async def claim(client: GatewayClient, report_id: str, **asked: Any) -> dict[str, Any]:
    answer = await client.http.post(f"/reports/{report_id}/claim", params=asked)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def test_who_opens_a_study_reads_it_and_everybody_sees_it(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    anna, bert = [await reader_of(gateway, name) for name in ("anna", "bert")]
    report = await claim(anna, report_id)
    assert (report["status"], report["radiologist"], report["lock"]["name"]) == ("pending", "Dr. Anna", "Dr. Anna")
    (row,) = (await page(bert))["items"]
    assert row["lock"] == report["lock"]
    assert (await listed(bert, share="unread"), await listed(anna, share="mine")) == ([], [report_id])
    for action in ("claim", "release"):
        problem = is_problem(await bert.http.post(f"/reports/{report_id}/{action}"), 409, "report-locked")
        assert (problem["locked_by"], problem["locked_until"]) == (
            "Dr. Anna",
            report["lock"]["until"].replace("Z", "+00:00"),
        )
    again = await claim(anna, report_id)
    assert again["lock"]["until"] > report["lock"]["until"]


async def test_what_is_released_waits_for_anybody(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    anna, bert = [await reader_of(gateway, name) for name in ("anna", "bert")]
    await claim(anna, report_id)
    for _ in range(2):
        report = (await anna.http.post(f"/reports/{report_id}/release")).raise_for_status().json()
        assert (report["status"], report["radiologist"], report["lock"]) == ("assigned", None, None)
    assert (await claim(bert, report_id))["radiologist"] == "Dr. Bert"


async def test_who_does_not_come_back_loses_it(gateway: GatewayClient) -> None:
    report_id, other = [await sent(gateway, number) for number in (1, 2)]
    anna, bert = [await reader_of(gateway, name) for name in ("anna", "bert")]
    for each in (report_id, other):
        await claim(anna, each)
    await change(gateway, report_id, locked_until=now() - timedelta(seconds=1))
    (left,) = [row for row in (await page(bert))["items"] if row["id"] == report_id]
    assert (left["lock"], left["radiologist"]) == (None, "Dr. Anna")
    assert (await claim(bert, report_id))["radiologist"] == "Dr. Bert"
    await change(gateway, report_id, locked_until=now() - timedelta(seconds=1))
    await give_back(gateway.infrastructure)
    assert await listed(anna, share="unread") == [report_id]
    assert await listed(anna, share="mine") == [other]


async def test_an_administrator_takes_it_from_who_has_it_and_gives_it_back(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    anna = await reader_of(gateway, "anna")
    await claim(anna, report_id)
    is_problem(await gateway.http.post(f"/reports/{report_id}/claim"), 409, "report-locked")
    report = await claim(gateway, report_id, take_over=True)
    assert (report["lock"]["name"], report["radiologist"]) == ("Administrator", "Dr. Anna")
    is_problem(await anna.http.post(f"/reports/{report_id}/claim", params={"take_over": True}), 409, "report-locked")
    (await gateway.http.post(f"/reports/{report_id}/release")).raise_for_status()
    assert await listed(anna, share="unread") == [report_id]
    trail = (await gateway.http.get("/audit", params={"object_id": report_id, "action": "report.claimed"})).json()
    me = (await anna.http.get("/auth/me")).json()["id"]
    assert [event["details"] for event in trail["items"]] == [{"taken_from": me}, {}]


async def test_what_has_been_read_is_not_opened_again(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    anna = await reader_of(gateway, "anna")
    await change(gateway, report_id, status=ReportStatus.READY)
    is_problem(await anna.http.post(f"/reports/{report_id}/claim"), 409, "report-finished")
