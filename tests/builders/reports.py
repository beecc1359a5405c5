"""Builders of reports that somebody else wrote: structured reports and encapsulated PDFs. No patient is behind any."""

from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.uid import UID, BasicTextSRStorage, EncapsulatedPDFStorage

from tests.builders.dicom import make_uid, write_dicom

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
IMPRESSION = "No fracture. Grüße, 放射線科."


def make_pdf_report(study_uid: str, pdf: bytes = PDF, number: int = 1) -> bytes:
    """Return an encapsulated PDF (PS3.3 A.45.1) as a Part 10 file."""
    dataset = _report(study_uid, EncapsulatedPDFStorage, "DOC", number)
    dataset.DocumentTitle = "CT report"
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return write_dicom(dataset)


def make_sr(
    study_uid: str,
    *,
    sop_class_uid: UID = BasicTextSRStorage,
    completion: str = "COMPLETE",
    verification: str = "VERIFIED",
    content: Sequence[Dataset] | None = None,
    number: int = 1,
) -> bytes:
    """Return a structured report (PS3.3 A.35) as a Part 10 file."""
    dataset = _report(study_uid, sop_class_uid, "SR", number)
    dataset.CompletionFlag, dataset.VerificationFlag = completion, verification
    dataset.ValueType = "CONTAINER"
    dataset.ConceptNameCodeSequence = [make_code("Radiology report")]
    dataset.ContentSequence = (
        list(content) if content is not None else [_findings(), make_text("Impression", IMPRESSION)]
    )
    return write_dicom(dataset)


def make_code(meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99TEST", meaning
    return code


def make_text(heading: str, text: str) -> Dataset:
    """Return a TEXT item of a content tree."""
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = [make_code(heading)]
    item.TextValue = text
    return item


def make_container(heading: str, *items: Dataset) -> Dataset:
    container = Dataset()
    container.RelationshipType, container.ValueType = "CONTAINS", "CONTAINER"
    container.ConceptNameCodeSequence = [make_code(heading)]
    container.ContentSequence = list(items)
    return container


def _findings() -> Dataset:
    measured = Dataset()
    measured.NumericValue = "7.5"
    measured.MeasurementUnitsCodeSequence = [make_code("mm")]
    length = Dataset()
    length.RelationshipType, length.ValueType = "CONTAINS", "NUM"
    length.ConceptNameCodeSequence = [make_code("Length")]
    length.MeasuredValueSequence = [measured]
    author = Dataset()
    author.RelationshipType, author.ValueType = "HAS OBS CONTEXT", "PNAME"
    author.ConceptNameCodeSequence = [make_code("Observer")]
    author.PersonName = "Lesender^Rolf"
    return make_container("Findings", make_text("Finding", "A nodule."), length, author)


def _report(study_uid: str, sop_class_uid: UID, modality: str, number: int) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID = make_uid("report", study_uid, modality, number)
    dataset.StudyInstanceUID = study_uid
    dataset.SeriesInstanceUID = make_uid("report series", study_uid, modality)
    dataset.Modality = modality
    dataset.StudyDate, dataset.AccessionNumber = "20240229", "ACC-0001"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = "Muster^Erika", "PAT-0001", "19700101"
    dataset.SeriesNumber, dataset.InstanceNumber = 99, number
    return dataset
