"""By which words an upload is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.uploads.schemas import MODALITIES
from relaypacs.features.uploads.words import MOST_WORDS, WORD_LENGTH, study_word, words_in, words_of_form


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DOE^JANE^^Dr.", ["doe", "jane", "dr"]),
        ("  jane   doe ", ["jane", "doe"]),
        ("André Müller-Strauß", ["andre", "muller", "strauss"]),
        ("Łukasz Sørensen Þór", ["lukasz", "sorensen", "thor"]),
        ("O'BRIEN", ["o", "brien"]),
        ("Yamada^Tarou=山田^太郎", ["yamada", "tarou", "山田", "太郎"]),
        ("ガ", ["カ"]),
        ("أَحْمَد محـمد", ["احمد", "محمد"]),
        ("हिन्दी", ["हिनदी"]),
        ("\u202eEOD\u202c\u200d X", ["eod", "x"]),
        ("<script>alert(1)</script>", ["script", "alert", "1", "script"]),
        ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]),
        ("İstanbul", ["istanbul"]),
        ("^^", []),
        ("", []),
        ("x" * 100, ["x" * WORD_LENGTH]),
    ],
)
def test_words_have_no_case_no_accents_and_nothing_but_letters_and_digits(text: str, words: list[str]) -> None:
    assert words_in(text) == words


@given(st.text(max_size=100))
def test_words_stay_what_they_are_and_are_never_taken_for_a_study(text: str) -> None:
    words = words_in(text)
    assert [again for word in words for again in words_in(word)] == words
    assert all(0 < len(word) <= WORD_LENGTH and ":" not in word and word < "\U0010ffff" for word in words)


def test_an_identifier_is_found_by_its_parts_and_without_what_separates_them() -> None:
    form = {"patient_name": "DOE^JANE", "patient_id": "12-345/A", "accession_number": None, "study_description": "Knee"}
    assert words_of_form(form) == {"doe", "jane", "12", "345", "a", "12345a"}


def test_no_upload_has_words_without_end() -> None:
    assert len(words_of_form({"patient_name": " ".join(map(str, range(MOST_WORDS * 2)))})) == MOST_WORDS


def test_a_study_is_one_word() -> None:
    assert study_word("1.2.3") == "uid:1.2.3"


def test_every_modality_has_a_group() -> None:
    groups = {term: ModalityGroup.of(term) for term in MODALITIES}
    assert {term for term, group in groups.items() if group is ModalityGroup.XR} == {"XR", "CR", "DX", "RG"}
    assert {term for term, group in groups.items() if group is ModalityGroup.MR} == {"MR", "MRI"}
    assert {term for term, group in groups.items() if group is ModalityGroup.PT} == {"PT", "PET"}
    assert set(groups.values()) == set(ModalityGroup)
