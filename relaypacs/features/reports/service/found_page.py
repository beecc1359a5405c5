"""A structured report that was found, as pages that a person reads."""

import unicodedata
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from relaypacs.adapters.dicom.base import FoundDocument
from relaypacs.adapters.pdf.typesetter import Typesetter

UNTITLED = "Report"
PRELIMINARY = "not verified by its author: preliminary"
VERIFIED = "verified by its author"
# The scripts of the fonts that Typst carries; a letter of another one would be an empty box.
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW")
NOT_WHOLE = (
    "This report holds letters of a script that cannot be shown here: they are missing below. Read it in the PACS."
)
SOURCE = "Written elsewhere, found in the PACS as a DICOM structured report, set by RelayPACS"


async def found_page(typesetter: Typesetter, document: FoundDocument, found_at: datetime) -> bytes:
    """Return the PDF of a structured report. Raises TypesettingFailed."""
    return await typesetter.pdf(_template(), page_facts(document), found_at)


def page_facts(document: FoundDocument) -> dict[str, Any]:
    """Return what the template prints."""
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
        "note": "" if _can_be_shown(document) else NOT_WHOLE,
        "lines": [{"depth": line.depth, "heading": line.heading, "text": line.text} for line in document.lines],
        "source": SOURCE,
    }


@cache
def _template() -> str:
    return (files("relaypacs.features.reports") / "found_report.typ").read_text()


def _day(date: str) -> str:
    """Return a DA value (PS3.5 6.2) as it is written elsewhere."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == len("YYYYMMDD") and date.isdigit() else date


def _can_be_shown(document: FoundDocument) -> bool:
    words = [document.title, document.patient_name, *(f"{line.heading} {line.text}" for line in document.lines)]
    letters = {letter for word in words for letter in word if unicodedata.category(letter).startswith("L")}
    return all(unicodedata.name(letter, "").startswith(SCRIPTS) for letter in letters - {"ª", "º", "µ"})
