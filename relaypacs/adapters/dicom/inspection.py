"""Inspection of a received file, or of a local one. Synchronous; the server runs it in child processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relaypacs.adapters.dicom.base import FileInspection, Span
from relaypacs.adapters.dicom.checks import SERIES, SOP_INSTANCE, STUDY, WANTED, legal_uid
from relaypacs.adapters.dicom.elements import Malformed
from relaypacs.adapters.dicom.instances import is_directory, judge
from relaypacs.adapters.dicom.limits import DEFAULT_LIMITS, Limits
from relaypacs.adapters.dicom.part10 import has_prefix, read_part10, read_to_pixels
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import Readable
from relaypacs.adapters.dicom.values import decode_attributes
from relaypacs.adapters.dicom.zipfiles import ZIP_MARKS
from relaypacs.adapters.dicom.zips import HEAD, inspect_zip, is_archive
from relaypacs.adapters.storage.base import StoredBlob


@dataclass(frozen=True, slots=True)
class LocalInstance:
    """What a local DICOM file says about itself, unchecked; UIDs that are missing or illegal are empty.

    `attributes` is as in `Inspected`.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PixelFingerprint:
    """What a read-back is compared by; `pixel_sha256` is as in `Inspected`."""

    transfer_syntax_uid: str
    sop_instance_uid: str
    pixel_sha256: str


def inspect_blob(blob: StoredBlob, limits: Limits = DEFAULT_LIMITS) -> FileInspection:
    """Judge every instance of a received file, as `Inspector` promises. Raises only what the blob raises."""
    with blob.open() as file:
        head = file.read(HEAD)
        if head.startswith(ZIP_MARKS) and not has_prefix(head):
            return inspect_zip(file, limits)
        return _inspect_plain(file, head, limits)


def _inspect_plain(file: BinaryIO, head: bytes, limits: Limits) -> FileInspection:
    file.seek(0)
    record = read_part10(file, WANTED, limits)
    if is_directory(record):
        return FileInspection((), skipped=1)
    if is_archive(head) and not has_prefix(head):
        record.fault = Malformed(Code.ARCHIVE_UNSUPPORTED)
    return FileInspection((judge(record, Span(0, record.size, record.size)),))


def read_attributes(path: Path) -> LocalInstance | None:
    """Read a local file up to its pixel data; None for a DICOMDIR, and for what is not DICOM. Raises OSError."""
    with path.open("rb") as file:
        record = read_to_pixels(file, WANTED, DEFAULT_LIMITS)
    if record.syntax is None or is_directory(record):
        return None
    attributes, _ = decode_attributes(record.values, big_endian=record.syntax.big_endian)
    return LocalInstance(
        study_instance_uid=legal_uid(record, STUDY),
        series_instance_uid=legal_uid(record, SERIES),
        sop_instance_uid=legal_uid(record, SOP_INSTANCE),
        attributes=attributes,
    )


def fingerprint(source: Readable, limits: Limits = DEFAULT_LIMITS) -> PixelFingerprint | None:
    """Read a Part 10 file that came back from a PACS; None when it cannot be read to its end."""
    record = read_part10(source, WANTED, limits)
    if record.fault or record.syntax is None:
        return None
    return PixelFingerprint(record.syntax.uid, legal_uid(record, SOP_INSTANCE), record.pixel_sha256)
