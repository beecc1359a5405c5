"""What is signed reaches a real PACS once, whenever the gateway is killed meanwhile."""

import hashlib
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pydicom

from tests.builders.dicom import make_study
from tests.main_job.process import PASSWORD, GatewayProcess, Sender, gateway_process, sign_in
from tests.servers.orthanc import Orthanc
from tests.servers.ports import NO_CERTIFICATES

READER = {"username": "anna", "password": PASSWORD, "role": "radiologist"}
TEXT = {"findings": "No bleeding.", "impression": "Normal.", "recommendation": "", "is_critical": False}
# After a signature: before it is planned, while its instance is made, while it is sent, while it is proven.
DELAYS = (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25)


@contextmanager
def reading(gateway: GatewayProcess) -> Iterator[httpx.Client]:
    """Give a client of the radiologist."""
    with httpx.Client(base_url=f"{gateway.address}/api/v1", timeout=30, verify=NO_CERTIFICATES) as client:
        credentials = {name: READER[name] for name in ("username", "password")}
        answer = client.post("/auth/login", json=credentials).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def sent(gateway: GatewayProcess) -> str:
    """Send a study, and return its report."""
    sender = Sender(gateway, make_study(2))
    sender.open(bearer := sign_in(gateway))
    address = f"{gateway.address}/api/v1/users"
    httpx.post(address, json=READER, headers=bearer, timeout=30, verify=NO_CERTIFICATES).raise_for_status()
    sender.send(list(sender.chunks()))
    return str(sender.complete().raise_for_status().json()["report_id"])


def versions(gateway: GatewayProcess, report_id: str) -> list[dict[str, Any]]:
    """Return what was signed, as soon as all of it is proven to be in the PACS."""
    deadline = time.monotonic() + 60
    while True:
        with reading(gateway) as anna:
            found: list[dict[str, Any]] = anna.get(f"/reports/{report_id}").raise_for_status().json()["versions"]
        if all([each["state"] for each in version["stored"]] == ["verified"] for version in found):
            return found
        assert time.monotonic() < deadline, [version["stored"] for version in found]
        time.sleep(0.2)


def test_what_is_signed_is_in_the_pacs_once_after_any_kill(orthanc: Orthanc, tmp_path: Path) -> None:
    with gateway_process(tmp_path / "data", PACS=orthanc.pacs_url) as gateway:
        report_id = sent(gateway)
        with reading(gateway) as anna:
            anna.post(f"/reports/{report_id}/claim").raise_for_status()
            anna.put(f"/reports/{report_id}/draft", json=TEXT).raise_for_status()
            anna.post(f"/reports/{report_id}/sign", json={"kind": "final", "password": PASSWORD}).raise_for_status()
        for number, delay in enumerate(DELAYS):
            time.sleep(delay)
            gateway.kill()
            gateway.start()
            addendum = {"text": {**TEXT, "findings": f"Addendum {number}."}, "password": PASSWORD}
            with reading(gateway) as anna:
                anna.post(f"/reports/{report_id}/addenda", json=addendum).raise_for_status()
        signed = versions(gateway, report_id)
    held = [pydicom.dcmread(io.BytesIO(orthanc.file(name))) for name in orthanc.instances().values()]
    pages = [each.EncapsulatedDocument[: each.EncapsulatedDocumentLength] for each in held if each.Modality == "DOC"]
    digests = sorted(hashlib.sha256(page).hexdigest() for page in pages)
    assert digests == sorted(version["pdf_sha256"] for version in signed)
    assert len(digests) == 1 + len(DELAYS)
    assert (orthanc.count(), orthanc.count("Series")) == (2 + len(digests), 2)
