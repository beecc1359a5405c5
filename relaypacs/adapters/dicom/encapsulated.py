"""A PDF as an instance of a study: Encapsulated PDF Storage (PS3.3 A.45.1)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from pydicom import config
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from relaypacs.adapters.dicom.syntaxes import DICOM_ROOT
from relaypacs.adapters.dicom.values import tag_of

ENCAPSULATED_PDF = DICOM_ROOT + "5.1.4.1.1.104.1"
# The patient and the study, as the study's other instances say them; where they are silent, so is this one.
OF_STUDY = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"),
)
OF_STUDY_IF_KNOWN = ("IssuerOfPatientID", "StudyDescription")
NAMESPACE = UUID("6f1d6c0e-3b0f-4f8e-9a52-8d5b3c2f7e41")


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept (PS3.3 8.8)."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """What becomes an instance. `study` maps keywords to what the study's instances say."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    study: Mapping[str, str]
    series_number: int
    series_description: str
    instance_number: int
    title: str
    concept: Code
    is_verified: bool  # attested by somebody who answers for it (0040,A493)
    written_at: datetime
    pdf: bytes = field(repr=False)


def derived_uid(*parts: str) -> str:
    """Return the UID that these parts, and no others, always give (PS3.5 B.2, from a UUID of RFC 9562 5.5)."""
    return f"2.25.{uuid5(NAMESPACE, chr(0).join(parts)).int}"


def encapsulate_pdf(document: PdfDocument) -> bytes:
    """Return the instance as a Part 10 file: for the same document the same bytes."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = UID(ENCAPSULATED_PDF)
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(document.sop_instance_uid)
    for keyword, value in (_of_study(document.study) | _own(document)).items():
        # As it stands in the other files, right or wrong: nothing is to be checked, or warned of with a patient's name.
        element = DataElement(tag_of(keyword), dictionary_VR(keyword), value, validation_mode=config.IGNORE)
        dataset.add(element)
    dataset.ConceptNameCodeSequence = [_code(document.concept)]
    target = io.BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


def _of_study(said: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {keyword: said.get(keyword, "") for keyword in OF_STUDY}
    return values | {keyword: said[keyword] for keyword in OF_STUDY_IF_KNOWN if said.get(keyword)}


def _own(document: PdfDocument) -> dict[str, object]:
    """Return what the document says about itself, module by module."""
    day, time = f"{document.written_at:%Y%m%d}", f"{document.written_at:%H%M%S}"
    return {
        # SOP Common (PS3.3 C.12.1)
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": ENCAPSULATED_PDF,
        "SOPInstanceUID": document.sop_instance_uid,
        "InstanceCreationDate": day,
        "InstanceCreationTime": time,
        # General Study (C.7.2.1), Encapsulated Document Series (C.24.1)
        "StudyInstanceUID": document.study_instance_uid,
        "SeriesInstanceUID": document.series_instance_uid,
        "Modality": "DOC",
        "SeriesNumber": document.series_number,
        "SeriesDescription": document.series_description,
        # General Equipment (C.7.5.1), SC Equipment (C.8.6.1)
        "Manufacturer": "RelayPACS",
        "ManufacturerModelName": "RelayPACS Gateway",
        "ConversionType": "WSD",
        # Encapsulated Document (C.24.2)
        "InstanceNumber": document.instance_number,
        "ContentDate": day,
        "ContentTime": time,
        "AcquisitionDateTime": f"{document.written_at:%Y%m%d%H%M%S%z}",
        "BurnedInAnnotation": "YES",
        "DocumentTitle": document.title,
        "VerificationFlag": "VERIFIED" if document.is_verified else "UNVERIFIED",
        "MIMETypeOfEncapsulatedDocument": "application/pdf",
        "EncapsulatedDocumentLength": len(document.pdf),  # what follows is padding
        "EncapsulatedDocument": document.pdf + bytes(len(document.pdf) % 2),
    }


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme, code.meaning
    return item
