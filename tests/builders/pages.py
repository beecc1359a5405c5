"""Makes the source of a report's pages, without a gateway."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from relaypacs.features.reports.models import Report, ReportStatus, ReportVersion, VersionKind
from relaypacs.features.reports.schemas import ImageCounts, ReportRow
from relaypacs.features.reports.service.report_page import PageSource
from relaypacs.features.studies.models import ServiceLevel

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
REPORT, AUTHOR = UUID(int=1), UUID(int=2)


def make_version(kind: VersionKind = VersionKind.FINAL, number: int = 1, **words: Any) -> ReportVersion:
    text = {"findings": "No bleeding.", "impression": "Normal.", "recommendation": "", "is_critical": False, **words}
    facts = {"id": UUID(int=number), "report_id": REPORT, "author_id": AUTHOR, "signed_at": AT}
    return ReportVersion(kind=kind, number=number, **facts, **text)


def make_page_source(
    *versions: ReportVersion, author: str = "Dr. Anna Lesender", history: str = "Fell from a ladder.", **row: Any
) -> PageSource:
    """Return the source of the pages of these versions, the latest first; `row` are members of a list's row."""
    report = Report(
        id=REPORT, form={"clinical_history": history}, pacs_receipt_id="01a20e4b-563d-737a-942b-cc6f8255320d"
    )
    facts: dict[str, Any] = {
        "patient_name": "Muster^Erika",
        "patient_id": "PAT-0001",
        "patient_birth_date": "19700101",
        "patient_sex": "F",
        "study_instance_uid": "2.25.1",
        "study_date": "20240229",
        "modality": "CT",
        "body_part": "HEAD",
        "study_description": "Head native",
        "accession_number": "ACC-0001",
        "referring_physician": "Landarzt^Rosa",
        "site_name": "Hospital of the North",
        **row,
    }
    state = {"id": REPORT, "upload_id": UUID(int=3), "status": ReportStatus.READY, "site_id": UUID(int=4)}
    times = dict.fromkeys(("due_at", "created_at", "updated_at", "reported_at"), AT)
    flags = dict.fromkeys(("is_overdue", "is_critical", "has_history"), False)
    nobody = dict.fromkeys(("radiologist_id", "radiologist", "lock", "pdf_url", "critical_since"))
    images = ImageCounts(expected=3, verified=3)
    listed = ReportRow(**state, **times, **flags, **nobody, **facts, images=images, service_level=ServiceLevel.ROUTINE)
    return PageSource(report, listed, list(versions) or [make_version()], {AUTHOR: author})
