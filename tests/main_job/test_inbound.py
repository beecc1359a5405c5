"""Studies that come in by DICOM itself: to a real PACS, with identical pixels, whatever happens on the way."""

import hashlib
import io
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pydicom
from dicomweb_client.api import DICOMwebClient
from pydicom.uid import ImplicitVRLittleEndian, JPEG2000Lossless

from tests.builders.dicom import make_study
from tests.builders.gateway import NamedBytes
from tests.main_job.process import PASSWORD, USERNAME, GatewayProcess, gateway_process
from tests.main_job.test_orthanc import assert_arrived
from tests.servers.dcmtk import storescu
from tests.servers.orthanc import Orthanc
from tests.servers.ports import NO_CERTIFICATES, free_port

PEERS = f"CT1={USERNAME}, MR1={USERNAME}"


def listening(**settings: str) -> dict[str, str]:
    return {"DICOM_PORT": str(free_port()), "DICOM_PEERS": PEERS, "DICOM_STUDY_IDLE": "1", **settings}


def write(folder: Path, files: NamedBytes) -> list[Path]:
    folder.mkdir()
    for name, content in files:
        (folder / name).write_bytes(content)
    return [folder / name for name, _ in files]


@contextmanager
def client_of(gateway: GatewayProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{gateway.address}/api/v1", timeout=30, verify=NO_CERTIFICATES) as client:
        answer = client.post("/auth/login", json={"username": USERNAME, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def until(gateway: GatewayProcess, is_so: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Return the uploads as soon as they are as they should be."""
    deadline = time.monotonic() + 30
    with client_of(gateway) as client:
        while not is_so(uploads := client.get("/upload").raise_for_status().json()["items"]):
            assert time.monotonic() < deadline, [(u["stage"], u["counts"], u["warnings"]) for u in uploads]
            time.sleep(0.1)
    return uploads


def all_verified(uploads: list[dict[str, Any]]) -> bool:
    return bool(uploads) and all(upload["stage"] == "verified" for upload in uploads)


def receipt_of(gateway: GatewayProcess, upload_id: str) -> dict[str, Any]:
    with client_of(gateway) as client:
        answer: dict[str, Any] = client.get(f"/upload/{upload_id}/receipt").raise_for_status().json()["receipt"]
    return answer


def test_storescu_through_the_gateway_into_orthanc(orthanc: Orthanc, tmp_path: Path) -> None:
    studies: list[tuple[NamedBytes, str]] = [
        (make_study(12, rows=128, columns=128, seed=1), "-x="),
        (make_study(3, rows=64, columns=64, seed=2, transfer_syntax=JPEG2000Lossless), "-xv"),
        (make_study(3, rows=64, columns=64, seed=3, transfer_syntax=ImplicitVRLittleEndian), "-xi"),
    ]
    settings = listening(PACS=orthanc.pacs_url)
    with gateway_process(tmp_path / "data", **settings) as gateway:
        for number, (files, option) in enumerate(studies):
            write(tmp_path / str(number), files)
            sent = storescu(int(settings["DICOM_PORT"]), [tmp_path / str(number)], "+sd", option)
            assert sent.returncode == 0, sent.stderr
        uploads = until(gateway, lambda found: len(found) == len(studies) and all_verified(found))
        assert {(upload["origin"], upload["source"]) for upload in uploads} == {("dimse", "CT1")}
        assert sum(len(receipt_of(gateway, upload["upload_id"])["instances"]) for upload in uploads) == 18
    for files, _ in studies:
        assert_arrived(orthanc, files)


def test_dicomweb_client_through_the_gateway_into_orthanc(orthanc: Orthanc, tmp_path: Path) -> None:
    files = make_study(8, rows=128, columns=128)
    with gateway_process(tmp_path / "data", PACS=orthanc.pacs_url) as gateway:
        client = DICOMwebClient(f"{gateway.address}/dicom-web")
        client._session.auth = (USERNAME, PASSWORD)
        answer = client.store_instances([pydicom.dcmread(io.BytesIO(content)) for _, content in files])
        assert len(answer.ReferencedSOPSequence) == 8
        assert "FailedSOPSequence" not in answer
        (upload,) = until(gateway, all_verified)
        assert len(receipt_of(gateway, upload["upload_id"])["instances"]) == 8
    assert_arrived(orthanc, files)


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """Killed between the last answer and the moment at which the study counts as complete."""
    files = make_study(6, rows=128, columns=128)
    settings = listening(DICOM_STUDY_IDLE="3")
    write(tmp_path / "study", files)
    with gateway_process(tmp_path / "data", **settings) as gateway:
        sent = storescu(int(settings["DICOM_PORT"]), [tmp_path / "study"], "+sd")
        assert sent.returncode == 0, sent.stderr
        gateway.kill()
        gateway.start()
        (upload,) = until(gateway, all_verified)
        assert upload["counts"]["verified"] == 6
        assert len(gateway.archived()) == 6


def test_kills_at_any_moment_lose_nothing_that_was_answered(tmp_path: Path) -> None:
    """Whatever was answered with success before a kill comes out, also what was sent into the same upload later."""
    files = make_study(40, rows=128, columns=128)
    settings = listening(DICOM_STUDY_IDLE="2")
    paths = write(tmp_path / "study", files)
    with gateway_process(tmp_path / "data", **settings) as gateway:
        waiting, kills = list(paths), 0
        for _ in range(20):
            if not waiting:
                break
            sending = storing(int(settings["DICOM_PORT"]), waiting)
            if kills < 2:
                time.sleep(0.25)
                gateway.process.send_signal(signal.SIGKILL)
                gateway.process.wait()
                kills += 1
                gateway.start()
            answered = sending()
            waiting = waiting[answered:]
        uploads = until(gateway, lambda found: all(one["stage"] in ("verified", "duplicate") for one in found))
        assert sum(upload["counts"]["accepted"] for upload in uploads) >= 40  # what got no answer was sent again
        archived = gateway.archived()
        assert len(archived) == 40
        pixels = {hashlib.sha256(pydicom.dcmread(io.BytesIO(content)).PixelData).digest() for _, content in files}
        assert {
            hashlib.sha256(pydicom.dcmread(io.BytesIO(content)).PixelData).digest() for content in archived.values()
        } == pixels


def storing(port: int, paths: list[Path]) -> Callable[[], int]:
    """Begin to send; the result waits, and returns how many were answered with success."""
    pool = ThreadPoolExecutor(1)
    sent = pool.submit(storescu, port, paths)

    def wait() -> int:
        output = sent.result()
        return (output.stdout + output.stderr).count("Received Store Response (Success)")

    return wait


def test_many_associations_at_once(tmp_path: Path) -> None:
    settings = listening()
    groups = [make_study(10, rows=64, columns=64, patient_id="P1", seed=1)[n::4] for n in range(4)]
    groups += [make_study(5, rows=64, columns=64, patient_id=f"P{n}", seed=n) for n in (5, 6)]
    folders = [write(tmp_path / str(number), group)[0].parent for number, group in enumerate(groups)]
    with gateway_process(tmp_path / "data", **settings) as gateway:
        with ThreadPoolExecutor(len(folders)) as pool:
            sent = list(pool.map(lambda folder: storescu(int(settings["DICOM_PORT"]), [folder], "+sd"), folders))
        assert [one.returncode for one in sent] == [0] * len(folders)
        uploads = until(gateway, lambda found: len(found) == 3 and all_verified(found))
        assert sorted(upload["counts"]["verified"] for upload in uploads) == [5, 5, 10]
