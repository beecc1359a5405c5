"""Reads from the beginning of an instance whose it is, and what the upload form says about it."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from relaypacs.adapters.dicom.announcement import Order, ServiceLevel, announce
from relaypacs.adapters.dicom.checks import SOP_CLASS, SOP_INSTANCE, STUDY, WANTED, legal_uid
from relaypacs.adapters.dicom.limits import DEFAULT_LIMITS, MIB
from relaypacs.adapters.dicom.part10 import Part10, read_to_pixels
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.values import PADDING, decode_attributes, tag_of
from relaypacs.features.uploads.schemas import StudyMetadata

FIRST_LOOK = 64 * 1024
LAST_LOOK = 4 * MIB  # nothing that identifies an instance stands further behind
PRIORITY = tag_of("RequestedProcedurePriority")
HEAD_WANTED = {**WANTED, PRIORITY: WANTED[STUDY]}
# What a modality worklist calls urgent (PS3.3 C.4.11, Requested Procedure Priority).
SERVICE_LEVELS: Mapping[str, ServiceLevel] = {"STAT": "stat", "HIGH": "emergency"}


@dataclass(frozen=True, slots=True)
class Head:
    """What the beginning says. UIDs are legal, or empty; `attributes` maps DICOM keywords to text."""

    study_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str
    attributes: Mapping[str, str]
    priority: str

    def form(self, today: date) -> tuple[StudyMetadata, tuple[str, ...]]:
        """Return the upload form as the instance fills it in, and a sentence for each fallback."""
        order = Order(service_level=SERVICE_LEVELS.get(self.priority, "routine"))
        modality = self.attributes.get("Modality", "")
        announced = announce(self.attributes, {modality: 1} if modality else {}, order, today)
        return _valid(announced.metadata, announced.warnings)


def _valid(metadata: Mapping[str, Any], warnings: tuple[str, ...]) -> tuple[StudyMetadata, tuple[str, ...]]:
    """Return the form without what it does not take: the files' own words are stored beside it."""
    try:
        return StudyMetadata.model_validate(metadata), warnings
    except ValidationError as error:
        refused = {str(item["loc"][0]) for item in error.errors()}
    if "patient_name" in refused:
        metadata = {**metadata, "patient_name": "UNKNOWN"}
        refused.discard("patient_name")
    kept = {name: value for name, value in metadata.items() if name not in refused}
    return StudyMetadata.model_validate(kept), (*warnings, "Some of what the files say does not fit into the form.")


async def read_head(content: AsyncIterator[bytes]) -> tuple[Head | None, bytes]:
    """Read as much of `content` as it takes; return what was read too. None for what is not DICOM, or of no study."""
    read = bytearray()
    wanted, is_whole = FIRST_LOOK, False
    while True:
        while len(read) < wanted and not is_whole:
            piece = await anext(content, None)
            is_whole = piece is None
            read += piece or b""
        record = await asyncio.to_thread(read_to_pixels, io.BytesIO(read), HEAD_WANTED, DEFAULT_LIMITS)
        lacks_more = record.fault is not None and record.fault.code is Code.TRUNCATED
        if is_whole or not lacks_more or len(read) >= LAST_LOOK:
            return _head(record), bytes(read)
        wanted = len(read) * 4


def _head(record: Part10) -> Head | None:
    study = legal_uid(record, STUDY)
    if record.syntax is None or not study:
        return None
    attributes, _ = decode_attributes(record.values, big_endian=record.syntax.big_endian)
    return Head(
        study_instance_uid=study,
        sop_class_uid=legal_uid(record, SOP_CLASS),
        sop_instance_uid=legal_uid(record, SOP_INSTANCE),
        attributes=attributes,
        priority=record.values.get(PRIORITY, b"").strip(PADDING).decode("latin-1").upper(),
    )
