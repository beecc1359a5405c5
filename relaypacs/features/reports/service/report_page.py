"""A signed report as pages: what is printed of it, and how."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import segno

from relaypacs.adapters.pdf.scripts import can_show, direction_of
from relaypacs.adapters.pdf.typesetter import Typesetter
from relaypacs.features.reports.models import Report, ReportVersion, VersionKind
from relaypacs.features.reports.schemas import ReportRow
from relaypacs.features.reports.service.views import digest_of

STATES = {VersionKind.PRELIMINARY: "preliminary, it may still change", VersionKind.FINAL: "final"}
HEADINGS = {"findings": "Findings", "impression": "Impression", "recommendation": "Recommendation"}
SEXES = {"F": "female", "M": "male", "O": "other"}
NOT_WHOLE = (
    "This report holds letters of a script that cannot be shown here: they are missing below. Read it in the gateway."
)
BROUGHT = "The report itself was brought as a PDF, which is kept unchanged. SHA-256: {sha256}"


@dataclass(frozen=True, slots=True)
class PageSource:
    """What a page is made of: the report, and what of it was signed, the latest first, with its authors' names."""

    report: Report
    row: ReportRow
    versions: Sequence[ReportVersion]
    authors: Mapping[UUID, str]


async def report_page(typesetter: Typesetter, source: PageSource) -> bytes:
    """Return the PDF of a report as its latest version has it. Raises TypesettingFailed."""
    facts = page_facts(source, await typesetter.scripts())
    return await typesetter.pdf(_template(), facts, _signed_at(source.versions[0]))


def page_facts(source: PageSource, scripts: Collection[str]) -> dict[str, Any]:
    """Return what the template prints where letters of these scripts can be shown: addenda above what they add to."""
    latest = source.versions[0]
    addenda = [version for version in source.versions if version.kind is VersionKind.ADDENDUM]
    body = next(version for version in source.versions if version.kind is not VersionKind.ADDENDUM)
    facts = {
        "title": f"Radiology report {source.report.id}",
        "report_id": str(source.report.id),
        "patient": _directed(" · ".join(filter(None, (shown_name(source.row.patient_name), source.row.patient_id)))),
        "site": _directed(source.row.site_name),
        "state": STATES[body.kind] + (f", with {len(addenda)} addenda" if len(addenda) > 1 else ", with an addendum")
        if addenda
        else STATES[body.kind],
        "header": [[name, _directed(value)] for name, value in _header(source).items() if value],
        "is_critical": any(version.is_critical for version in (body, *addenda)),
        "addenda": [{"number": each.number, **_version(each, source.authors)} for each in addenda],
        **_version(body, source.authors),
        "brought": BROUGHT.format(sha256=body.pdf_sha256) if body.is_pdf_brought else "",
        "qr": _code(f"RELAYPACS-REPORT {source.report.id} {latest.kind.value} {latest.number} {digest_of(latest)}"),
    }
    return {**facts, "note": "" if can_show(_texts(facts), scripts) else NOT_WHOLE}


def shown_name(name: str) -> str:
    """Return a person name (PS3.5 6.2.1) as people write it: family name first, other scripts in parentheses."""
    alphabetic, *others = [[part.strip() for part in group.split("^")][:3] for group in name.split("=")]
    first = ", ".join(filter(None, (alphabetic[0], " ".join(filter(None, alphabetic[1:])))))
    rest = " · ".join(filter(None, (" ".join(filter(None, parts)) for parts in others)))
    return f"{first} ({rest})" if first and rest else first or rest


@cache
def _template() -> str:
    return (files("relaypacs.features.reports") / "report.typ").read_text()


def _header(source: PageSource) -> dict[str, str | None]:
    row, form = source.row, source.report.form
    born = " ".join(filter(None, (_day(row.patient_birth_date), SEXES.get(row.patient_sex or "", row.patient_sex))))
    study = ", ".join(filter(None, (row.modality, row.study_description, row.body_part)))
    return {
        "Patient": shown_name(row.patient_name),
        "Patient ID": row.patient_id,
        "Born, sex": born,
        "Study": study,
        "Study of": _day(row.study_date),
        "Accession number": row.accession_number,
        "Referred by": shown_name(row.referring_physician or ""),
        "Clinical history": form.get("clinical_history"),
        "Custody receipt": source.report.pacs_receipt_id,
    }


def _version(version: ReportVersion, authors: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "sections": [
            {"heading": heading, "paragraphs": _paragraphs(text)}
            for name, heading in HEADINGS.items()
            if (text := getattr(version, name))
        ],
        "author": authors[version.author_id],
        "signed_at": f"{_signed_at(version):%Y-%m-%d %H:%M} UTC",
    }


def _signed_at(version: ReportVersion) -> datetime:
    if version.signed_at is None:
        raise ValueError("a draft has no page")
    return version.signed_at


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Return the lines of a text that are not empty; the first one after an empty line opens something new."""
    lines = text.splitlines()
    return [
        {**_directed(line), "opens": number > 0 and not lines[number - 1].strip()}
        for number, line in enumerate(lines)
        if line.strip()
    ]


def _directed(text: str) -> dict[str, str]:
    return {"text": text, "dir": direction_of(text)}


def _texts(facts: Any) -> list[str]:
    """Return every text of the facts but the picture."""
    if isinstance(facts, dict):
        return [text for name, value in facts.items() if name != "qr" for text in _texts(value)]
    if isinstance(facts, list):
        return [text for value in facts for text in _texts(value)]
    return [facts] if isinstance(facts, str) else []


def _day(date: str | None) -> str:
    """Return a DA value (PS3.5 6.2) as it is written elsewhere."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if date and len(date) == len("YYYYMMDD") else date or ""


def _code(text: str) -> str:
    """Return a QR code (ISO/IEC 18004) as SVG."""
    target = io.BytesIO()
    segno.make_qr(text, error="m").save(target, kind="svg", border=2, xmldecl=False)
    return target.getvalue().decode()
