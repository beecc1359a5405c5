"""`GET /reports/{report_id}/priors`: what else is known of the patient, and of nobody else."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event, text

from relaypacs.core.clock import new_id
from relaypacs.core.database import Database
from relaypacs.features.reports.service.priors import AT_MOST
from relaypacs.features.studies.models import Study, study_keys
from relaypacs.features.studies.repository import StudyRepository
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import reader_of
from tests.features.reports.test_writing import add, save, sign

on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def sent(client: GatewayClient, number: int, date: str = "20240229", **attributes: Any) -> str:
    """Send a study of one patient, and return its report's id; `attributes` are of its file."""
    file = make_dicom(study_uid=make_uid("prior", number), rows=8, columns=8, StudyDate=date, **attributes)
    _, answer = await client.send([("a.dcm", file)])
    return str(answer.json()["report_id"])


async def at_site(gateway: GatewayClient, name: str) -> GatewayClient:
    await make_user(gateway, name, site_id=await make_site(gateway, f"Site of {name}"))
    return await signed_in(gateway, name)


async def priors(client: GatewayClient, report_id: str) -> list[dict[str, Any]]:
    answer = (await client.http.get(f"/reports/{report_id}/priors")).raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def ids(client: GatewayClient, report_id: str) -> list[str]:
    return [item["report_id"] for item in await priors(client, report_id)]


async def test_the_other_studies_of_the_patient_come_newest_first_with_what_was_signed(gateway: GatewayClient) -> None:
    anna = await reader_of(gateway, "anna")
    this = await sent(gateway, 1)
    old = await sent(gateway, 2, "20190101", StudyDescription="Chest", BodyPartExamined="CHEST")
    late = await sent(gateway, 3, "20250101")
    await sent(gateway, 4, patient_id="SOMEBODY-ELSE")
    await claim(anna, old)
    (await save(anna, old, findings="A nodule.", recommendation="Again in May.")).raise_for_status()
    (await sign(anna, old)).raise_for_status()
    for words in ("It has grown.", "It has not."):
        (await add(anna, old, impression=words)).raise_for_status()
    newest, oldest = await priors(anna, this)
    assert [newest["report_id"], oldest["report_id"]] == [late, old]
    expected = {
        "study_instance_uid": make_uid("prior", 2),
        "study_date": "20190101",
        "modality": "CT",
        "body_part": "CHEST",
        "study_description": "Chest",
        "patient_name": "Muster^Erika",
        "patient_birth_date": "19700101",
        "differs": [],
        "status": "ready",
        "is_critical": False,
        "radiologist": "Dr. Anna",
        "kind": "final",
        "findings": "A nodule.",
        "impression": "Normal.",
        "recommendation": "Again in May.",
        "pdf_url": f"/api/v1/reports/{old}/pdf",
    }
    assert expected.items() <= oldest.items()
    assert oldest["reported_at"]
    assert [(a["number"], a["impression"], a["author"]) for a in oldest["addenda"]] == [
        (2, "It has not.", "Dr. Anna"),
        (1, "It has grown.", "Dr. Anna"),
    ]
    nothing = dict.fromkeys(("kind", "findings", "impression", "recommendation", "pdf_url", "reported_at"))
    assert {**nothing, "status": "assigned", "addenda": []}.items() <= newest.items()
    assert await ids(anna, old) == [late, this]


async def test_a_preliminary_report_is_shown_as_one_and_a_draft_is_not(gateway: GatewayClient) -> None:
    anna = await reader_of(gateway, "anna")
    this, other = [await sent(gateway, number) for number in (1, 2)]
    await claim(anna, other)
    for words in ("First look.", "Second look."):
        (await save(anna, other, impression=words)).raise_for_status()
        (await sign(anna, other, "preliminary")).raise_for_status()
    (await save(anna, other, impression="Not yet signed.")).raise_for_status()
    (prior,) = await priors(anna, this)
    assert (prior["kind"], prior["impression"], prior["addenda"]) == ("preliminary", "Second look.", [])


async def test_an_earlier_report_on_the_same_study_is_one_too(gateway: GatewayClient) -> None:
    anna = await reader_of(gateway, "anna")
    first = await sent(gateway, 1)
    await claim(anna, first)
    (await save(anna, first)).raise_for_status()
    (await sign(anna, first)).raise_for_status()
    second = await sent(gateway, 1, instance_number=2)
    assert second != first
    assert await ids(anna, second) == [first]


async def test_a_name_alone_brings_nobody_together(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    here = [
        await sent(gateway, number, patient_id=patient_id) for number, patient_id in enumerate(["1", "2", "", "", "1 "])
    ]
    for report_id, expected in zip(here, ([here[4]], [], [], [], [here[0]]), strict=True):
        assert await ids(reader, report_id) == expected


async def test_sites_share_a_patient_where_both_name_the_same_issuer(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    north, south = [await at_site(gateway, name) for name in ("north", "south")]
    region, other = {"IssuerOfPatientID": "REGION"}, {"IssuerOfPatientID": "CLINIC"}
    of_north = [await sent(north, n, **issuer) for n, issuer in enumerate(({}, region, other))]
    of_south = [await sent(south, n, **issuer) for n, issuer in enumerate(({}, region), 3)]
    silent, at_region, at_clinic = of_north
    assert set(await ids(reader, silent)) == {at_region, at_clinic}
    assert set(await ids(reader, at_region)) == {silent, of_south[1]}
    assert await ids(reader, at_clinic) == [silent]
    assert await ids(reader, of_south[0]) == [of_south[1]]
    assert set(await ids(reader, of_south[1])) == {of_south[0], at_region}


async def test_who_differs_in_name_or_birth_date_is_said_to(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    this = await sent(gateway, 1)
    same = {
        "MUSTER^ERIKA": [],
        "Muster^Erika^^=無名": [],
        "Muster^Erik": ["patient_name"],
        "=無名": ["patient_name"],
    }
    cases: list[tuple[dict[str, Any], list[str]]] = [({"patient_name": name}, what) for name, what in same.items()]
    cases += [
        ({"PatientBirthDate": "19700102"}, ["patient_birth_date"]),
        ({"PatientBirthDate": None}, []),
        ({"patient_name": "Else^Somebody", "PatientBirthDate": "2001"}, ["patient_name", "patient_birth_date"]),
    ]
    expected = {await sent(gateway, n, **attributes): what for n, (attributes, what) in enumerate(cases, 2)}
    assert {item["report_id"]: item["differs"] for item in await priors(reader, this)} == expected


async def test_only_who_reads_sees_priors_and_only_of_what_there_is(gateway: GatewayClient) -> None:
    report_id = await sent(gateway, 1)
    for role in ("clinician", "radiographer"):
        await make_user(gateway, role, role=role)
        client = await signed_in(gateway, role)
        is_problem(await client.http.get(f"/reports/{report_id}/priors"), 403, "role-forbidden")
    assert await priors(gateway, report_id) == []
    is_problem(await gateway.http.get(f"/reports/{new_id()}/priors"), 404, "report-not-found")


async def test_the_trail_says_which_reports_were_shown_and_to_whom(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    this, other = [await sent(gateway, number) for number in (1, 2)]
    for _ in range(2):
        await priors(reader, this)
    (look,) = (await gateway.http.get("/audit", params={"action": "report.priors-viewed"})).json()["items"]
    assert (look["actor_name"], look["object_id"], look["details"]) == ("reader", this, {"reports": [other]})


@on_sqlite_only
async def test_priors_cost_as_many_queries_however_many_there_are(gateway: GatewayClient) -> None:
    reader = await reader_of(gateway)
    this = await sent(gateway, 0)
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        counted.append(statement)

    async def queries() -> int:
        """Return the fewest of some looks, the first of which is written down: what runs beside them only adds."""
        counts = []
        for _ in range(5):
            counted.clear()
            await priors(reader, this)
            counts.append(len(counted))
        return min(counts)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await sent(gateway, 1)
        of_one = await queries()
        for number in range(2, 8):
            await sent(gateway, number)
        assert len(await priors(reader, this)) == 7
        assert await queries() == of_one
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def fill(database: Database, site_id: UUID, attributes: Sequence[dict[str, str]]) -> list[UUID]:
    """Add a study for each, and return their ids."""
    made = [new_id() for _ in attributes]
    async with database.write() as session:
        for study_id, facts in zip(made, attributes, strict=True):
            session.add(Study(id=study_id, site_id=site_id, study_instance_uid=f"2.25.{study_id.int}",
                              attributes=facts, **study_keys(facts)))  # fmt: skip
    return made


async def test_where_everybody_has_one_identifier_only_the_newest_are_looked_at(gateway: GatewayClient) -> None:
    database = gateway.infrastructure.database
    site_id = UUID(await make_site(gateway, "One for all"))
    days = [f"2024{number // 28 + 1:02}{number % 28 + 1:02}" for number in range(AT_MOST + 10)]
    facts = [{"PatientID": "0", "StudyDate": day, "IssuerOfPatientID": "X"} for day in (*days, "2024")]
    made = await fill(database, site_id, facts)
    async with database.read() as session:
        study = await session.get_one(Study, made[-1])
        assert study.study_date == "", "not a day"
        found = await StudyRepository(session).others_of_patient(study, AT_MOST)
    assert list(found) == made[-2 : -2 - AT_MOST : -1]


@pytest.mark.parametrize(
    ("issuer", "indexes"),
    [("", ["idx_studies_site_patient"]), ("X", ["idx_studies_site_patient", "idx_studies_patient"])],
)
async def test_each_way_to_a_patient_is_read_from_an_index_in_its_order(
    database: Database, issuer: str, indexes: list[str]
) -> None:
    study = Study(id=new_id(), site_id=new_id(), patient_id="1", issuer_of_patient_id=issuer)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        async with database.read() as session:
            await StudyRepository(session).others_of_patient(study, AT_MOST)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    statement, parameters = asked[-1]

    def plan(connection: Connection) -> str:
        if database.is_sqlite:
            return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        return str(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all())

    async with database.engine.begin() as connection:
        found = await connection.run_sync(plan)
    for index in indexes:
        assert index in found, found


@pytest.mark.parametrize(
    ("attributes", "keys"),
    [
        ({}, ("", "", "")),
        ({"PatientID": " 7 ", "IssuerOfPatientID": " A ", "StudyDate": "20240229"}, ("7", "A", "20240229")),
        ({"PatientID": "7\ufffd", "IssuerOfPatientID": "A\ufffd", "StudyDate": "2024.02.29"}, ("", "", "")),
        ({"PatientID": "7", "StudyDate": "\u0662\u0660\u0662\u0664\u0660\u0662\u0662\u0669"}, ("7", "", "")),
    ],
)
def test_what_files_say_of_whom_and_of_when(attributes: dict[str, str], keys: tuple[str, str, str]) -> None:
    assert tuple(study_keys(attributes).values()) == keys
