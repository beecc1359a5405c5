"""An upload that is opened for a question takes the study that was asked about, and nothing else."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders.dicom import make_study, make_uid, make_zip
from tests.builders.gateway import GatewayClient, NamedBytes
from tests.builders.pacs import files_in, first_destination
from tests.builders.problems import is_problem
from tests.features.deliveries.test_delivery import uid
from tests.features.reports.test_claims import claim
from tests.features.reports.test_questions import FILES, answer, ask, scene
from tests.features.reports.test_writing import report_of, sign

OTHERS = make_study(2, study_uid=make_uid("another study"), patient_id="PAT-0002", patient_name="Other^Otto")
SENTENCE = "The file belongs to another study than the one that was asked about."


async def asked(gateway: GatewayClient) -> tuple[GatewayClient, GatewayClient, str]:
    """Return a sender of half a study who is asked for the other half, the radiologist who asks, and the report."""
    rosa, anna, report_id = await scene(gateway)
    (await ask(anna, report_id)).raise_for_status()
    return rosa, anna, report_id


async def archived(gateway: GatewayClient) -> set[str]:
    return files_in(Path((await first_destination(gateway))["address"]))


async def verdicts(client: GatewayClient, upload_id: str) -> dict[str, tuple[str, list[str], str]]:
    items = (await client.http.get(f"/upload/{upload_id}/instances")).raise_for_status().json()["items"]
    return {item["sop_instance_uid"]: (item["verdict"], item["reason_codes"], item["reason"]) for item in items}


async def init(client: GatewayClient, report_id: str, files: NamedBytes = FILES[2:], **more: Any) -> httpx.Response:
    return await client.init(files, report_id=report_id, **more)


@pytest.mark.parametrize("level", ["routine", "stat"])
async def test_what_is_of_another_study_is_rejected_and_never_delivered(gateway: GatewayClient, level: str) -> None:
    """STAT is delivered while it arrives: what may not be delivered must be known by then."""
    rosa, anna, report_id = await asked(gateway)
    files = [FILES[2], ("mixed.zip", make_zip(dict([FILES[3], *OTHERS])))]
    upload, sent = await rosa.send(files, report_id=report_id, metadata={"service_level": level})
    assert (sent.status_code, sent.json()["status"], sent.json()["report_id"]) == (200, "completed", report_id)
    found = await verdicts(rosa, upload.upload_id)
    for _, content in FILES[2:]:
        assert found[uid(content)][0] == "accepted"
    for _, content in OTHERS:
        assert found[uid(content)] == ("rejected", ["other-study"], SENTENCE)
    assert await archived(gateway) == {uid(content) for _, content in FILES}
    report = await report_of(anna, report_id)
    (question,) = report["questions"]
    assert (report["status"], report["images"]) == ("pending", {"expected": 4, "verified": 4})
    assert (question["upload_id"], question["answered_by"]) == (upload.upload_id, "Dr. Rosa")
    assert (await rosa.status(upload))["answers_report_id"] == report_id


async def test_an_answer_with_nothing_of_the_study_is_none(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await asked(gateway)
    upload, sent = await rosa.send(OTHERS, report_id=report_id)
    is_problem(sent, 422, "no-acceptable-instance")
    assert {found[2] for found in (await verdicts(rosa, upload.upload_id)).values()} == {SENTENCE}
    assert await archived(gateway) == {uid(content) for _, content in FILES[:2]}
    report = await report_of(anna, report_id)
    assert (report["status"], report["questions"][0]["answered_at"]) == ("additional_data_required", None)


async def test_only_who_is_asked_may_answer(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    is_problem(await init(rosa, report_id), 409, "nothing-asked")
    (await ask(anna, report_id)).raise_for_status()
    for other in (anna, gateway, await gateway.another("stranger")):
        is_problem(await init(other, report_id), 404, "report-not-found")
    is_problem(await init(rosa, make_uuid()), 404, "report-not-found")
    is_problem(await init(rosa, "no id"), 400, "validation-error")
    (await init(rosa, report_id)).raise_for_status()
    (await answer(rosa, report_id)).raise_for_status()
    is_problem(await init(rosa, report_id), 409, "nothing-asked")


def make_uuid() -> str:
    return "0199aaaa-0000-7000-8000-000000000000"


async def test_an_answer_in_several_uploads_goes_on_after_the_first(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await asked(gateway)
    for file in FILES[2:]:
        _, sent = await rosa.send([file], report_id=report_id)
        assert sent.json()["report_id"] == report_id
    (question,) = (await report_of(anna, report_id))["questions"]
    assert question["answered_at"]
    assert await archived(gateway) == {uid(content) for _, content in FILES}


async def test_a_question_is_answered_though_the_report_was_signed_meanwhile(gateway: GatewayClient) -> None:
    """What came is read by itself; the question is about the report that was signed, and is answered there."""
    rosa, anna, report_id = await asked(gateway)
    await claim(anna, report_id)
    (await sign(anna, report_id)).raise_for_status()
    upload, sent = await rosa.send(FILES[2:], report_id=report_id)
    assert sent.json()["report_id"] != report_id
    (question,) = (await report_of(anna, report_id))["questions"]
    assert question["upload_id"] == upload.upload_id
    assert (await report_of(anna, report_id))["status"] == "ready"
    assert (await report_of(anna, sent.json()["report_id"]))["status"] == "assigned"


async def test_an_upload_for_a_question_is_found_by_the_study_before_its_files_are_there(
    gateway: GatewayClient,
) -> None:
    rosa, _, report_id = await asked(gateway)
    opened = (await init(rosa, report_id)).raise_for_status().json()
    found = await rosa.http.post("/upload/search", json={"study_instance_uid": make_uid("in parts")})
    assert opened["upload_id"] in [item["upload_id"] for item in found.raise_for_status().json()["items"]]
