"""Instances on their way out, made from the bytes of a file, and what tests ask of a destination."""

import io
from collections.abc import AsyncIterator, Callable, Sequence

import httpx
import pydicom

from relaypacs.adapters.pacs.base import InstanceKey, OutgoingInstance, Pacs, StoreOutcome, StoreStatus
from tests.builders.dicom import make_uid, write_dicom

PIECE = 64 * 1024
IMPATIENT = httpx.Timeout(2, pool=None)  # long enough for a busy machine, short beside a stall


def outgoing(content: bytes, **replaced: object) -> OutgoingInstance:
    """Return `content` as an instance, read in pieces; `replaced` are fields that shall be otherwise."""
    data_set = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)
    fields: dict[str, object] = {
        "key": InstanceKey(data_set.StudyInstanceUID, data_set.SeriesInstanceUID, data_set.SOPInstanceUID),
        "sop_class_uid": str(data_set.SOPClassUID),
        "transfer_syntax_uid": str(data_set.file_meta.TransferSyntaxUID),
        "size": len(content),
        "open": reading(content),
    }
    return OutgoingInstance(**fields | replaced)  # type: ignore[arg-type]


def make_document(study_instance_uid: str, sop_class_uid: str, modality: str) -> bytes:
    """Return a file without pixels, of this class, in a series of its own."""
    document = pydicom.Dataset()
    document.SOPClassUID, document.Modality = sop_class_uid, modality
    document.StudyInstanceUID, document.SeriesInstanceUID = study_instance_uid, make_uid(f"{modality} series")
    document.SOPInstanceUID = make_uid(f"{modality} of {study_instance_uid}")
    document.PatientName, document.PatientID = "Muster^Eva", "P1"
    return write_dicom(document)


def reading(content: bytes, fault: Exception | None = None) -> Callable[[], AsyncIterator[bytes]]:
    """Return an `open` that yields `content`, and then raises `fault`."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]
        if fault:
            raise fault

    return pieces


def uid(instance: OutgoingInstance) -> str:
    return instance.key.sop_instance_uid


async def store_all(pacs: Pacs, instances: Sequence[OutgoingInstance]) -> dict[str, StoreOutcome]:
    """Store, and return the outcomes by SOPInstanceUID; there must be one for each instance."""
    outcomes = [outcome async for outcome in pacs.store(instances)]
    assert sorted(outcome.sop_instance_uid for outcome in outcomes) == sorted(
        instance.key.sop_instance_uid for instance in instances
    )
    return {outcome.sop_instance_uid: outcome for outcome in outcomes}


async def statuses(pacs: Pacs, instances: Sequence[OutgoingInstance]) -> list[StoreStatus]:
    """Store, and return what became of each instance, in the order given."""
    outcomes = await store_all(pacs, instances)
    return [outcomes[instance.key.sop_instance_uid].status for instance in instances]


async def read_back(pacs: Pacs, key: InstanceKey) -> bytes:
    return b"".join([piece async for piece in pacs.retrieve(key)])
