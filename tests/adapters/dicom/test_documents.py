"""Reports that somebody else wrote, read in the inspecting process."""

from pathlib import Path

import pytest

from relaypacs.adapters.dicom.base import DocumentRequest, FoundDocument
from relaypacs.adapters.dicom.documents import DEEPEST, MOST_ITEMS, read_document
from relaypacs.adapters.dicom.inspector import ProcessInspector
from relaypacs.adapters.storage.local import LocalBlob
from tests.adapters.dicom.blobs import BytesBlob
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.reports import IMPRESSION, PDF, make_container, make_pdf_report, make_sr, make_text

STUDY = make_uid("reported")


def read(content: bytes) -> FoundDocument | None:
    return read_document(BytesBlob(content))


def test_a_pdf_is_taken_as_it_is() -> None:
    found = read(make_pdf_report(STUDY))
    assert found
    assert (found.pdf.rstrip(b"\0"), found.lines, found.title) == (PDF, (), "CT report")
    assert (found.study_instance_uid, found.is_complete, found.is_verified) == (STUDY, True, True)


def test_a_structured_report_is_read_in_its_order() -> None:
    found = read(make_sr(STUDY))
    assert found
    assert [(line.depth, line.heading, line.text) for line in found.lines] == [
        (0, "Findings", ""),
        (1, "Finding", "A nodule."),
        (1, "Length", "7.5 mm"),
        (1, "Observer", "Lesender Rolf"),
        (0, "Impression", IMPRESSION),
    ]
    assert (found.title, found.patient_name, found.patient_id) == ("Radiology report", "Muster Erika", "PAT-0001")


def test_what_its_author_says_of_its_state_is_kept() -> None:
    found = read(make_sr(STUDY, completion="PARTIAL", verification="UNVERIFIED"))
    assert found
    assert (found.is_complete, found.is_verified) == (False, False)


def nested(depth: int) -> bytes:
    item = make_text("Deepest", "here")
    for _ in range(depth):
        item = make_container("Level", item)
    return make_sr(STUDY, content=[item])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not DICOM",
        make_dicom(),
        make_pdf_report(STUDY, b"<html>no PDF"),
        make_sr(STUDY, content=[]),
        make_sr(STUDY, content=[make_text("Line", "x")] * (MOST_ITEMS + 1)),
        make_sr(STUDY, content=[make_text("Long", "x" * 300_000)]),
        make_pdf_report(STUDY)[:-100],
    ],
    ids=["empty", "text", "image", "html", "no content", "endless", "long", "truncated"],
)
def test_what_is_no_report_is_none(content: bytes) -> None:
    assert read(content) is None


def test_a_tree_without_end_is_cut_off() -> None:
    found = read(nested(DEEPEST + 5))
    assert found
    assert max(line.depth for line in found.lines) == DEEPEST


async def test_the_child_process_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(make_sr(STUDY))
    inspector = ProcessInspector(1)
    try:
        found = await inspector.read_document(DocumentRequest(LocalBlob(path)))
        assert found == read(path.read_bytes())
        path.write_bytes(make_dicom())
        assert await inspector.read_document(DocumentRequest(LocalBlob(path))) is None
    finally:
        await inspector.close()
