"""Reports that somebody else wrote: encapsulated PDFs (PS3.3 A.45.1) and structured reports (PS3.3 C.17.3).

Runs in the inspecting process, which bounds time and memory.
"""

from collections.abc import Iterator

import pydicom
from pydicom.dataset import Dataset

from relaypacs.adapters.dicom.base import DocumentLine, FoundDocument
from relaypacs.adapters.storage.base import StoredBlob

MOST_ITEMS = 5_000
MOST_CHARACTERS = 200_000
DEEPEST = 16
PDF_MARK = b"%PDF-"
ANGLES = str.maketrans("^=", "  ")
# What the content of an SR says, by its value type (PS3.3 C.17.3.2.1); others point to images or hold measures of them.
PLAIN_VALUES = {
    "TEXT": "TextValue",
    "PNAME": "PersonName",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "DateTime",
}


def read_document(blob: StoredBlob) -> FoundDocument | None:
    """Return what the file says; None when it is no report that we can show. Raises OSError when it can't be read."""
    with blob.open() as file:
        try:
            dataset = pydicom.dcmread(file)
            return _document(dataset)
        except OSError:
            raise
        except Exception:  # noqa: BLE001
            # pydicom raises what it likes for what it cannot read, and it is somebody else's file.
            return None


def _document(dataset: Dataset) -> FoundDocument | None:
    pdf = b""
    lines: tuple[DocumentLine, ...] = ()
    if "EncapsulatedDocument" in dataset:
        pdf = bytes(dataset.EncapsulatedDocument)
        if not pdf.startswith(PDF_MARK):
            return None
    elif "ContentSequence" in dataset:
        lines = tuple(_bounded(_lines(dataset, depth=0)))
        if not lines:
            return None
    else:
        return None
    return FoundDocument(
        sop_instance_uid=str(dataset.SOPInstanceUID),
        study_instance_uid=str(dataset.StudyInstanceUID),
        # Encapsulated documents have no such flags: they are there, so they are meant to be read.
        is_complete=str(dataset.get("CompletionFlag", "COMPLETE")) == "COMPLETE",
        is_verified=str(dataset.get("VerificationFlag", "VERIFIED")) == "VERIFIED",
        title=_text(dataset, "DocumentTitle") or _meaning(dataset, "ConceptNameCodeSequence"),
        patient_name=_text(dataset, "PatientName").translate(ANGLES).strip(),
        patient_id=_text(dataset, "PatientID"),
        patient_birth_date=_text(dataset, "PatientBirthDate"),
        study_date=_text(dataset, "StudyDate"),
        accession_number=_text(dataset, "AccessionNumber"),
        pdf=pdf,
        lines=lines,
    )


def _lines(container: Dataset, depth: int) -> Iterator[DocumentLine]:
    """Yield the content tree in reading order."""
    if depth > DEEPEST:
        return
    for item in container.get("ContentSequence", ()):
        heading = _meaning(item, "ConceptNameCodeSequence")
        text = _value(item)
        if text or (heading and item.get("ValueType") == "CONTAINER"):
            yield DocumentLine(depth, heading, text)
        yield from _lines(item, depth + 1)


def _value(item: Dataset) -> str:
    kind = str(item.get("ValueType", ""))
    if kind in PLAIN_VALUES:
        text = _text(item, PLAIN_VALUES[kind])
        return text.translate(ANGLES).strip() if kind == "PNAME" else text
    if kind == "CODE":
        return _meaning(item, "ConceptCodeSequence")
    if kind == "NUM":
        measured = next(iter(item.get("MeasuredValueSequence", ())), Dataset())
        return f"{_text(measured, 'NumericValue')} {_meaning(measured, 'MeasurementUnitsCodeSequence')}".strip()
    return ""


def _meaning(item: Dataset, keyword: str) -> str:
    return next((_text(code, "CodeMeaning") for code in item.get(keyword, ())), "")


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return "" if value is None else str(value).replace("\0", "").strip()


def _bounded(lines: Iterator[DocumentLine]) -> Iterator[DocumentLine]:
    characters = 0
    for count, line in enumerate(lines):
        characters += len(line.heading) + len(line.text)
        if count == MOST_ITEMS or characters > MOST_CHARACTERS:
            raise ValueError("longer than a report that a person has written")
        yield line
