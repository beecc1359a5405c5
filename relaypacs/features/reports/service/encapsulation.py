"""What was signed of a report, as an instance of its study."""

from relaypacs.adapters.dicom.encapsulated import Code, PdfDocument, derived_uid
from relaypacs.features.reports.models import ReportVersion, VersionKind
from relaypacs.features.studies.models import Study

SERIES_NUMBER = 9001  # above what devices give
SERIES_DESCRIPTION = "Reports"
# Of CID 7000 (PS3.16). The pages of an addendum show the whole report: they are one too.
CONCEPT = Code("18748-4", "LN", "Diagnostic Imaging Report")
TITLES = {
    VersionKind.PRELIMINARY: "Preliminary radiology report {number}",
    VersionKind.FINAL: "Radiology report",
    VersionKind.ADDENDUM: "Radiology report with addendum {number}",
}


def reports_series(gateway: str, study_instance_uid: str) -> str:
    """Return the SeriesInstanceUID of all that a gateway's radiologists write about a study.

    Known from the study alone, so that a gateway knows its own reports in a PACS again though it has lost all memory of
    them. `gateway` is the public key of its receipts, which it has as long as its secret key.
    """
    return derived_uid("series of reports", gateway, study_instance_uid)


def version_document(version: ReportVersion, study: Study, pdf: bytes, *, gateway: str, number: int) -> PdfDocument:
    """Return what a signed version is to others; `number` counts what was signed about the study."""
    if version.signed_at is None:
        raise ValueError("a draft is nobody else's concern")
    return PdfDocument(
        study_instance_uid=study.study_instance_uid,
        series_instance_uid=reports_series(gateway, study.study_instance_uid),
        sop_instance_uid=derived_uid("report version", str(version.id)),
        study=study.attributes,
        series_number=SERIES_NUMBER,
        series_description=SERIES_DESCRIPTION,
        instance_number=number,
        title=TITLES[version.kind].format(number=version.number),
        concept=CONCEPT,
        is_verified=version.kind is not VersionKind.PRELIMINARY,
        written_at=version.signed_at,
        pdf=pdf,
    )
