"""A structured report as pages: what is printed, and that nothing is left out in silence."""

from datetime import UTC, datetime

import pytest

from relaypacs.adapters.dicom.documents import read_document
from relaypacs.adapters.pdf.scripts import EMBEDDED
from relaypacs.adapters.pdf.typesetter import Typesetter
from relaypacs.features.reports.service.found_page import NOT_WHOLE, found_page, page_facts
from tests.adapters.dicom.blobs import BytesBlob
from tests.builders.dicom import make_uid
from tests.builders.reports import make_sr, make_text

AT = datetime(2026, 1, 2, tzinfo=UTC)


def facts_of(text: str, **arguments: str) -> dict[str, object]:
    found = read_document(BytesBlob(make_sr(make_uid("s"), content=[make_text("Impression", text)], **arguments)))  # type: ignore[arg-type]
    assert found
    return page_facts(found, EMBEDDED)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("No fracture.", True),
        ("Grüße, Łódź, Ελλάδα, Здоровье, שלום", True),
        ("5 µm ± 1 º", True),
        ("放射線科", False),
        ("Naïve العربية", False),
    ],
)
def test_a_report_that_cannot_be_shown_whole_says_so(text: str, whole: bool) -> None:  # noqa: FBT001
    assert facts_of(text)["note"] == ("" if whole else NOT_WHOLE)


def test_a_preliminary_report_says_so() -> None:
    assert ["State", "not verified by its author: preliminary"] in facts_of("x", verification="UNVERIFIED")["header"]  # type: ignore[operator]


async def test_markup_in_a_report_is_text() -> None:
    text = '#panic("no") #read("/etc/passwd") $x$ *bold* \\'
    found = read_document(BytesBlob(make_sr(make_uid("s"), content=[make_text("Impression", text)])))
    assert found
    pdf = await found_page(Typesetter(), found, AT)
    assert pdf.startswith(b"%PDF-")
    assert pdf == await found_page(Typesetter(), found, AT)
