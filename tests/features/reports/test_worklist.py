"""`GET /reports`: what is to be read, in which order, and what those who sent it see."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, update

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.reports.models import Report, ReportStatus
from relaypacs.features.reports.repository import ReportRepository
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def sent(client: GatewayClient, number: int, **form: Any) -> str:
    """Send a study of its own, and return its report's id."""
    files = [("a.dcm", make_dicom(study_uid=make_uid("study", number), rows=8, columns=8, instance_number=number))]
    _, answer = await client.send(files, metadata=form)
    return str(answer.json()["report_id"])


async def page(client: GatewayClient, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await client.http.get("/reports", params=asked)).raise_for_status().json()
    return found


async def listed(client: GatewayClient, **asked: Any) -> list[str]:
    """Return the ids of all pages, in their order."""
    found: list[str] = []
    while True:
        one = await page(client, **asked)
        found += [item["id"] for item in one["items"]]
        if one["next_cursor"] is None:
            return found
        asked["cursor"] = one["next_cursor"]


async def change(client: GatewayClient, report_id: str, **values: Any) -> None:
    async with client.infrastructure.database.write() as session:
        await session.execute(update(Report).where(Report.id == UUID(report_id)).values(values))


async def reader_of(gateway: GatewayClient, name: str = "reader") -> GatewayClient:
    await make_user(gateway, name, role="radiologist", full_name=f"Dr. {name.title()}")
    return await signed_in(gateway, name)


async def test_what_is_only_noted_about_a_report_does_not_say_that_it_changed(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    (before,) = (await page(gateway))["items"]
    async with gateway.infrastructure.database.write() as session:
        repository = ReportRepository(session)
        report = await repository.lock(UUID(report_id))
        assert report
        await repository.looked_for([report.id])
        await repository.count_images(report.study_id, expected=7, verified=5)
    (after,) = (await page(gateway))["items"]
    assert after["images"] == {"expected": 7, "verified": 5}
    assert after["updated_at"] == before["updated_at"]


async def test_what_is_urgent_comes_first_then_what_is_due_first(gateway: GatewayClient) -> None:
    levels = ["routine", "subspecialty", "stat", "routine", "emergency", "stat"]
    ids = [await sent(gateway, number, service_level=level) for number, level in enumerate(levels)]
    await change(gateway, ids[3], due_at=now() - timedelta(days=3))
    expected = [ids[2], ids[5], ids[4], ids[3], ids[0], ids[1]]
    reader = await reader_of(gateway)
    for limit in (1, 2, 3, 5, 6, 50):
        assert await listed(reader, limit=limit) == expected
        assert await listed(gateway, limit=limit) == expected
    overdue = [item["id"] for item in (await page(reader))["items"] if item["is_overdue"]]
    assert overdue == [ids[3]]


async def test_of_what_is_due_at_one_moment_nothing_is_shown_twice_or_left_out(gateway: GatewayClient) -> None:
    ids = [await sent(gateway, number) for number in range(4)]
    due_at = now()
    for report_id in ids:
        await change(gateway, report_id, due_at=due_at)
    assert await listed(gateway, limit=1) == await listed(gateway, limit=3) == sorted(ids)


async def test_the_time_that_may_be_taken_is_a_setting_and_counts_from_the_opening(settings: Settings) -> None:
    async with running_gateway(settings.model_copy(update={"turnaround_stat": 5})) as gateway:
        await gateway.sign_in(ADMIN)
        await sent(gateway, 1, service_level="stat")
        (item,) = (await page(gateway))["items"]
        (upload,) = (await gateway.http.get("/upload")).json()["items"]
        opened, due = [str(moment)[:16] for moment in (upload["created_at"], item["due_at"])]
        assert (item["service_level"], item["is_overdue"]) == ("stat", False)
        minutes = (int(due[-2:]) - int(opened[-2:])) % 60
        assert minutes == 5


async def test_a_row_says_what_is_to_be_read_of_whom_and_from_where(gateway: GatewayClient) -> None:
    site = await make_site(gateway, "North")
    await make_user(gateway, "rosa", site_id=site)
    rosa = await signed_in(gateway, "rosa")
    form = {"clinical_history": "Fell from a ladder.", "study_description": "of the form", "body_part": "SKULL"}
    files = make_study(3, study_uid=make_uid("s"), BodyPartExamined=None)
    upload, answer = await rosa.send(files, metadata=form)
    reader = await reader_of(gateway)
    (row,) = (await page(reader))["items"]
    expected = {
        "id": answer.json()["report_id"],
        "upload_id": upload.upload_id,
        "status": "assigned",
        "service_level": "routine",
        "is_overdue": False,
        "site_name": "North",
        "patient_name": "Muster^Erika",
        "patient_id": "PAT-0001",
        "patient_birth_date": "19700101",
        "patient_sex": "F",
        "study_instance_uid": make_uid("s"),
        "study_date": "20240229",
        "modality": "CT",
        "body_part": "SKULL",
        "study_description": "Head",
        "accession_number": "ACC-0001",
        "referring_physician": "Landarzt^Rosa",
        "has_history": True,
        "images": {"expected": 3, "verified": 3},
        "radiologist": None,
        "lock": None,
        "reported_at": None,
    }
    assert expected.items() <= row.items()
    report = (await reader.http.get(f"/reports/{row['id']}")).json()
    assert (report["clinical_history"], report["patient_id"]) == ("Fell from a ladder.", "PAT-0001")


async def test_a_study_in_several_uploads_is_read_as_soon_as_its_most_urgent_one(gateway: GatewayClient) -> None:
    study = make_uid("in parts")
    first, second = [make_study(5, study_uid=study)[a:b] for a, b in ((0, 2), (2, 5))]
    for files, level in ((first, "routine"), (second, "stat")):
        (await gateway.send(files, metadata={"service_level": level, "clinical_history": f"as {level}"}))[
            1
        ].raise_for_status()
    (row,) = (await page(gateway))["items"]
    assert (row["service_level"], row["images"]) == ("stat", {"expected": 5, "verified": 5})
    report = (await gateway.http.get(f"/reports/{row['id']}")).json()
    assert report["clinical_history"] == "as routine"


async def test_filters_narrow_the_worklist(gateway: GatewayClient) -> None:
    north = await make_site(gateway, "North")
    await make_user(gateway, "rosa", site_id=north)
    rosa = await signed_in(gateway, "rosa")
    ct = await sent(gateway, 1, modality="CT", service_level="stat")
    mr = await sent(rosa, 2, modality="MRI")
    dx = await sent(rosa, 3, modality="DX", service_level="emergency")
    ready = await sent(gateway, 4, modality="CT")
    await change(gateway, ready, status=ReportStatus.READY)
    await change(gateway, dx, status=ReportStatus.ADDITIONAL_DATA_REQUIRED)
    reader = await reader_of(gateway)
    questions: Sequence[tuple[dict[str, Any], list[str]]] = (
        ({}, [ct, dx, mr]),
        ({"share": "unread"}, [ct, mr]),
        ({"share": "mine"}, []),
        ({"modality": "MR"}, [mr]),
        ({"modality": ["MR", "XR"]}, [dx, mr]),
        ({"service_level": ["emergency", "stat"]}, [ct, dx]),
        ({"site_id": north}, [dx, mr]),
        ({"site_id": north, "modality": "CT"}, []),
        ({"status": "ready"}, [ready]),
        ({"status": ["ready", "assigned"]}, [ready, mr, ct]),
        ({"status": "ready", "modality": "MR"}, []),
        ({"status": "additional_data_required"}, [dx]),
    )
    for asked, expected in questions:
        assert await listed(reader, **asked) == expected, asked
        assert await listed(reader, **asked, limit=1) == expected, asked


async def test_senders_see_what_has_become_of_theirs_the_newest_first(gateway: GatewayClient) -> None:
    here, there = [await make_site(gateway, name) for name in ("Here", "There")]
    clients = {}
    for name, role, site in (
        ("rosa", "clinician", here),
        ("bert", "clinician", here),
        ("radiographer", "radiographer", here),
        ("stranger", "clinician", there),
    ):
        await make_user(gateway, name, role=role, site_id=site)
        clients[name] = await signed_in(gateway, name)
    theirs = {name: await sent(client, number) for number, (name, client) in enumerate(clients.items())}
    second = await sent(clients["rosa"], 9, service_level="stat", modality="MR")
    at_the_site = [second, theirs["radiographer"], theirs["bert"], theirs["rosa"]]
    await change(gateway, theirs["rosa"], status=ReportStatus.READY)
    for limit in (1, 2, 50):
        assert await listed(clients["rosa"], limit=limit) == [second, theirs["rosa"]]
        assert await listed(clients["radiographer"], limit=limit) == at_the_site
        assert await listed(clients["rosa"], limit=limit, status="ready") == [theirs["rosa"]]
        assert await listed(clients["radiographer"], limit=limit, status="assigned") == at_the_site[:3]
    assert await listed(clients["radiographer"], share="mine") == [theirs["radiographer"]]
    assert await listed(clients["rosa"], modality="MR") == [second]
    assert await listed(clients["stranger"]) == [theirs["stranger"]]
    assert await listed(clients["stranger"], site_id=here) == []
    assert await listed(clients["radiographer"], site_id=there) == []
    reader = await reader_of(gateway)
    assert set(await listed(reader, status=["ready", "assigned"])) == {second, *theirs.values()}


async def test_senders_narrow_their_reports_by_what_these_have_become(gateway: GatewayClient) -> None:
    await make_user(gateway, "rosa")
    rosa = await signed_in(gateway, "rosa")
    first, second = [await sent(rosa, number, service_level="routine", modality="MR") for number in (1, 2)]
    stat = {"service_level": "stat", "modality": "MR"}
    assert await listed(rosa, **stat) == []
    await change(gateway, first, urgency=0)
    assert await listed(rosa, **stat) == [first]
    await change(gateway, second, urgency=0, status=ReportStatus.READY)
    for limit in (1, 50):
        assert await listed(rosa, **stat, limit=limit) == [second, first]
        assert await listed(rosa, **stat, status="ready", limit=limit) == [second]
    more = [("b.dcm", make_dicom(study_uid=make_uid("study", 1), rows=8, columns=8, instance_number=77))]
    await rosa.send(more, metadata=stat)
    assert await listed(rosa, **stat, limit=1) == [second, first]  # once, although two parts of it were sent


async def test_of_what_an_administrator_has_sent_the_newest_comes_first(gateway: GatewayClient) -> None:
    await make_user(gateway, "rosa")
    await sent(await signed_in(gateway, "rosa"), 1, service_level="stat")
    own = [await sent(gateway, number, service_level=level) for number, level in ((2, "stat"), (3, "routine"))]
    assert await listed(gateway, share="mine") == await listed(gateway, share="mine", limit=1) == own[::-1]


async def test_whoever_reads_may_know_the_sites(gateway: GatewayClient) -> None:
    north = await make_site(gateway, "North")
    first = (await gateway.http.get("/auth/me")).json()["site_id"]
    found = (await (await reader_of(gateway)).http.get("/reports/sites")).raise_for_status().json()
    assert {"id": north, "name": "North"} in found
    assert {site["id"] for site in found} == {first, north}
    assert found == sorted(found, key=lambda site: site["name"])


async def test_who_has_sent_a_study_twice_has_one_report_of_it(gateway: GatewayClient) -> None:
    files = make_study(2, study_uid=make_uid("twice"))
    for some in (files[:1], files[1:]):
        await gateway.send(some)
    assert len(await listed(gateway, share="mine", status=["ready", "assigned"])) == 1


@on_sqlite_only
async def test_a_page_costs_as_many_queries_however_long_it_is(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    await page(reader)  # the look is written down once
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        counted.append(statement)

    async def queries() -> int:
        """Return the fewest of some pages: what runs beside them only adds."""
        counts = []
        for _ in range(5):
            counted.clear()
            await page(reader)
            counts.append(len(counted))
        return min(counts)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await sent(gateway, 1)
        of_one = await queries()
        for number in range(2, 8):
            await sent(gateway, number)
        assert await queries() == of_one
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "hers"},
        {"status": "final"},
        {"modality": "MRI"},
        {"limit": 201},
        {"cursor": "x"},
        {"cursor": "0" * 32},
        {"cursor": f"9.1.{'0' * 32}"},
        {"cursor": "0.1." + "0" * 32, "status": "ready"},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(gateway: GatewayClient, wrong: dict[str, Any]) -> None:
    is_problem(await gateway.http.get("/reports", params=wrong), 400, "validation-error")


async def test_no_cursor_makes_a_list_fail(gateway: GatewayClient) -> None:
    await sent(gateway, 1)
    assert await listed(gateway, cursor=f"3.{10**17 - 1}.{'f' * 32}") == []
    assert len(await listed(gateway, cursor=f"0.0.{'0' * 32}")) == 1


async def test_the_trail_says_who_looked_and_for_what(gateway: GatewayClient) -> None:
    await page(gateway, modality=["MR", "CT"], share="unread")
    (event_,) = (await gateway.http.get("/audit", params={"action": "reports.listed"})).json()["items"]
    assert event_["details"] == {"share": "unread", "modality": "CT,MR"}


async def test_radiologists_are_told_of_what_is_urgent(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    study = make_study(2, study_uid=make_uid("grows urgent"))
    await gateway.send(study[:1], metadata={"service_level": "routine"})
    assert (await reader.http.get("/notifications")).json()["items"] == []
    await gateway.send(study[1:], metadata={"service_level": "stat"})
    (told,) = (await reader.http.get("/notifications")).json()["items"]
    (report,) = await listed(reader)
    assert (told["type"], told["related_id"]) == ("report_assigned", report)
