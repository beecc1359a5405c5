"""Promise R4: a PACS that is down for a night costs nobody anything, whatever happens to the gateway meanwhile."""

import time
from pathlib import Path

import httpx
import pytest

from tests.builders.dicom import make_dicom, make_uid
from tests.main_job.process import Sender, gateway_process, sign_in
from tests.servers.orthanc import Orthanc

STUDIES = 50
FIRST_SECONDS, ALL_SECONDS = 60, 120


@pytest.mark.parametrize("protocol", ["dicomweb", "dimse"])
def test_fifty_studies_wait_through_a_kill_and_all_arrive_once(orthanc: Orthanc, tmp_path: Path, protocol: str) -> None:
    url = orthanc.pacs_url if protocol == "dicomweb" else orthanc.dicom_url
    orthanc.kill()
    settings = {"PACS": url, "COMPLETE_WAIT": "0", "WAKE_INTERVAL": "5"}
    with gateway_process(tmp_path / "data", **settings) as gateway:
        bearer = sign_in(gateway)
        senders = []
        for number in range(STUDIES):
            sender = Sender(gateway, [("a.dcm", make_dicom(study_uid=make_uid(protocol, number)))])
            sender.open(bearer)
            sender.send(sender.keys(), connections=1)
            assert sender.complete().status_code == 202
            senders.append(sender)
        gateway.kill()
        gateway.start()
        time.sleep(3)  # it knocks in vain
        orthanc.ensure_running()
        back = time.monotonic()
        while not any(sender.status()["status"] == "completed" for sender in senders):
            assert time.monotonic() - back < FIRST_SECONDS
        for sender in senders:
            state = sender.until_completed(ALL_SECONDS)
            assert (state["counts"]["verified"], state["warnings"]) == (1, [])
        knocks = httpx.get(f"{gateway.address}/api/v1/deliveries", params={"limit": 200}, headers=bearer).json()
    assert [item["state"] for item in knocks["items"]] == ["verified"] * STUDIES
    assert orthanc.count() == STUDIES
    assert set(orthanc.instances()) == {uid for sender in senders for uid in sender.instances()}
