"""Whose numbers each role gets, what it may filter by, and that nobody is answered with what was kept for others."""

import csv
import gzip
import io
import re
from typing import Any

import httpx
import pytest

from relaypacs.features.identity.models import Role
from tests.builders.cache import forget_kept, kept
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_site, make_user, signed_in

PATHS = ("/stats", "/stats/trend", "/stats/turnaround", "/stats/export")


class People:
    """Two sites; two clinicians at the first, of whom one has sent two studies, and one at the second."""

    def __init__(self, admin: GatewayClient) -> None:
        self.admin = admin
        self.ids: dict[str, str] = {}
        self.clients: dict[str, GatewayClient] = {}

    async def fill(self) -> None:
        self.here, self.there = [await make_site(self.admin, name) for name in ("Here", "There")]
        for name, role, site in (
            ("ada", Role.CLINICIAN, self.here),
            ("ben", Role.CLINICIAN, self.here),
            ("eve", Role.CLINICIAN, self.there),
            ("ray", Role.RADIOGRAPHER, self.here),
            ("rob", Role.RADIOGRAPHER, self.there),
            ("lea", Role.RADIOLOGIST, self.here),
            ("leo", Role.RADIOLOGIST, self.there),
        ):
            self.ids[name] = await make_user(self.admin, name, role=role.value, site_id=site)
            self.clients[name] = await signed_in(self.admin, name)
        self.reports = [await self.send(*each) for each in (("ada", 1), ("ada", 2), ("ben", 3), ("eve", 4))]

    async def send(self, name: str, number: int) -> str:
        study = make_uid("stats", name, number)
        files = [("scan.dcm", make_dicom(rows=8, columns=8, patient_id=name, study_uid=study))]
        _, answer = await self.clients[name].send(files)
        assert answer.json()["stage"] == "verified", answer.text
        return str(answer.json()["report_id"])

    async def ask(self, name: str, path: str = "/stats", **asked: str) -> httpx.Response:
        client = self.clients.get(name, self.admin)
        return await client.http.get(path, params={"period": "1w", **asked})

    async def uploads(self, name: str, **asked: str) -> int:
        return int((await self.ask(name, **asked)).raise_for_status().json()["now"]["uploads"])


@pytest.fixture
async def people(gateway: GatewayClient) -> People:
    made = People(gateway)
    await made.fill()
    return made


async def claim(people: People, reader: str, report_id: str) -> None:
    (await people.clients[reader].http.post(f"/reports/{report_id}/claim")).raise_for_status()


async def test_each_role_gets_its_own_numbers(people: People) -> None:
    await claim(people, "lea", people.reports[0])
    await claim(people, "lea", people.reports[3])
    found = {name: (await people.ask(name)).raise_for_status().json() for name in (*people.clients, "admin")}
    counted = {
        name: (answer["scope"], answer["now"]["uploads"], answer["now"]["reports_open"])
        for name, answer in found.items()
    }
    assert counted == {
        "ada": ("own", 2, 2),
        "ben": ("own", 1, 1),
        "eve": ("own", 1, 1),
        "ray": ("site", 3, 3),
        "rob": ("site", 1, 1),
        "lea": ("reading", 2, 2),
        "leo": ("reading", 0, 0),
        "admin": ("all", 4, 4),
    }
    (trend,) = [(await people.ask("ray", "/stats/trend")).json()]
    assert (trend["scope"], trend["points"][-1]["uploads"], len(trend["points"])) == ("site", 3, 7)


async def test_compressed_chunks_say_what_was_saved_while_they_come(gateway: GatewayClient) -> None:
    body = b"relay" * 1000
    upload = await gateway.open([("scan.dcm", body)])
    (await gateway.put(upload, upload.files[0]["file_id"], 0, body, zipped=True)).raise_for_status()
    (await gateway.put(upload, upload.files[0]["file_id"], 0, body)).raise_for_status()  # acknowledged before
    now = (await gateway.http.get("/stats")).json()["now"]
    assert (now["uploads"], now["under_way"], now["bytes"]) == (1, 1, len(body))
    assert now["bytes_saved"] == len(body) - len(gzip.compress(body, 1))


async def test_filters_are_those_of_the_role(people: People) -> None:
    ids = people.ids
    assert await people.uploads("admin", site_id=people.here) == 3
    assert await people.uploads("admin", user_id=ids["ada"]) == 2
    assert await people.uploads("admin", site_id=people.there, user_id=ids["ada"]) == 0
    await claim(people, "lea", people.reports[2])
    assert await people.uploads("admin", user_id=ids["lea"]) == 1
    assert await people.uploads("ray", user_id=ids["ada"]) == 2
    assert await people.uploads("ray", site_id=people.here) == 3
    nobody = "00000000-0000-7000-8000-000000000000"
    refused: list[tuple[str, dict[str, str], int, str]] = [
        ("ray", {"user_id": ids["eve"]}, 404, "stats-filter-not-found"),
        ("ray", {"site_id": people.there}, 404, "stats-filter-not-found"),
        ("ray", {"user_id": nobody}, 404, "stats-filter-not-found"),
        ("admin", {"user_id": nobody}, 404, "stats-filter-not-found"),
        ("admin", {"site_id": nobody}, 404, "stats-filter-not-found"),
        ("ada", {"site_id": people.here}, 403, "role-forbidden"),
        ("ada", {"user_id": ids["ada"]}, 403, "role-forbidden"),
        ("lea", {"user_id": ids["ada"]}, 403, "role-forbidden"),
        ("ada", {"period": "5y"}, 400, "validation-error"),
        ("ada", {"peroid": "1w"}, 400, "validation-error"),
    ]
    for name, asked, status, code in refused:
        for path in PATHS:
            answer = await people.ask(name, path, **asked)
            assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}"), (name, asked, path)


async def test_an_answer_is_kept_for_a_minute_and_for_nobody_else(people: People) -> None:
    async def seen() -> dict[str, Any]:
        found = {name: await people.uploads(name) for name in (*people.clients, "admin")}
        found["one site"] = await people.uploads("admin", site_id=people.here)
        found["one user"] = await people.uploads("admin", user_id=people.ids["ben"])
        found["one user, as the site sees him"] = await people.uploads("ray", user_id=people.ids["ben"])
        return found

    before = await seen()
    assert len({before[name] for name in ("ada", "ben", "ray", "admin", "leo")}) == 5
    await people.send("ben", 5)
    assert await seen() == before
    assert len(await kept(people.admin)) == len(before)
    await forget_kept(people.admin)
    after = {"ben": 2, "ray": 4, "admin": 5, "one site": 4, "one user": 2, "one user, as the site sees him": 2}
    assert await seen() == before | after


async def test_a_change_of_role_changes_the_numbers_at_once(people: People) -> None:
    assert await people.uploads("ada") == 2
    change = {"role": "radiographer"}
    (await people.admin.http.patch(f"/users/{people.ids['ada']}", json=change)).raise_for_status()
    people.clients["ada"] = await signed_in(people.admin, "ada")
    assert await people.uploads("ada") == 3


async def test_tables_say_the_same_as_the_answers(people: People) -> None:
    async def table(name: str, columns: list[str]) -> list[dict[str, str]]:
        answer = (await people.ask("ray", "/stats/export", table=name)).raise_for_status()
        assert answer.headers["content-type"].startswith("text/csv")
        disposition = answer.headers["content-disposition"]
        assert re.fullmatch(rf'attachment; filename="relaypacs-stats-{name}-1w-\d{{8}}T\d{{6}}Z\.csv"', disposition)
        assert answer.text.endswith("\r\n")
        rows = csv.DictReader(io.StringIO(answer.text, newline=""))
        assert rows.fieldnames == columns
        return list(rows)

    figures = {(row["figure"], row["key"]): row for row in await table("summary", ["figure", "key", "now", "before"])}
    now = (await people.ask("ray")).json()["now"]
    assert figures["uploads", ""] == {"figure": "uploads", "key": "", "now": "3", "before": "0"}
    assert figures["by_modality", "CT"]["now"] == str(now["by_modality"][0]["count"])
    assert figures["to_verified_p95_seconds", ""]["now"] == str(now["to_verified"]["p95_seconds"])
    assert figures["success_rate", ""]["before"] == ""

    points = (await people.ask("ray", "/stats/trend")).json()["points"]
    columns = ["start", "uploads", "completed", "failed", "bytes", "reports_ready"]
    assert await table("trend", columns) == [{name: str(point[name]) for name in columns} for point in points]

    levels = (await people.ask("ray", "/stats/turnaround")).json()["levels"]
    columns = ["period", "service_level", "target_seconds", "count", "within_target", "p50_seconds", "p95_seconds"]
    found = await table("turnaround", columns)
    assert [row["service_level"] for row in found if row["period"] == "now"] == [
        level["service_level"] for level in levels
    ]
    assert {row["target_seconds"] for row in found} == {str(level["target_seconds"]) for level in levels}
