"""The pages of a report: what is on them, in any script, and that they are kept as they were signed."""

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typst
import zxingcpp
from PIL import Image

from relaypacs.adapters.pdf.scripts import EMBEDDED, can_show, direction_of, scripts_of
from relaypacs.adapters.pdf.typesetter import Typesetter
from relaypacs.features.reports.models import VersionKind
from relaypacs.features.reports.service import report_page
from relaypacs.features.reports.service.report_page import NOT_WHOLE, page_facts, shown_name
from relaypacs.features.reports.service.views import digest_of
from tests.builders.blobs import keys_in
from tests.builders.gateway import GatewayClient
from tests.builders.pages import make_page_source, make_version
from tests.builders.problems import is_problem
from tests.builders.reports import PDF
from tests.features.reports.test_writing import add, begun, report_of, save, sign

FONTS = Path("/usr/share/fonts")
LONG = "\n\n".join(["The ventricles are of normal size. " * 12] * 40)
CHINESE = {"findings": "未见颅内出血。", "impression": "正常。"}
ARABIC = {"findings": "لا يوجد نزيف.", "impression": "طبيعي."}
needs_fonts = pytest.mark.skipif(
    not (FONTS / "opentype/noto").exists(), reason="fonts-noto-cjk and fonts-noto-core are not installed"
)
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def pictures(facts: dict[str, Any]) -> list[bytes]:
    """Set the same pages as pictures."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
    template = report_page._template().encode()
    pages = typst.Compiler(template, sys_inputs={"facts": json.dumps(facts)}, font_paths=fonts).compile(
        format="png", ppi=150
    )
    assert pages
    return pages if isinstance(pages, list) else [pages]


def has_ink(picture: bytes, left: float, top: float, right: float, bottom: float) -> bool:
    """Say whether something is printed in a part of an A4 page, in millimetres."""
    return bool(lines_in(picture, left, top, right, bottom))


def lines_in(picture: bytes, left: float, top: float, right: float, bottom: float) -> list[int]:
    """Return where the lines in a part of a page begin, in pixels from the top of that part."""
    page = Image.open(io.BytesIO(picture)).convert("L")
    scale = page.width / 210
    part = page.crop(tuple(round(edge * scale) for edge in (left, top, right, bottom)))
    rows = [min(part.crop((0, y, part.width, y + 1)).tobytes()) < 160 for y in range(part.height)]
    return [y for y, is_dark in enumerate(rows) if is_dark and not (y and rows[y - 1])]


def texts(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False)


def test_a_page_says_of_whom_it_is_what_was_found_and_who_has_signed() -> None:
    facts = page_facts(make_page_source(make_version(recommendation="Again in May.")), EMBEDDED)
    for said in ("Muster, Erika", "PAT-0001", "1970-01-01 female", "2024-02-29", "Hospital of the North", "final"):
        assert said in texts(facts)
    for said in ("No bleeding.", "Normal.", "Again in May.", "Dr. Anna Lesender", "2026-03-04 05:06 UTC", "01a20e4b"):
        assert said in texts(facts)
    assert facts["note"] == ""


def test_addenda_stand_above_what_they_add_to() -> None:
    versions = [make_version(VersionKind.ADDENDUM, number, findings=f"Number {number}.") for number in (2, 1)]
    facts = page_facts(make_page_source(*versions, make_version()), EMBEDDED)
    assert [addendum["number"] for addendum in facts["addenda"]] == [2, 1]
    assert facts["state"] == "final, with 2 addenda"
    assert len(pictures(facts)) == 1


def test_a_preliminary_report_says_so_and_a_critical_result_too() -> None:
    version = make_version(VersionKind.PRELIMINARY, is_critical=True)
    facts = page_facts(make_page_source(version), EMBEDDED)
    assert (facts["state"], facts["is_critical"]) == ("preliminary, it may still change", True)


def test_a_long_report_has_several_pages_and_each_says_of_whom_it_is() -> None:
    facts = page_facts(make_page_source(make_version(findings=LONG, impression=LONG[:9000])), EMBEDDED)
    first, *others = pictures(facts)
    assert len(others) >= 3
    assert facts["patient"]["text"] == "Muster, Erika · PAT-0001"
    assert [has_ink(page, 20, 5, 60, 15) for page in (first, *others)] == [False, *[True] * len(others)]


def test_a_word_that_no_line_can_hold_is_not_cut_off() -> None:
    word = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 6
    row = {"patient_name": f"{word[:64]}^{word[:64]}", "study_description": word[:64], "site_name": word[:100]}
    versions = [make_version(VersionKind.ADDENDUM, impression=word), make_version(findings=word)]
    for page in pictures(page_facts(make_page_source(*versions, history=word, **row), EMBEDDED)):
        assert has_ink(page, 180, 0, 190, 297), "a line is filled"
        assert not has_ink(page, 191, 0, 210, 297), "and no line goes on behind the margin"


@pytest.mark.parametrize("texts", [{"impression": ""}, {"impression": "Normal.\n" * 3}])
def test_no_signature_stands_alone_on_a_page(texts: dict[str, str]) -> None:
    for count in range(30, 60):
        version = make_version(findings="Normal.\n" * count, **texts)
        pages = pictures(page_facts(make_page_source(version), EMBEDDED))
        if len(pages) > 1:
            break
    assert len(pages) == 2
    assert len(lines_in(pages[1], 20, 18, 60, 270)) > 1


@needs_fonts
def test_a_name_in_another_script_stands_on_the_line_of_what_it_is_called() -> None:
    names = ["Muster^Erika", "=المصري^سلمى", "Wang^XiaoDong=王^小东"]
    tops = []
    for name in names:
        (page,) = pictures(page_facts(make_page_source(patient_name=name), EMBEDDED))
        tops.append(lines_in(page, 20, 40, 40, 75))
    assert tops[0] == tops[1] == tops[2]


def test_the_code_names_the_report_and_what_was_signed() -> None:
    version = make_version()
    (picture,) = pictures(page_facts(make_page_source(version), EMBEDDED))
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.text == f"RELAYPACS-REPORT {version.report_id} final 1 {digest_of(version)}"
    assert digest_of(make_version(findings="No bleeding!")) != digest_of(version)


@pytest.mark.parametrize("words", [CHINESE, ARABIC])
def test_letters_that_no_font_has_are_announced(words: dict[str, str]) -> None:
    source = make_page_source(make_version(**words))
    assert page_facts(source, EMBEDDED)["note"] == NOT_WHOLE
    assert page_facts(source, scripts_of(["Noto Sans CJK SC", "Noto Naskh Arabic"]))["note"] == ""


def test_a_name_in_another_script_is_looked_at_too() -> None:
    assert page_facts(make_page_source(patient_name="Wang^Xiao=王^小东"), EMBEDDED)["note"] == NOT_WHOLE


@needs_fonts
async def test_chinese_and_arabic_are_set_with_the_fonts_of_the_machine() -> None:
    setter = Typesetter(font_dir=FONTS)
    scripts = await setter.scripts()
    for words in (CHINESE, ARABIC):
        source = make_page_source(make_version(**words))
        assert page_facts(source, scripts)["note"] == ""
        pdf = await report_page.report_page(setter, source)
        assert b"NotoS" in pdf or b"NotoN" in pdf, "set with a font that has the letters"


async def test_without_a_folder_of_fonts_there_are_those_that_are_brought_along(tmp_path: Path) -> None:
    for folder in (None, tmp_path, tmp_path / "nothing"):
        assert await Typesetter(font_dir=folder).scripts() == EMBEDDED


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Muster^Erika", "Muster, Erika"),
        ("Muster^Erika^Maria^Dr.^PhD", "Muster, Erika Maria"),
        ("Wang^XiaoDong=王^小东=ㄨㄤˊ^ㄒㄧㄠˇ", "Wang, XiaoDong (王 小东 · ㄨㄤˊ ㄒㄧㄠˇ)"),
        ("=王^小东", "王 小东"),
        ("UNKNOWN", "UNKNOWN"),
        ("^Erika", "Erika"),
        ("", ""),
    ],
)
def test_names_are_written_as_people_write_them(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    ("text", "direction"), [("CT of", "ltr"), ("لا نزيف CT", "rtl"), ("12 שלום", "rtl"), ("12", "ltr"), ("", "ltr")]
)
def test_a_line_runs_as_its_first_letter_does(text: str, direction: str) -> None:
    assert direction_of(text) == direction


def test_signs_that_are_no_letters_need_no_script() -> None:
    assert can_show(["5 µm ± 1 º → ≤"], EMBEDDED)


async def test_markup_in_a_report_is_text() -> None:
    words = '#panic("no") #read("/etc/passwd") $x$ *bold* \\ @x <y>'
    pdf = await report_page.report_page(Typesetter(), make_page_source(make_version(findings=words), site_name=words))
    assert pdf.startswith(b"%PDF-")


async def test_signed_pages_are_kept_as_they_are_for_each_version(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    path = f"/reports/{report_id}/pdf"
    is_problem(await rosa.http.get(path), 404, "report-pdf-not-ready")
    seen: list[bytes] = []
    for kind in ("preliminary", "final", "addendum"):
        signed = await (add(anna, report_id, findings="More.") if kind == "addendum" else sign(anna, report_id, kind))
        signed.raise_for_status()
        answer = (await rosa.http.get(path)).raise_for_status()
        version = (await report_of(rosa, report_id))["versions"][0]
        assert (version["kind"], version["pdf_sha256"]) == (kind, sha256(answer.content).hexdigest())
        assert answer.headers["ETag"] == f'"{version["pdf_sha256"]}"'
        seen.append(answer.content)
    assert len(set(seen)) == 3
    report = await report_of(rosa, report_id)
    assert report["pdf_url"] == f"/api/v1{path}"
    for version, content in zip(report["versions"], reversed(seen), strict=True):
        assert (await rosa.http.get(version["pdf_url"].removeprefix("/api/v1"))).content == content
    is_problem(await rosa.http.get(path, params={"version": report_id}), 404, "report-pdf-not-ready")
    stranger = await gateway.another("stranger")
    is_problem(
        await stranger.http.get(report["versions"][0]["pdf_url"].removeprefix("/api/v1")), 404, "report-not-found"
    )


async def test_the_trail_tells_what_was_looked_at_from_what_an_app_keeps_ahead(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    (await save(anna, report_id)).raise_for_status()
    (await sign(anna, report_id, "final")).raise_for_status()
    for asked in ({"ahead": "true"}, {}):
        (await rosa.http.get(f"/reports/{report_id}/pdf", params=asked)).raise_for_status()
    events = (await gateway.http.get("/audit", params={"action": "report.viewed"})).json()["items"]
    assert [event["details"] for event in events if event["object_id"] == report_id][:2] == [{}, {"kept_ahead": True}]


async def test_a_pdf_that_was_brought_is_signed_as_it_is(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await begun(gateway)
    path = f"/reports/{report_id}/pdf"
    (await anna.http.put(path, content=PDF + b"earlier")).raise_for_status()
    (await sign(anna, report_id, "preliminary")).raise_for_status()
    brought = (await anna.http.put(path, content=PDF)).raise_for_status()
    assert (await report_of(anna, report_id))["draft"]["pdf_size"] == len(PDF)
    assert (await rosa.http.get(path)).content == PDF + b"earlier"
    (await sign(anna, report_id, etag=brought.headers["ETag"])).raise_for_status()
    assert (await rosa.http.get(path)).content == PDF
    (await add(anna, report_id, impression="It bleeds.")).raise_for_status()
    page, *others = (await report_of(rosa, report_id))["versions"]
    assert [version["kind"] for version in (page, *others)] == ["addendum", "final", "preliminary"]
    assert (await rosa.http.get(path)).content[:5] == b"%PDF-"
    assert (await rosa.http.get(others[0]["pdf_url"].removeprefix("/api/v1"))).content == PDF
    assert (await rosa.http.get(others[1]["pdf_url"].removeprefix("/api/v1"))).content == PDF + b"earlier"


async def test_a_pdf_can_be_taken_away_again_and_leaves_no_file(gateway: GatewayClient) -> None:
    _, anna, report_id = await begun(gateway)
    path = f"/reports/{report_id}/pdf"
    for _ in range(2):
        (await anna.http.put(path, content=PDF)).raise_for_status()
    is_problem(await anna.http.put(path, content=PDF, headers={"If-Match": '"1"'}), 409, "stale-edit")
    assert len(keys_in(gateway.infrastructure.settings, f"report-{report_id}")) == 1
    (await anna.http.delete(path)).raise_for_status()
    assert (await report_of(anna, report_id))["draft"]["pdf_size"] is None
    is_problem(await sign(anna, report_id), 422, "report-empty")
    assert keys_in(gateway.infrastructure.settings, f"report-{report_id}") == set()


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", PDF[:-10], b" " + PDF, PDF + b" " * 2000, PDF + b"/Encrypt 5 0 R %%EOF"]
)
@on_sqlite_only
async def test_what_is_no_whole_pdf_is_refused(gateway: GatewayClient, content: bytes) -> None:
    _, anna, report_id = await begun(gateway)
    is_problem(await anna.http.put(f"/reports/{report_id}/pdf", content=content), 422, "not-a-pdf")
