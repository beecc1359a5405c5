"""The verdict on one instance: read it, check it, decode what is shown of it."""

from collections.abc import Iterable
from dataclasses import replace

from pydicom.datadict import keyword_for_tag

from relaypacs.adapters.dicom.base import Inspected, Reason, Span, Verdict
from relaypacs.adapters.dicom.checks import SERIES, SOP_CLASS, SOP_INSTANCE, STUDY, faults, legal_uid, warnings
from relaypacs.adapters.dicom.part10 import META_SOP_CLASS, Part10
from relaypacs.adapters.dicom.reasons import Code, Finding, reason
from relaypacs.adapters.dicom.syntaxes import DICOM_ROOT
from relaypacs.adapters.dicom.values import clean_uid, decode_attributes

DICOMDIR_CLASS = DICOM_ROOT + "1.3.10"


def is_directory(record: Part10) -> bool:
    """Tell whether the file is a DICOMDIR, the table of contents of a CD (PS3.10 8.6).

    The data set's own class counts, if it has one: an image must not be passed over for what its header says.
    """
    said = record.values.get(SOP_CLASS) or record.meta.get(META_SOP_CLASS, b"")
    return clean_uid(said) == DICOMDIR_CLASS


def judge(record: Part10, span: Span, member: str | None = None) -> Inspected:
    """Return the verdict on what was read; `span` is where it was read from."""
    big_endian = bool(record.syntax and record.syntax.big_endian)
    attributes, readable = decode_attributes(record.values, big_endian=big_endian)
    if reasons := _reasons(_faults(record)):
        verdict = Verdict.REJECTED
    else:
        reasons = _reasons(warnings(record))
        if not readable:
            reasons += (reason(Code.TEXT_UNREADABLE),)
        verdict = Verdict.WARNING if reasons else Verdict.ACCEPTED
    return Inspected(
        member=member,
        span=replace(span, neutralise_preamble=record.foreign_preamble),
        sha256=record.sha256,
        verdict=verdict,
        reasons=reasons,
        sop_class_uid=legal_uid(record, SOP_CLASS),
        sop_instance_uid=legal_uid(record, SOP_INSTANCE),
        transfer_syntax_uid=record.syntax.uid if record.syntax else "",
        study_instance_uid=legal_uid(record, STUDY),
        series_instance_uid=legal_uid(record, SERIES),
        pixel_sha256=record.pixel_sha256,
        attributes=attributes,
    )


def reject(code: Code, span: Span, member: str) -> Inspected:
    """Return the verdict on what was not even read."""
    return Inspected(member=member, span=span, sha256="", verdict=Verdict.REJECTED, reasons=(reason(code),))


def _faults(record: Part10) -> Iterable[Finding]:
    if record.fault is None:
        return faults(record)
    tag = record.fault.tag
    name = "" if tag is None else keyword_for_tag(tag) or f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return [(record.fault.code, name)]


def _reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    return tuple(reason(code, what) for code, what in findings)
