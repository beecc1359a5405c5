"""What is held for a person to decide, what is only a warning, and who sees what."""

import pytest
from sqlalchemy import select, update

from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.identity.models import Role, Site, User
from relaypacs.features.reports.models import Report
from relaypacs.features.studies.models import Study
from tests.builders.dicom import make_dicom, make_study, make_uid, make_zip
from tests.builders.gateway import GatewayClient, NamedBytes
from tests.builders.problems import is_problem

TWO_PATIENTS = [("a.dcm", make_dicom(patient_id="PAT-1")), ("b.dcm", make_dicom(patient_id="PAT-2"))]
UID_CONFLICT = [("a.dcm", make_dicom(StudyDescription="one")), ("b.dcm", make_dicom(StudyDescription="other"))]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (TWO_PATIENTS, "several-patients"),
        ([("both.zip", make_zip(dict(TWO_PATIENTS)))], "several-patients"),
        (UID_CONFLICT, "uid-conflict"),
    ],
    ids=["two patients", "two patients in a ZIP", "other content under one UID"],
)
async def test_a_doubtful_upload_is_held_and_nothing_of_it_forwarded(
    gateway: GatewayClient, files: NamedBytes, code: str
) -> None:
    upload, answer = await gateway.send(files)
    assert (answer.status_code, answer.json()["status"], answer.json()["stage"]) == (202, "processing", "held")
    state = await gateway.status(upload)
    assert (state["status"], state["stage"]) == ("processing", "held")
    assert code in [warning["code"] for warning in state["warnings"]]
    assert (state["report_id"], state["pacs_receipt_id"]) == (None, None)
    async with gateway.infrastructure.database.read() as session:
        assert list(await session.scalars(select(Delivery))) == []
    assert not (gateway.infrastructure.settings.data_dir / "archive").exists()
    (told,) = (await gateway.http.get("/notifications")).json()["items"]
    assert (told["type"], told["related_id"]) == ("upload_held", upload.upload_id)
    is_problem(await gateway.http.get(f"/upload/{upload.upload_id}/receipt"), 404, "receipt-not-ready")


async def test_a_held_upload_may_be_given_up(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(TWO_PATIENTS)
    assert (await gateway.http.delete(f"/upload/{upload.upload_id}")).status_code == 204
    assert (await gateway.status(upload))["stage"] == "cancelled"


async def test_an_identical_copy_is_no_conflict_and_is_sent_once(gateway: GatewayClient) -> None:
    content = make_dicom()
    upload, answer = await gateway.send([("a.dcm", content), ("b.dcm", content)])
    assert answer.status_code == 200
    assert (await gateway.status(upload))["counts"] == {
        "instances": 2,
        "accepted": 2,
        "rejected": 0,
        "delivered": 1,
        "verified": 1,
    }


async def test_a_form_that_differs_is_a_warning_and_delays_nothing(gateway: GatewayClient) -> None:
    form = {"patient_name": "ANDERS^MAX", "study_date": "19990101", "modality": "US"}
    upload, answer = await gateway.send(make_study(1), metadata=form)
    assert (answer.status_code, answer.json()["stage"]) == (200, "verified")
    state = await gateway.status(upload)
    codes = [warning["code"] for warning in state["warnings"]]
    assert codes == ["patient-differs", "study-date-differs", "modality-differs"]
    assert "Muster" not in str(state["warnings"])


async def test_what_the_files_say_is_stored_beside_what_the_form_said(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(make_study(1), metadata={"patient_name": "ANDERS^MAX"})
    assert (await gateway.status(upload))["metadata"]["patient_name"] == "ANDERS^MAX"
    async with gateway.infrastructure.database.read() as session:
        study = (await session.scalars(select(Study))).one()
    assert study.attributes["PatientName"] == "Muster^Erika"


async def test_more_of_one_study_joins_its_open_report(gateway: GatewayClient) -> None:
    study = make_uid("a study in two parts")
    first, one = await gateway.send([("a.dcm", make_dicom(study_uid=study, instance_number=1))])
    _, two = await gateway.send([("b.dcm", make_dicom(study_uid=study, instance_number=2))])
    assert one.json()["report_id"] == two.json()["report_id"]
    assert one.json()["pacs_receipt_id"] != two.json()["pacs_receipt_id"]
    async with gateway.infrastructure.database.read() as session:
        report = (await session.scalars(select(Report))).one()
    assert str(report.upload_id) == first.upload_id
    assert report.status == "assigned"
    assert report.pacs_receipt_id == one.json()["pacs_receipt_id"]


async def test_two_studies_of_one_patient_are_two_reports(gateway: GatewayClient) -> None:
    files = [(f"{n}.dcm", make_dicom(study_uid=make_uid("study", n), instance_number=n)) for n in (1, 2)]
    _, answer = await gateway.send(files)
    assert answer.status_code == 200
    async with gateway.infrastructure.database.read() as session:
        assert len(list(await session.scalars(select(Report)))) == 2


async def test_the_same_study_at_another_site_is_no_duplicate(gateway: GatewayClient) -> None:
    files = make_study(1)
    assert (await gateway.send(files))[1].status_code == 200
    elsewhere = await gateway.another("elsewhere")
    async with gateway.infrastructure.database.write() as session:
        site = Site(name="Another site")
        session.add(site)
        await session.flush()
        await session.execute(update(User).where(User.username == "elsewhere").values(site_id=site.id))
    _, answer = await elsewhere.send(files)
    assert answer.status_code == 200


async def test_a_radiographer_sees_the_own_site_and_an_admin_all(gateway: GatewayClient) -> None:
    sender = await gateway.another("sender")
    upload = await sender.open([("scan.dcm", b"body")])
    colleague, stranger = await gateway.another("colleague"), await gateway.another("stranger")
    async with gateway.infrastructure.database.write() as session:
        site = Site(name="Another site")
        session.add(site)
        await session.flush()
        await session.execute(
            update(User).where(User.username.in_(("colleague", "stranger"))).values(role=Role.RADIOGRAPHER)
        )
        await session.execute(update(User).where(User.username == "stranger").values(site_id=site.id))
    path = f"/upload/{upload.upload_id}"
    assert (await colleague.http.get(path)).status_code == 200
    assert len((await colleague.http.get("/upload")).json()["items"]) == 1
    is_problem(await colleague.http.delete(path), 404, "upload-not-found")
    is_problem(await colleague.http.post(f"{path}/token"), 404, "upload-not-found")
    is_problem(await stranger.http.get(path), 404, "upload-not-found")
    assert (await stranger.http.get("/upload")).json()["items"] == []
    assert (await gateway.http.get(path)).status_code == 200
