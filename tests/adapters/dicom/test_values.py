"""Text comes out as a person wrote it, and never as something else."""

import pytest

from relaypacs.adapters.dicom.reasons import SENTENCES, Code
from relaypacs.adapters.dicom.values import MAX_TEXT, clean_text
from tests.adapters.dicom.blobs import codes, inspect_one
from tests.builders.dicom import make_dicom

SMALL = {"rows": 8, "columns": 8}


def with_raw_name(raw: bytes, character_set: str) -> bytes:
    """Return a file whose patient name and character set are these, whether or not pydicom would write them."""
    placeholder = b"x" * len(raw)
    content = make_dicom(**SMALL, patient_name=placeholder.decode(), SpecificCharacterSet=None)
    term = character_set.encode() + b" " * (len(character_set) % 2)
    element = b"\x08\0\x05\0CS" + len(term).to_bytes(2, "little") + term
    at = content.index(b"\x08\0\x16\0UI")
    return (content[:at] + element + content[at:]).replace(placeholder, raw)


@pytest.mark.parametrize(
    ("raw", "character_set", "name"),
    [
        ("Müller^Jürg ".encode("latin-1"), "ISO_IR 100", "Müller^Jürg"),
        ("Федя^Шы".encode("iso8859_5"), "ISO_IR 144", "Федя^Шы"),
        ("王^小东x".encode("gb18030"), "GB18030", "王^小东x"),
        ("誠^一".encode("gb18030") + b"\x95\x5c", "GB18030", "誠^一昞"),  # whose last byte is a backslash
        (
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B ",
            "\\ISO 2022 IR 87",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        ("Ünal^Öz ".encode(), "ISO_IR 192", "Ünal^Öz"),
    ],
)
def test_names_in_their_character_sets(raw: bytes, character_set: str, name: str):
    raw += b" " * (len(raw) % 2)
    instance = inspect_one(with_raw_name(raw, character_set))
    assert instance.attributes["PatientName"] == name
    assert instance.reasons == ()


@pytest.mark.parametrize(
    ("raw", "character_set"),
    [
        (b"M\xfcller^J", "ISO_IR 192"),
        (b"M\x1b$Bller^", "ISO 2022 IR 6\\zlib_codec"),
        (b"M\xfcller^J", "punycode"),
        (b"M\xfcller^J", "rot13"),
    ],
)
def test_a_wrong_character_set_is_a_warning(raw: bytes, character_set: str):
    instance = inspect_one(with_raw_name(raw, character_set))
    assert codes(instance) == {"text-unreadable"}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("A\0B\nC", "A B C"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\x1b[31mred", "[31mred"),
        ("x" * 1000, "x" * MAX_TEXT),
        ("<script>=cmd()", "<script>=cmd()"),  # harmless as text; who shows it escapes it
        ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,  # Persian needs its zero-width joiner
    ],
)
def test_text_is_cleaned(text: str, cleaned: str):
    assert clean_text(text) == cleaned


def test_multiple_values_stay_joined():
    instance = inspect_one(make_dicom(**SMALL, StationName=["CT1", "CT2"]))
    assert instance.attributes["StationName"] == "CT1\\CT2"


def test_every_code_has_a_sentence():
    assert set(SENTENCES) == set(Code)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
