"""A PDF as an instance: every attribute that PS3.3 A.45.1 demands, the same bytes each time, the PDF unchanged."""

import io
import warnings
from dataclasses import replace
from datetime import UTC, datetime

import pydicom
import pytest
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.adapters.dicom.encapsulated import ENCAPSULATED_PDF, Code, PdfDocument, derived_uid, encapsulate_pdf
from relaypacs.adapters.dicom.inspection import inspect_blob
from tests.adapters.dicom.blobs import BytesBlob
from tests.builders.dicom import make_uid
from tests.builders.reports import PDF

# By module: Patient (C.7.1.1), General Study (C.7.2.1), Encapsulated Document Series (C.24.1), General Equipment
# (C.7.5.1), SC Equipment (C.8.6.1), Encapsulated Document (C.24.2), SOP Common (C.12.1).
TYPE_1 = (
    *("StudyInstanceUID", "Modality", "SeriesInstanceUID", "SeriesNumber", "ConversionType", "InstanceNumber"),
    *("BurnedInAnnotation", "MIMETypeOfEncapsulatedDocument", "EncapsulatedDocument", "SOPClassUID", "SOPInstanceUID"),
    "SpecificCharacterSet",  # type 1C: the text is not ASCII
)
TYPE_2 = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber"),
    *("Manufacturer", "ContentDate", "ContentTime", "AcquisitionDateTime", "DocumentTitle", "ConceptNameCodeSequence"),
)
DOCUMENT = PdfDocument(
    study_instance_uid=make_uid("study"),
    series_instance_uid=derived_uid("series"),
    sop_instance_uid=derived_uid("instance"),
    study={"PatientName": "Łódź^Ä=山田^太郎", "PatientID": "PAT-0001", "StudyDate": "20240229", "StudyID": "7"},
    series_number=9001,
    series_description="Reports",
    instance_number=2,
    title="Radiology report",
    concept=Code("18748-4", "LN", "Diagnostic Imaging Report"),
    is_verified=True,
    written_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    pdf=PDF,
)


def read(document: PdfDocument) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(encapsulate_pdf(document)))


def test_every_attribute_is_there_that_must_be() -> None:
    for study in (DOCUMENT.study, {}):
        found = read(replace(DOCUMENT, study=study))
        assert [keyword for keyword in TYPE_1 if not found.get(keyword)] == []
        assert [keyword for keyword in TYPE_2 if keyword not in found] == []
    code = found.ConceptNameCodeSequence[0]
    assert (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning) == (
        "18748-4",
        "LN",
        "Diagnostic Imaging Report",
    )


def test_it_says_what_the_study_says_and_nothing_else_of_the_patient() -> None:
    found = read(DOCUMENT)
    assert (found.SOPClassUID, found.Modality, found.SpecificCharacterSet) == (
        EncapsulatedPDFStorage,
        "DOC",
        "ISO_IR 192",
    )
    assert EncapsulatedPDFStorage == ENCAPSULATED_PDF
    assert (str(found.PatientName), found.PatientID, found.StudyID) == ("Łódź^Ä=山田^太郎", "PAT-0001", "7")
    assert (found.PatientBirthDate, found.AccessionNumber) == ("", "")
    assert (found.ContentDate, found.AcquisitionDateTime) == ("20260304", "20260304050607+0000")
    assert "IssuerOfPatientID" not in found
    assert read(replace(DOCUMENT, is_verified=False)).VerificationFlag == "UNVERIFIED"


@pytest.mark.parametrize("extra", [b"", b"\n"], ids=["even", "odd"])
def test_the_pdf_is_in_it_as_it_is(extra: bytes) -> None:
    pdf = PDF + extra
    found = read(replace(DOCUMENT, pdf=pdf))
    assert found.EncapsulatedDocument[: found.EncapsulatedDocumentLength] == pdf
    assert found.EncapsulatedDocument[len(pdf) :] in (b"", b"\0")


def test_the_same_document_has_the_same_bytes_and_passes_our_own_check() -> None:
    content = encapsulate_pdf(DOCUMENT)
    assert content == encapsulate_pdf(DOCUMENT)
    (found,) = inspect_blob(BytesBlob(content)).instances
    assert (found.verdict, found.reasons) == (Verdict.ACCEPTED, ())
    assert found.transfer_syntax_uid == ExplicitVRLittleEndian


def test_what_the_study_says_wrongly_is_repeated_without_a_word() -> None:
    """A PACS joins what has the same values, and a warning would have the patient's name in it."""
    wrong = {
        "PatientID": "x" * 70,
        "PatientBirthDate": "1970-01-01?",
        "PatientName": "a^b^c^d^e^f",
        "StudyTime": "late",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = encapsulate_pdf(replace(DOCUMENT, study=wrong))
    for value in wrong.values():
        assert value.encode() in content


def test_derived_uids_are_legal_and_differ_where_their_parts_do() -> None:
    uids = {derived_uid("a", "bc"), derived_uid("ab", "c"), derived_uid("a", "bc", "")}
    assert len(uids) == 3
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)
    assert derived_uid("a", "bc") in uids
