"""The main job against a real PACS, over real HTTP."""

import io
from pathlib import Path

import pydicom

from relaypacs.core.signing import verify_receipt
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_study
from tests.builders.gateway import NamedBytes
from tests.main_job.process import Sender, gateway_process
from tests.servers.orthanc import Orthanc


def pixels(content: bytes) -> bytes:
    return bytes(pydicom.dcmread(io.BytesIO(content)).PixelData)


def assert_arrived(orthanc: Orthanc, files: NamedBytes) -> None:
    held = orthanc.instances()
    for _, content in files:
        uid = outgoing(content).key.sop_instance_uid
        assert pixels(orthanc.file(held[uid])) == pixels(content)


def test_a_study_arrives_with_identical_pixels_and_is_verified(orthanc: Orthanc, tmp_path: Path) -> None:
    files = make_study(30, rows=256, columns=256)
    with gateway_process(tmp_path / "data", PACS=orthanc.pacs_url) as gateway:
        sender = Sender(gateway, files)
        sender.open()
        sender.send(list(sender.chunks()), connections=4)
        answer = sender.complete()
        assert (answer.status_code, answer.json()["stage"]) == (200, "verified")
        state = sender.status()
        assert state["counts"] == {"instances": 30, "accepted": 30, "rejected": 0, "delivered": 30, "verified": 30}
    assert len(orthanc.instances()) == 30
    assert_arrived(orthanc, files)


def test_a_pacs_that_is_down_gets_the_study_when_it_is_back(orthanc: Orthanc, tmp_path: Path) -> None:
    files = make_study(5)
    orthanc.kill()
    with gateway_process(tmp_path / "data", PACS=orthanc.pacs_url, COMPLETE_WAIT="0.5") as gateway:
        sender = Sender(gateway, files)
        sender.open()
        sender.send(list(sender.chunks()))
        answer = sender.complete()
        assert (answer.status_code, answer.json()["status"]) == (202, "processing")
        gateway.kill()
        orthanc.ensure_running()
        gateway.start()
        sender.until_completed()
    assert_arrived(orthanc, files)


def test_a_receipt_is_verified_by_anybody(orthanc: Orthanc, tmp_path: Path) -> None:
    with gateway_process(tmp_path / "data", PACS=orthanc.pacs_url) as gateway:
        sender = Sender(gateway, make_study(2))
        sender.open()
        sender.send(list(sender.chunks()))
        sender.complete()
        document = sender.receipt()
    verify_receipt(document)
    assert document["receipt"]["safe_to_delete"] is True
