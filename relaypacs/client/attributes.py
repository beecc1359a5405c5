"""Reads from local files the few attributes that an upload is announced with, the way the gateway reads them."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from relaypacs.adapters.dicom.checks import STUDY, WANTED, legal_uid
from relaypacs.adapters.dicom.instances import is_directory
from relaypacs.adapters.dicom.limits import DEFAULT_LIMITS
from relaypacs.adapters.dicom.part10 import has_prefix, read_to_pixels
from relaypacs.adapters.dicom.streams import Readable
from relaypacs.adapters.dicom.values import decode_attributes

HEAD = 132  # bytes that show whether a file claims to be DICOM (PS3.10 7.1)
STUDY_UID = "StudyInstanceUID"


def read_attributes(source: Readable) -> Mapping[str, str] | None:
    """Return keyword → text of what a DICOM file says, or None for a DICOMDIR, which is no instance (PS3.10 8.6).

    A file that can't be read any further than some byte gives what could be read of it: whether it is
    acceptable is for the gateway to say. StudyInstanceUID is absent where it is missing or illegal. Pixel data
    is not read. Raises only what `source` raises.
    """
    record = read_to_pixels(source, WANTED, DEFAULT_LIMITS)
    if record.syntax is None:
        return {}
    if is_directory(record):
        return None
    attributes, _ = decode_attributes(record.values, big_endian=record.syntax.big_endian)
    uid = legal_uid(record, STUDY)
    return {**attributes, STUDY_UID: uid} if uid else attributes


def read_zip_attributes(path: Path) -> Mapping[str, str] | None:
    """Return the attributes of the first DICOM member, or None for a ZIP without any (or none that opens)."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.is_dir() or member.flag_bits & 1:  # bit 0: encrypted (APPNOTE 4.4.4)
                    continue
                with archive.open(member) as file:
                    if not has_prefix(file.read(HEAD)):
                        continue
                    file.seek(0)
                    attributes = read_attributes(file)
                if attributes is not None:
                    return attributes
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        return None
    return None
