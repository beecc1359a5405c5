"""A radiologist asks those who have sent a study; they answer in words, or with more of the study."""

from typing import Any

import httpx
import pytest

from relaypacs.features.reports.models import ReportStatus
from tests.builders.dicom import make_study, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_user, signed_in
from tests.builders.problems import is_problem
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import change, listed, page, reader_of
from tests.features.reports.test_writing import report_of, save, sign, told

FILES = make_study(4, study_uid=make_uid("in parts"))


async def ask(client: GatewayClient, report_id: str, text: str = "Is there an earlier one?") -> httpx.Response:
    return await client.http.post(f"/reports/{report_id}/request-data", json={"text": text})


async def answer(client: GatewayClient, report_id: str, text: str = "No.") -> httpx.Response:
    return await client.http.post(f"/reports/{report_id}/provide-data", json={"text": text})


async def scene(gateway: GatewayClient) -> tuple[GatewayClient, GatewayClient, str]:
    """Return a sender of half a study, a radiologist who has it open and has begun to write, and its report."""
    await make_user(gateway, "rosa", full_name="Dr. Rosa")
    rosa, anna = await signed_in(gateway, "rosa"), await reader_of(gateway, "anna")
    _, sent = await rosa.send(FILES[:2])
    report_id = str(sent.json()["report_id"])
    await claim(anna, report_id)
    (await save(anna, report_id)).raise_for_status()
    return rosa, anna, report_id


async def test_words_go_there_and_back(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    asked = (await ask(anna, report_id)).raise_for_status().json()
    assert (asked["status"], asked["lock"], asked["radiologist"]) == ("additional_data_required", None, "Dr. Anna")
    assert await told(rosa, report_id) == ["additional_data_required"]
    (question,) = (await report_of(rosa, report_id))["questions"]
    assert (question["text"], question["asked_by"]) == ("Is there an earlier one?", "Dr. Anna")
    assert await listed(rosa, status="additional_data_required") == [report_id]
    back = (await answer(rosa, report_id, "  None.\n")).raise_for_status().json()
    assert (back["status"], back["draft"]) == ("pending", None)
    assert await told(anna, report_id) == ["report_assigned"]
    report = await report_of(anna, report_id)
    (question,) = report["questions"]
    assert (question["answer"], question["answered_by"], question["upload_id"]) == ("None.", "Dr. Rosa", None)
    assert report["draft"]["impression"] == "Normal."
    is_problem(await answer(rosa, report_id), 409, "nothing-asked")


async def test_more_of_the_study_answers_by_itself(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    (await ask(anna, report_id, "The lower half, please.")).raise_for_status()
    await rosa.send(make_study(1, study_uid=make_uid("another study")))
    assert (await report_of(anna, report_id))["status"] == "additional_data_required"
    upload, sent = await rosa.send(FILES[2:])
    assert sent.json()["report_id"] == report_id
    report = await report_of(anna, report_id)
    (question,) = report["questions"]
    assert (report["status"], report["images"]) == ("pending", {"expected": 4, "verified": 4})
    assert (question["upload_id"], question["answered_by"]) == (upload.upload_id, "Dr. Rosa")
    assert await told(anna, report_id) == ["report_assigned"]


async def test_only_who_has_the_study_open_asks_and_only_senders_answer(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    bert = await reader_of(gateway, "bert")
    is_problem(await ask(bert, report_id), 409, "report-locked")
    is_problem(await answer(rosa, report_id), 409, "nothing-asked")
    (await ask(anna, report_id)).raise_for_status()
    is_problem(await ask(anna, report_id), 409, "report-not-claimed")
    stranger = await gateway.another("stranger")
    is_problem(await answer(stranger, report_id), 404, "report-not-found")
    is_problem(await answer(anna, report_id), 404, "report-not-found")


async def test_a_question_does_not_keep_anybody_from_reading(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    (await ask(anna, report_id)).raise_for_status()
    assert (await claim(anna, report_id))["status"] == "additional_data_required"
    (await ask(anna, report_id, "And which side?")).raise_for_status()
    await claim(anna, report_id)
    (await sign(anna, report_id)).raise_for_status()
    assert (await answer(rosa, report_id)).raise_for_status().json()["status"] == "ready"
    questions = (await report_of(rosa, report_id))["questions"]
    assert [(each["text"], each["answer"]) for each in questions] == [
        ("And which side?", "No."),
        ("Is there an earlier one?", "No."),
    ]


async def test_a_study_that_nobody_reads_any_more_waits_for_anybody(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    (await ask(anna, report_id)).raise_for_status()
    await change(gateway, report_id, radiologist_id=None)
    (await answer(rosa, report_id)).raise_for_status()
    (row,) = (await page(anna))["items"]
    assert row["status"] == ReportStatus.ASSIGNED


@pytest.mark.parametrize("wrong", [{}, {"text": ""}, {"text": "  "}, {"text": "x" * 1001}, {"text": "a\0b"}])
async def test_words_that_say_nothing_are_refused(gateway: GatewayClient, wrong: dict[str, Any]) -> None:
    _, anna, report_id = await scene(gateway)
    refused = await anna.http.post(f"/reports/{report_id}/request-data", json=wrong)
    is_problem(refused, 400, "validation-error")
