"""A held upload: what is shown of it, who decides about it, and what becomes of it then."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from relaypacs.features.audit.models import Action, AuditEvent
from relaypacs.features.identity.models import Role, User
from relaypacs.features.uploads.models import Upload, UploadStatus
from tests.builders.dicom import make_dicom, make_zip
from tests.builders.gateway import GatewayClient, NamedBytes, OpenUpload
from tests.builders.problems import is_problem

ANNA = {"patient_id": "PAT-1", "patient_name": "Eins^Anna"}
BERTA = {"patient_id": "PAT-2", "patient_name": "Zwei^Berta"}
ANNAS = [(f"a{n}.dcm", make_dicom(**ANNA, instance_number=n)) for n in (1, 2)]
BERTAS = [("b1.dcm", make_dicom(**BERTA))]
ONE, OTHER = make_dicom(StudyDescription="one"), make_dicom(StudyDescription="other")


async def held(gateway: GatewayClient, files: NamedBytes) -> OpenUpload:
    upload, answer = await gateway.send(files)
    assert answer.json()["stage"] == "held"
    return upload


async def decide(gateway: GatewayClient, upload: OpenUpload, action: str, **more: Any) -> httpx.Response:
    return await gateway.http.post(f"/upload/{upload.upload_id}/decision", json={"action": action, **more})


async def until_verified(gateway: GatewayClient, upload_id: str) -> dict[str, Any]:
    """Return the status, asked for as its owner: an upload that was made by splitting has no token."""
    async with asyncio.timeout(30):
        while True:
            state: dict[str, Any] = (await gateway.http.get(f"/upload/{upload_id}")).raise_for_status().json()
            if state["stage"] == "verified":
                return state
            await asyncio.sleep(0.05)


def archived(gateway: GatewayClient) -> set[bytes]:
    archive = gateway.infrastructure.settings.data_dir / "archive"
    return {path.read_bytes() for path in archive.rglob("*.dcm")}


async def test_both_patients_are_shown(gateway: GatewayClient) -> None:
    upload = await held(gateway, [*ANNAS, *BERTAS])
    shown = (await gateway.status(upload))["held"]
    assert [(p["patient_name"], p["patient_id"], p["instances"]) for p in shown["patients"]] == [
        ("Eins^Anna", "PAT-1", 2),
        ("Zwei^Berta", "PAT-2", 1),
    ]
    assert (shown["conflicts"], shown["conflict_count"]) == ([], 0)
    listed = (await gateway.http.get("/upload", params={"stage": "held"})).json()["items"]
    assert [item["upload_id"] for item in listed] == [upload.upload_id]


async def test_confirmed_everything_goes(gateway: GatewayClient) -> None:
    upload = await held(gateway, [*ANNAS, *BERTAS])
    answer = await decide(gateway, upload, "confirm")
    assert answer.status_code == 200, answer.text
    state = await gateway.until(upload, "verified")
    assert (state["held"], state["counts"]["verified"]) == (None, 3)
    assert archived(gateway) == {content for _, content in [*ANNAS, *BERTAS]}


async def test_dropped_patients_stay_here_and_the_rest_goes(gateway: GatewayClient) -> None:
    upload = await held(gateway, [*ANNAS, *BERTAS])
    berta = (await gateway.status(upload))["held"]["patients"][1]["key"]
    assert (await decide(gateway, upload, "drop", patients=[berta])).status_code == 200
    state = await gateway.until(upload, "verified")
    assert (state["counts"]["accepted"], state["counts"]["rejected"]) == (2, 1)
    assert archived(gateway) == {content for _, content in ANNAS}
    items = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).json()["items"]
    assert [item["reason_codes"] for item in items if item["verdict"] == "rejected"] == [["dropped-by-decision"]]


@pytest.mark.parametrize("in_zip", [False, True])
async def test_split_each_patient_gets_an_upload_a_report_and_a_receipt(gateway: GatewayClient, in_zip: bool) -> None:  # noqa: FBT001
    files = [*ANNAS, *BERTAS]
    upload = await held(gateway, [("all.zip", make_zip(dict(files)))] if in_zip else files)
    assert (await decide(gateway, upload, "split")).status_code == 200
    first = await gateway.until(upload, "verified")
    uploads = (await gateway.http.get("/upload")).json()["items"]
    (other,) = [item for item in uploads if item["split_from"] == upload.upload_id]
    second = await until_verified(gateway, other["upload_id"])
    assert [state["metadata"]["patient_name"] for state in (first, second)] == ["Eins^Anna", "Zwei^Berta"]
    assert [state["counts"]["verified"] for state in (first, second)] == [2, 1]
    assert len({state["report_id"] for state in (first, second)} | {None}) == 3
    assert first["pacs_receipt_id"] != second["pacs_receipt_id"]
    assert archived(gateway) == {content for _, content in files}


async def test_of_two_contents_under_one_uid_a_person_chooses_one(gateway: GatewayClient) -> None:
    upload = await held(gateway, [("a.dcm", ONE), ("b.dcm", OTHER)])
    (conflict,) = (await gateway.status(upload))["held"]["conflicts"]
    wrong = next(content["sha256"] for content in conflict["contents"] if content["file_name"] == "b.dcm")
    is_problem(await decide(gateway, upload, "confirm"), 422, "decision-impossible")
    assert (await decide(gateway, upload, "drop", instances=[wrong])).status_code == 200
    await gateway.until(upload, "verified")
    assert archived(gateway) == {ONE}


async def test_other_pixels_under_a_uid_that_was_sent_before_are_held(gateway: GatewayClient) -> None:
    before, after = (make_dicom(seed=seed, sop_instance_uid="2.25.77") for seed in (1, 2))
    first, answer = await gateway.send([("a.dcm", before)])
    assert answer.status_code == 200
    upload = await held(gateway, [("a.dcm", after), ("new.dcm", make_dicom(seed=2))])
    state = await gateway.status(upload)
    assert "uid-conflict-earlier" in [warning["code"] for warning in state["warnings"]]
    (conflict,) = state["held"]["conflicts"]
    assert [content["earlier_upload"] for content in conflict["contents"]] == [None, first.upload_id]
    is_problem(await decide(gateway, upload, "confirm"), 422, "decision-impossible")
    sent_before = conflict["contents"][1]["sha256"]
    is_problem(await decide(gateway, upload, "drop", instances=[sent_before]), 422, "decision-impossible")
    await decide(gateway, upload, "drop", instances=[conflict["contents"][0]["sha256"]])
    await gateway.until(upload, "verified")
    assert before in archived(gateway)
    assert after not in archived(gateway)


async def test_the_same_pixels_with_another_header_are_no_conflict(gateway: GatewayClient) -> None:
    assert (await gateway.send([("a.dcm", ONE)]))[1].status_code == 200
    assert (await gateway.send([("a.dcm", OTHER)]))[1].json()["stage"] != "held"


@pytest.mark.parametrize(
    "decision",
    [
        {"action": "drop"},
        {"action": "drop", "patients": ["nobody"]},
        {"action": "drop", "instances": ["0" * 64]},
    ],
)
async def test_a_decision_about_nothing_changes_nothing(gateway: GatewayClient, decision: dict[str, Any]) -> None:
    upload = await held(gateway, [*ANNAS, *BERTAS])
    is_problem(await decide(gateway, upload, **decision), 422, "decision-impossible")
    everybody = [patient["key"] for patient in (await gateway.status(upload))["held"]["patients"]]
    is_problem(await decide(gateway, upload, "drop", patients=everybody), 422, "decision-impossible")
    assert (await gateway.status(upload))["stage"] == "held"


async def test_one_patient_cannot_be_split(gateway: GatewayClient) -> None:
    upload = await held(gateway, [("a.dcm", ONE), ("b.dcm", OTHER)])
    is_problem(await decide(gateway, upload, "split"), 422, "decision-impossible")


async def test_what_is_decided_is_decided_once_and_written_down(gateway: GatewayClient) -> None:
    upload = await held(gateway, [*ANNAS, *BERTAS])
    await decide(gateway, upload, "split")
    is_problem(await decide(gateway, upload, "confirm"), 409, "upload-not-held")
    async with gateway.infrastructure.database.read() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == Action.UPLOAD_DECIDED))
    assert (event.object_id, event.details["action"]) == (upload.upload_id, "split")
    assert "Anna" not in str(event.details)


async def test_the_sender_and_an_admin_decide_and_nobody_else(gateway: GatewayClient) -> None:
    sender, colleague = await gateway.another("sender"), await gateway.another("colleague")
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(User).where(User.username == "colleague").values(role=Role.RADIOGRAPHER))
    upload = await held(sender, [*ANNAS, *BERTAS])
    is_problem(await decide(colleague, upload, "confirm"), 404, "upload-not-found")
    token = await gateway.http.post(
        f"/upload/{upload.upload_id}/decision",
        json={"action": "confirm"},
        headers={**upload.token, "Authorization": ""},
    )
    is_problem(token, 401, "invalid-token")
    assert (await decide(sender, upload, "confirm")).status_code == 200
    by_admin = await held(sender, [("c.dcm", ONE), ("d.dcm", OTHER)])
    wrong = (await sender.status(by_admin))["held"]["conflicts"][0]["contents"][0]["sha256"]
    assert (await decide(gateway, by_admin, "drop", instances=[wrong])).status_code == 200


async def test_files_that_a_part_still_needs_are_not_cancelled_away(gateway: GatewayClient) -> None:
    """Of three patients one stays in doubt, and another waits for the PACS when somebody gives the first one up."""
    conflict = [("x.dcm", make_dicom(**ANNA, StudyDescription="other"))]
    upload = await held(gateway, [*ANNAS[:1], *conflict, *BERTAS])
    await decide(gateway, upload, "split")
    await gateway.until(upload, "held")
    (other,) = [i for i in (await gateway.http.get("/upload")).json()["items"] if i["split_from"] == upload.upload_id]
    await until_verified(gateway, other["upload_id"])
    async with gateway.infrastructure.database.write() as session:
        waiting = update(Upload).where(Upload.id == UUID(other["upload_id"])).values(status=UploadStatus.PROCESSING)
        await session.execute(waiting)
    is_problem(await gateway.http.delete(f"/upload/{upload.upload_id}"), 409, "upload-closed")
    async with gateway.infrastructure.database.write() as session:
        arrived = update(Upload).where(Upload.id == UUID(other["upload_id"])).values(status=UploadStatus.COMPLETED)
        await session.execute(arrived)
    assert (await gateway.http.delete(f"/upload/{upload.upload_id}")).status_code == 204
