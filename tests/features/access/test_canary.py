"""A patient goes through every path of the gateway, the good and the bad ones, and shows nowhere but to his own people.

The gateway runs as it does in a hospital, in a process of its own that logs all it can, so that what libraries and
child processes write is read too.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from relaypacs.core.database import Database
from tests.builders.dicom import make_dicom, make_zip
from tests.builders.gateway import METADATA, md5
from tests.main_job.process import worker_process
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway
from tests.servers.receiver import Receiver, receiving
from tests.servers.watchers import body_of, seen_events, seen_spans

# Every one begins with the same letters, so that one search finds each of them, whole or in part, in any case.
MARK = "zqxcanary"
NAME, PATIENT_ID, ACCESSION, DOCTOR = f"{MARK}name^jane", f"{MARK}id-7", f"{MARK}acc", f"{MARK}doctor^x"
HISTORY, STUDY, BORN = f"{MARK}history of pain", f"{MARK}study", "19311103"
CANARY = re.compile(f"{MARK}|{BORN}", re.IGNORECASE)
FORM = {
    **METADATA,
    "patient_name": NAME,
    "patient_id": PATIENT_ID,
    "issuer_of_patient_id": f"{MARK}issuer",
    "patient_birth_date": BORN,
    "accession_number": ACCESSION,
    "referring_physician": DOCTOR,
    "clinical_history": HISTORY,
    "study_description": STUDY,
    "body_part": f"{MARK}part",
}
ATTRIBUTES: dict[str, Any] = {
    "patient_name": NAME,
    "patient_id": PATIENT_ID,
    "PatientBirthDate": BORN,
    "AccessionNumber": ACCESSION,
    "ReferringPhysicianName": DOCTOR,
    "StudyDescription": STUDY,
    "SeriesDescription": STUDY,
    "PatientComments": HISTORY,
    "rows": 8,
    "columns": 8,
}
# What these attributes may not hold, so that parsers have something to complain about.
ILLEGAL = {"StudyDate": f"{MARK}day", "PatientAge": f"{MARK}age", "StudyID": MARK * 9}
SECRET = "of both processes, and long enough for it"
NO_NUMBER = f"{MARK}1".encode()


@dataclass
class Hospital:
    """A gateway, what its processes log, and every answer that it gave."""

    http: httpx.Client
    logs: list[Path]
    database_url: str
    faults: Receiver  # what Sentry gets
    traces: Receiver  # what a collector of OpenTelemetry gets
    answers: list[httpx.Response] = field(default_factory=list)

    def call(self, method: str, path: str, *statuses: int, **request: Any) -> httpx.Response:
        answer = self.http.request(method, path, **request)
        assert answer.status_code in statuses, f"{method} {answer.status_code}: {answer.text}"
        self.answers.append(answer)
        return answer

    def open(self, files: list[tuple[str, bytes]]) -> dict[str, Any]:
        """Open an upload, and return the answer."""
        sizes = [len(content) for _, content in files]
        body = {"file_names": [name for name, _ in files], "file_sizes": sizes, "metadata": FORM}
        answer: dict[str, Any] = self.call("POST", "/upload/init", 201, json=body).json()
        return answer

    def put(self, upload: dict[str, Any], number: int, body: bytes, *statuses: int, **where: Any) -> None:
        headers = {"X-Upload-Token": upload["session_token"], "Content-MD5": where.pop("digest", md5(body))}
        file = {"file_id": upload["files"][number]["file_id"], "chunk_index": 0, **where}
        self.call("PUT", f"/upload/{upload['upload_id']}/chunk", *statuses, params=file, content=body, headers=headers)

    def send(self, files: list[tuple[str, bytes]], *statuses: int) -> str:
        """Send files as one upload, look at all there is to see of it, and return its address."""
        upload = self.open(files)
        for number, (_, content) in enumerate(files):
            self.put(upload, number, content, 200)
        path, token = f"/upload/{upload['upload_id']}", {"X-Upload-Token": upload["session_token"]}
        self.call("POST", f"{path}/complete", *statuses, headers=token)
        for part in ("", "/instances"):
            self.call("GET", f"{path}{part}", 200)
        self.call("GET", f"{path}/receipt", 200, 404)
        return path

    async def set_status(self, path: str, status: str) -> None:
        """Write into the row what our own code never would: reading it is an error that nobody foresaw."""
        database = Database(self.database_url)
        identifier = path.rpartition("/")[2]
        if database.is_sqlite:
            identifier = identifier.replace("-", "")
        async with database.write_rows() as connection:
            query = text(f"UPDATE uploads SET status = '{status}' WHERE CAST(id AS VARCHAR(36)) = '{identifier}'")  # noqa: S608
            assert (await connection.execute(query)).rowcount == 1
        await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def hospital(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    data = tmp_path / "data"
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    url = f"sqlite:///{data}/relaypacs.db"
    shared = {"LOG_LEVEL": "debug", "DATABASE_URL": url}
    worker = None
    if request.param == "postgresql":
        redis, s3 = request.getfixturevalue("redis"), request.getfixturevalue("s3")
        url = request.getfixturevalue("postgres_url")
        shared |= {"DATABASE_URL": url, "REDIS_URL": redis.fresh_url(), "STORAGE_URL": s3.url(), "SECRET_KEY": SECRET}
        worker = data / "worker"
    with receiving() as faults, receiving() as traces:
        shared |= {"SENTRY_DSN": f"{faults.address.replace('//', '//key@')}/7", "OTEL_ENDPOINT": traces.address}
        with (
            running_gateway(data, **shared) as gateway,
            worker_process(worker, **shared) if worker else nullcontext(),
            httpx.Client(base_url=f"{gateway.address}/api/v1", timeout=30) as http,
        ):
            body = {"username": USERNAME, "password": PASSWORD}
            tokens = http.post("/auth/login", json=body).raise_for_status().json()
            http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            faults.status = traces.status = 200
            logs = [each / "server.log" for each in (data, worker) if each]
            yield Hospital(http, logs, url, faults, traces)


def go_well(hospital: Hospital) -> None:
    """Send studies that arrive, one by one and in a ZIP, with names of files and folders that tell who it is."""
    hospital.send([(f"{NAME}/{NAME}.dcm", make_dicom(**ATTRIBUTES))], 200)
    members = {f"{NAME}/{number}.dcm": make_dicom(**ATTRIBUTES, seed=1, instance_number=number) for number in (1, 2)}
    hospital.send([(f"{NAME}.zip", make_zip({**members, f"{NAME}/{NAME}.txt": HISTORY.encode()}))], 200)
    hospital.call("GET", "/upload", 200)
    for asked in ({"q": NAME}, {"q": PATIENT_ID, "stage": ["verified"]}, {"study_instance_uid": BORN}):
        hospital.call("POST", "/upload/search", 200, json=asked)
    hospital.call("GET", "/notifications", 200)


def go_wrong(hospital: Hospital) -> None:
    """Send what is broken, refused, held or a duplicate."""
    good = make_dicom(**ATTRIBUTES)
    hospital.send([(f"{NAME}.dcm", good)], 409)
    hospital.send([(f"{NAME}.dcm", good[:-40])], 422)
    hospital.send([(f"{NAME}.txt", f"{NAME} {HISTORY}".encode())], 422)
    hospital.send([(f"{NAME}.zip", make_zip({f"{NAME}.dcm": good})[:-30])], 422)
    hospital.send([(f"{NAME}.zip", make_zip({f"../{NAME}.dcm": good, f"{NAME}.zip": make_zip({NAME: good})}))], 422)
    illegal = make_dicom(**ATTRIBUTES, **ILLEGAL, seed=2, instance_number=7_777_777_777)
    hospital.send([(f"{NAME}.dcm", illegal.replace(b"7777777777", NO_NUMBER))], 200, 202, 422)
    hospital.send([(f"{NAME}.dcm", make_dicom(**ATTRIBUTES, seed=3, StudyInstanceUID=f"{MARK}uid"))], 422)
    other = make_dicom(**{**ATTRIBUTES, "patient_id": f"{MARK}other", "patient_name": f"{MARK}other^jim"})
    held = hospital.send([(f"{NAME}.dcm", make_dicom(**ATTRIBUTES, seed=4)), (f"{MARK}.dcm", other)], 202)
    hospital.call("DELETE", held, 204)


def be_read(hospital: Hospital) -> None:
    """Have a study read: looked for, written about, asked about, signed and added to, well and badly."""
    admin = hospital.http.headers["Authorization"]
    hospital.call("POST", "/users", 201, json={"username": "reader", "password": PASSWORD, "role": "radiologist"})
    tokens = hospital.call("POST", "/auth/login", 200, json={"username": "reader", "password": PASSWORD}).json()
    report_id = hospital.call("GET", "/reports", 200).json()["items"][0]["id"]
    path, text = f"/reports/{report_id}", {"findings": f"{NAME} {HISTORY}", "impression": HISTORY}
    hospital.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    hospital.call("POST", f"{path}/claim", 200)
    hospital.call("PUT", f"{path}/draft", 400, json={**text, "findings": f"{NAME}\0"})
    hospital.call("PUT", f"{path}/draft", 409, json=text, headers={"If-Match": f'"{MARK}"'})
    hospital.call("PUT", f"{path}/draft", 200, json=text)
    hospital.call("PUT", f"{path}/pdf", 422, content=NAME.encode())
    hospital.call("POST", f"{path}/sign", 422, json={"kind": "final", "password": NAME})
    hospital.call("POST", f"{path}/request-data", 200, json={"text": HISTORY})
    hospital.call("POST", f"{path}/claim", 200)
    hospital.call("POST", f"{path}/sign", 200, json={"kind": "final", "password": PASSWORD})
    hospital.call("POST", f"{path}/addenda", 201, json={"text": text, "password": PASSWORD})
    assert hospital.call("GET", f"{path}/pdf", 200).content.startswith(b"%PDF-")
    hospital.call("GET", path, 200)
    hospital.call("GET", "/reports", 400, params={"cursor": NAME, "status": NAME})
    hospital.http.headers["Authorization"] = admin


def go_astray(hospital: Hospital) -> None:
    """Put the patient where he does not belong: other fields, addresses, headers, the search, the sign-in."""
    for member in ("study_date", "modality", "patient_sex", "patient_birth_date", "service_level"):
        body = {"file_names": [NAME], "file_sizes": [1], "metadata": {**FORM, member: f"{BORN}{NAME}"}}
        hospital.call("POST", "/upload/init", 400, json=body)
    wrong = {"file_names": NAME, "file_sizes": [NAME], "metadata": NAME, "chunk_size": NAME, NAME: NAME}
    hospital.call("POST", "/upload/init", 400, json=wrong)
    hospital.call("POST", "/upload/init", 400, content=f'{{"metadata": "{NAME}'.encode())
    upload = hospital.open([(f"{NAME}.dcm", b"body")])
    hospital.put(upload, 0, b"body", 422, digest=md5(b"other"))
    hospital.put(upload, 0, b"body", 404, file_id=NAME)
    hospital.put(upload, 0, b"body", 422, chunk_index=7)
    hospital.put(upload, 0, NAME.encode(), 422)
    hospital.put(upload, 0, b"body", 400, digest=NAME)
    hospital.put(upload, 0, b"body", 400, chunk_index=NAME)
    for token, status in ((NAME, 401), (upload["session_token"], 409)):
        hospital.call("POST", f"/upload/{upload['upload_id']}/complete", status, headers={"X-Upload-Token": token})
    hospital.call("GET", "/upload", 400, params={"cursor": NAME, "status": NAME, "limit": NAME})
    hospital.call("GET", "/upload", 400, params={"q": NAME})
    for asked in ({"q": [NAME]}, {"q": NAME * 99}, {"study_instance_uid": NAME}, {"modality": [NAME]}):
        hospital.call("POST", "/upload/search", 400, json=asked)
    hospital.call("GET", "/users", 200, params={"q": NAME})
    hospital.call("GET", "/audit", 400, params={"action": NAME, "actor_id": NAME})
    for name, secret in ((NAME, PASSWORD), (USERNAME, NAME), (NAME[:50], NAME)):
        hospital.call("POST", "/auth/login", 401, json={"username": name, "password": secret, "totp_code": MARK})
    account = {"username": NAME, "email": NAME, "password": NAME, "full_name": NAME}
    hospital.call("POST", "/auth/register", 400, json=account)
    hospital.call("POST", "/auth/register", 422, json={**account, "username": MARK, "email": f"{MARK}@example.org"})
    for body in ({"refresh_token": NAME}, {"refresh_token": [NAME]}):
        hospital.call("POST", "/auth/refresh", 400, 401, json=body)
    headers = dict.fromkeys(("User-Agent", "X-Trace-Id", "X-Request-Id", "Referer", "X-Forwarded-For"), NAME)
    for place in ("", "/upload", "/users", "/notifications", "/auth/sessions"):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            for path in (f"{place}/{NAME}", f"{place}/{NAME}/read?name={NAME}"):
                hospital.call(method, path, 400, 404, 405, headers=headers)


def break_down(hospital: Hospital) -> None:
    """Have the gateway meet what nobody foresaw, with the patient in the message of the error."""
    path = hospital.send([(f"{NAME}.dcm", make_dicom(**ATTRIBUTES, seed=5))], 200)
    asyncio.run(hospital.set_status(path, MARK))
    for broken in (path, "/upload"):
        hospital.call("GET", broken, 500, headers={"Connection": "close"})  # which the server does anyway


def test_a_patient_is_seen_by_those_who_treat_him_and_by_nobody_else(hospital: Hospital) -> None:
    for scene in (go_well, go_wrong, be_read, go_astray, break_down):
        scene(hospital)

    seen = [answer for answer in hospital.answers if answer.is_success and CANARY.search(answer.text)]
    assert {answer.request.method for answer in seen} == {"GET", "POST"}, "or the canary was never there to be seen"
    for answer in hospital.answers:
        assert not CANARY.search(str(answer.headers))
        if answer.is_success:
            assert (
                answer.request.url.path.startswith(("/api/v1/upload", "/api/v1/reports", "/api/v1/users"))
                or answer not in seen
            )
        else:
            document = answer.json()
            assert document.pop("instance") == answer.request.url.path  # the caller's own words, to the caller
            assert not CANARY.search(str(document)), document

    metrics = httpx.get(hospital.http.base_url.join("/metrics")).text
    assert "relaypacs_chunks_total" in metrics
    assert not CANARY.search(metrics)

    trail = hospital.http.get("/audit/export", params={"format": "jsonl"}).text
    assert trail.count("\n") > 40
    assert not CANARY.search(trail)

    log = "".join(each.read_text() for each in hospital.logs)
    assert log.count('"event": "request"') > 80
    assert log.count("request_failed") >= 2
    assert "LookupError" in log
    assert "delivery_concluded" in log
    assert [line for line in log.splitlines() if CANARY.search(line)] == []

    faults = seen_events(hospital.faults.arrivals)
    (unread,) = (fault for fault in faults if fault["exception"]["values"][-1]["type"] == "LookupError")
    assert unread["logentry"]["message"] == "request_failed"
    assert unread["tags"].items() >= {"route": "/upload/{upload_id}", "method": "GET"}.items()
    assert f'"trace_id": "{unread["tags"]["trace_id"]}"' in log
    assert any(frame["in_app"] for frame in unread["exception"]["values"][-1]["stacktrace"]["frames"])
    spans = seen_spans(asyncio.run(hospital.traces.wait_for(2)))
    assert len(spans) > 80
    for arrival in (*hospital.faults.arrivals, *hospital.traces.arrivals):
        assert not CANARY.search(f"{arrival.path} {arrival.headers} {body_of(arrival).decode('latin-1')}")
