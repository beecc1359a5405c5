"""A structured report that was found, as pages that a person reads."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from relaypacs.adapters.dicom.base import FoundDocument
from relaypacs.adapters.pdf.scripts import can_show
from relaypacs.adapters.pdf.typesetter import Typesetter

UNTITLED = "Report"
PRELIMINARY = "not verified by its author: preliminary"
VERIFIED = "verified by its author"
NOT_WHOLE = (
    "This report holds letters of a script that cannot be shown here: they are missing below. Read it in the PACS."
)
SOURCE = "Written elsewhere, found in the PACS as a DICOM structured report, set by RelayPACS"


async def found_page(typesetter: Typesetter, document: FoundDocument, found_at: datetime) -> bytes:
    """Return the PDF of a structured report. Raises TypesettingFailed."""
    return await typesetter.pdf(_template(), page_facts(document, await typesetter.scripts()), found_at)


def page_facts(document: FoundDocument, scripts: Collection[str]) -> dict[str, Any]:
    """Return what the template prints where letters of these scripts can be shown."""
    header = {
        "Patient": document.patient_name,
        "Patient ID": document.patient_id,
        "Born": _day(document.patient_birth_date),
        "Study of": _day(document.study_date),
        "Accession number": document.accession_number,
        "State": VERIFIED if document.is_verified else PRELIMINARY,
    }
    return {
        "title": document.title or UNTITLED,
        "header": [[name, value] for name, value in header.items() if value],
        "note": "" if can_show(_words(document), scripts) else NOT_WHOLE,
        "lines": [{"depth": line.depth, "heading": line.heading, "text": line.text} for line in document.lines],
        "source": SOURCE,
    }


@cache
def _template() -> str:
    return (files("relaypacs.features.reports") / "found_report.typ").read_text()


def _day(date: str) -> str:
    """Return a DA value (PS3.5 6.2) as it is written elsewhere."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == len("YYYYMMDD") and date.isdigit() else date


def _words(document: FoundDocument) -> list[str]:
    return [document.title, document.patient_name, *(f"{line.heading} {line.text}" for line in document.lines)]
