"""The sender of an upload is told what became of it: once, whoever and however many move it on."""

import asyncio
from uuid import UUID

import pytest

from relaypacs.features.uploads.service.settle import settle
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient, NamedBytes

PATIENT = "CANARY^JANE"
TWO_PATIENTS = [
    ("a.dcm", make_dicom(patient_id="CANARY-1", patient_name=PATIENT)),
    ("b.dcm", make_dicom(patient_id="CANARY-2", patient_name=PATIENT)),
]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (make_study(2, patient_name=PATIENT), "upload_complete"),
        (TWO_PATIENTS, "upload_held"),
        ([("CANARY.dcm", b"no DICOM")], "upload_failed"),
    ],
)
async def test_the_end_of_an_upload_is_told_once(gateway: GatewayClient, files: NamedBytes, kind: str) -> None:
    upload = await gateway.open(files)
    await gateway.send_chunks(upload, files)
    identifier = UUID(upload.upload_id)
    await asyncio.gather(
        *(gateway.complete(upload) for _ in range(10)),
        *(settle(gateway.infrastructure, identifier) for _ in range(10)),
    )
    await asyncio.gather(*(settle(gateway.infrastructure, identifier) for _ in range(10)))
    (told,) = (await gateway.http.get("/notifications")).json()["items"]
    assert (told["type"], told["related_id"], told["is_read"]) == (kind, upload.upload_id, False)
    assert "CANARY" not in str(told)
