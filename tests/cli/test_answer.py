"""`relaypacs upload --report`: the study that was asked about, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest

from tests.builders.dicom import make_study, make_uid
from tests.builders.gateway import PASSWORD as OF_OTHERS
from tests.cli.commands import run_upload
from tests.servers.gateway import PASSWORD, USERNAME, Gateway, running_gateway

STUDY = make_uid("asked about")
FILES = make_study(4, study_uid=STUDY)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@contextmanager
def client(gateway: Gateway, username: str, password: str = OF_OTHERS) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{gateway.address}/api/v1", timeout=30) as made:
        answer = made.post("/auth/login", json={"username": username, "password": password}).raise_for_status()
        made.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield made


def write(folder: Path, files: list[tuple[str, bytes]]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files:
        (folder / name).write_bytes(content)
    return folder


def send(gateway: Gateway, state: Path, *arguments: str | Path) -> Any:
    return run_upload(state, gateway.address, *arguments, "--username", "rosa", RELAYPACS_PASSWORD=OF_OTHERS)


@pytest.fixture(scope="module")
def report_id(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a report on half a study, whose sender is asked for the other half."""
    folder = tmp_path_factory.mktemp("first")
    with client(gateway, USERNAME, PASSWORD) as admin:
        for name, role in (("rosa", "clinician"), ("anna", "radiologist")):
            admin.post("/users", json={"username": name, "password": OF_OTHERS, "role": role}).raise_for_status()
    assert send(gateway, folder, write(folder / "study", FILES[:2])).returncode == 0
    with client(gateway, "anna") as anna:
        (report,) = anna.get("/reports").raise_for_status().json()["items"]
        anna.post(f"/reports/{report['id']}/claim").raise_for_status()
        anna.post(f"/reports/{report['id']}/request-data", json={"text": "The rest?"}).raise_for_status()
    return str(report["id"])


def test_the_rest_of_the_study_goes_and_another_study_stays(gateway: Gateway, report_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "cd"
    write(folder / "asked", FILES[2:])
    write(folder / "other", make_study(2, study_uid=make_uid("another one")))
    done = send(gateway, tmp_path, folder, "--report", report_id)
    assert done.returncode == 6, done.stdout + done.stderr
    assert "REJECTED. Not sent: it is another study than the one that was asked about." in done.stdout
    assert "2 accepted, 0 rejected, 2 verified in the PACS" in done.stdout
    studies = [pydicom.dcmread(path).StudyInstanceUID for path in gateway.archived]
    assert studies == [STUDY] * 4
    with client(gateway, "rosa") as rosa:
        report = rosa.get(f"/reports/{report_id}").raise_for_status().json()
    assert report["questions"][0]["upload_id"]


@pytest.mark.usefixtures("report_id")
def test_a_report_that_does_not_exist_is_named_before_anything_is_sent(gateway: Gateway, tmp_path: Path) -> None:
    folder = write(tmp_path / "study", make_study(1, study_uid=make_uid("a third one")))
    done = send(gateway, tmp_path, folder, "--report", "0199aaaa-0000-7000-8000-000000000000")
    assert done.returncode == 1
    assert "There is no such report." in done.stderr
