"""A PACS that answers no query proves that it has a study by committing itself, on an association to our listener."""

from pydantic import SecretStr

from relaypacs.core.settings import Settings
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN
from tests.conftest import running_gateway
from tests.servers import orthanc as orthanc_server
from tests.servers import require
from tests.servers.orthanc import AE_TITLE, running_orthanc
from tests.servers.ports import free_port


async def test_orthanc_commits_itself_to_what_it_was_sent(settings: Settings) -> None:
    require(orthanc_server)
    port = free_port()
    # It knows the gateway, commits itself to it, and tells it nothing else.
    gateway_node = {
        "AET": "RELAYPACS",
        "Host": "127.0.0.1",
        "Port": port,
        "AllowEcho": True,
        "AllowStore": True,
        "AllowFind": False,
        "AllowGet": False,
        "AllowMove": False,
        "AllowStorageCommitment": True,
    }
    nothing_asked = dict.fromkeys(("DicomAlwaysAllowFind", "DicomAlwaysAllowGet"), False)
    modalities = {"DicomModalities": {"gateway": gateway_node}}
    with running_orthanc(**nothing_asked, **modalities) as orthanc:
        listening = settings.model_copy(
            update={
                "pacs": SecretStr(orthanc.dicom_url),
                "dicom_port": port,
                "dicom_peers": f"{AE_TITLE}=",
                "wake_interval": 0.2,
            }
        )
        async with running_gateway(listening) as gateway:
            await gateway.sign_in(ADMIN)
            upload, answer = await gateway.send(make_study(3))
            assert answer.json()["status"] == "completed", (await gateway.status(upload))["warnings"]
            receipt = (await gateway.http.get(f"/upload/{upload.upload_id}/receipt")).json()["receipt"]
        outcomes = {d["outcome"] for entry in receipt["instances"] for d in entry["destinations"]}
        assert outcomes == {"listed"}, "it gives nothing back, so nothing was compared"
        assert receipt["safe_to_delete"] is False
        assert orthanc.count() == 3
