"""What must be right in an instance before it may be forwarded, beyond being readable."""

import re
from collections.abc import Iterator

from pydicom.datadict import dictionary_VR

from relaypacs.adapters.dicom.geometry import PIXEL_DESCRIPTION, pixel_faults, pixel_warnings
from relaypacs.adapters.dicom.part10 import META_LENGTH, META_SOP_CLASS, META_SOP_INSTANCE, Part10
from relaypacs.adapters.dicom.reasons import Code, Finding
from relaypacs.adapters.dicom.values import (
    ATTRIBUTE_TAGS,
    PADDING,
    SPECIFIC_CHARACTER_SET,
    clean_uid,
    is_legal_uid,
    tag_of,
)

CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
SUPERFLUOUS_ZERO = re.compile(r"(^|\.)0[0-9]")

SOP_CLASS, SOP_INSTANCE = tag_of("SOPClassUID"), tag_of("SOPInstanceUID")
STUDY, SERIES = tag_of("StudyInstanceUID"), tag_of("SeriesInstanceUID")
IDENTITY = {
    SOP_CLASS: "SOP class UID",
    SOP_INSTANCE: "SOP instance UID",
    STUDY: "study instance UID",
    SERIES: "series instance UID",
}
EXPECTED = {
    tag_of("StudyDate"): "study date",
    tag_of("PatientID"): "patient ID",
    tag_of("PatientName"): "patient name",
}
# The VRs that a wanted value may have: none in implicit VR, UN where a system lost it. Among kinds of text, many
# writers choose freely.
_LOST = (b"", b"UN")
_NUMBERS = frozenset({*_LOST, b"US"})
_TEXTS = frozenset({*_LOST, *b"AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split()})
WANTED = {
    tag: _NUMBERS if dictionary_VR(tag) == "US" else _TEXTS
    for tag in (*IDENTITY, *ATTRIBUTE_TAGS, *PIXEL_DESCRIPTION, SPECIFIC_CHARACTER_SET)
}


def legal_uid(record: Part10, tag: int) -> str:
    """Return a UID if it is one: whatever else stands in its place must not become a name anywhere."""
    uid = clean_uid(record.values.get(tag, b""))
    return uid if is_legal_uid(uid) else ""


def faults(record: Part10) -> Iterator[Finding]:
    """Yield what forbids to forward an instance that could be read to its end."""
    for tag, name in IDENTITY.items():
        if not clean_uid(record.values.get(tag, b"")):
            yield Code.UID_MISSING, name
        elif not legal_uid(record, tag):
            yield Code.UID_ILLEGAL, name
    if CONTROL.search(record.values.get(SPECIFIC_CHARACTER_SET, b"").rstrip(PADDING)):  # brings some readers down
        yield Code.ELEMENT_BROKEN, "SpecificCharacterSet"
    yield from pixel_faults(record)


def warnings(record: Part10) -> Iterator[Finding]:
    """Yield what a person should know about an instance that may be forwarded."""
    yield from _header_warnings(record)
    yield from pixel_warnings(record)
    for tag, name in IDENTITY.items():
        if SUPERFLUOUS_ZERO.search(clean_uid(record.values[tag])):
            yield Code.UID_LEADING_ZERO, name
    for tag, name in EXPECTED.items():
        if not clean_uid(record.values.get(tag, b"")):
            yield Code.ATTRIBUTE_MISSING, name
    if not record.in_order:
        yield Code.ELEMENT_ORDER, ""
    if record.odd:
        yield Code.VALUE_ODD, ""
    if record.padding:
        yield Code.TRAILING_PADDING, ""
    if record.implicit_unannounced:
        yield Code.VR_MISSING, ""
    if record.syntax and not record.syntax.known:
        yield Code.TRANSFER_SYNTAX_NEW if record.syntax.standard else Code.TRANSFER_SYNTAX_PRIVATE, ""


def _header_warnings(record: Part10) -> Iterator[Finding]:
    if record.foreign_preamble:
        yield Code.PREAMBLE_NEUTRALISED, ""
    if META_LENGTH not in record.meta:
        yield Code.META_LENGTH_MISSING, ""
    elif not record.meta_length_right:
        yield Code.META_LENGTH_WRONG, ""
    for meta_tag, tag in ((META_SOP_CLASS, SOP_CLASS), (META_SOP_INSTANCE, SOP_INSTANCE)):
        announced = clean_uid(record.meta.get(meta_tag, b""))
        if not announced:
            yield Code.META_UID_MISSING, IDENTITY[tag]
        elif announced != clean_uid(record.values[tag]):
            yield Code.META_UID_DIFFERS, IDENTITY[tag]
