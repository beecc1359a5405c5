"""What the accepted instances of an upload say together."""

import hashlib
from typing import Any

import pytest

from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.service.judge import (
    by_patient,
    comparable_name,
    conflicting_uids,
    differences_from_form,
    mark_repeats,
    study_hash,
)

FORM = {"patient_name": "MUSTER^ERIKA", "study_date": "20240229", "modality": "CT"}


def instance(uid: str = "1.1", sha256: str = "aa", study: str = "1", **attributes: str) -> Instance:
    return Instance(sop_instance_uid=uid, sha256=sha256, study_instance_uid=study, attributes=attributes)


def test_the_study_hash_is_as_documented() -> None:
    expected = hashlib.sha256(b"1\n1.1 aa\n1.2 bb\n").hexdigest()
    assert study_hash([instance("1.2", "bb"), instance("1.1", "aa")]) == expected


def test_the_study_hash_knows_content_and_not_order_or_copies() -> None:
    both = [instance("1.1", "aa"), instance("1.2", "bb")]
    assert study_hash(both) == study_hash(both[::-1]) == study_hash([*both, both[0]])
    others = [
        both[:1],
        [instance("1.1", "aa"), instance("1.2", "cc")],
        [instance("1.1", "aa"), instance("1.3", "bb")],
        [instance("1.1", "aa", "2"), instance("1.2", "bb", "2")],
        [instance("1.1", "aa", "1"), instance("1.2", "bb", "2")],
    ]
    hashes = {study_hash(other) for other in others} | {study_hash(both)}
    assert len(hashes) == len(others) + 1


@pytest.mark.parametrize(
    ("attributes", "count"),
    [
        ([{"PatientID": "1"}, {"PatientID": "1"}], 1),
        ([{"PatientID": "1"}, {"PatientID": " 1 "}], 1),
        ([{"PatientID": "1"}, {"PatientID": "2"}], 2),
        ([{"PatientID": "1", "PatientName": "A"}, {"PatientID": "1", "PatientName": "B"}], 1),
        ([{"PatientID": "1", "IssuerOfPatientID": "X"}, {"PatientID": "1", "IssuerOfPatientID": "Y"}], 2),
        ([{"PatientName": "MUSTER^ERIKA"}, {"PatientName": "Muster^Erika"}], 1),
        ([{"PatientName": "MUSTER^ERIKA"}, {"PatientName": "MUSTER^MAX"}], 2),
        ([{"PatientID": "1"}, {"PatientName": "MUSTER^ERIKA"}], 2),
        ([{}, {"PatientID": ""}], 1),
    ],
)
def test_patients_are_told_apart_by_identifier_else_by_name(attributes: list[dict[str, str]], count: int) -> None:
    assert len(by_patient([instance(**given) for given in attributes])) == count


@pytest.mark.parametrize(
    "spelling", ["MUSTER^ERIKA", "Muster^Erika", "muster erika", " Muster ^ Erika ^^^", "Muster^Erika=ムスター^エリカ"]
)
def test_spelling_habits_do_not_make_another_patient(spelling: str) -> None:
    assert comparable_name(spelling) == "muster erika"


def test_a_uid_conflict_is_other_content_under_one_uid() -> None:
    same, copy = instance("1.1", "aa"), instance("1.1", "aa")
    assert conflicting_uids([same, copy, instance("1.2", "bb")]) == set()
    assert conflicting_uids([same, instance("1.1", "bb"), instance("1.2", "bb")]) == {"1.1"}


def test_an_identical_copy_is_sent_once() -> None:
    first, other, copy = instance("1.1"), instance("1.2"), instance("1.1")
    assert mark_repeats([first, other, copy]) == [first, other]
    assert [row.is_repeat for row in (first, other, copy)] == [False, False, True]


@pytest.mark.parametrize(
    ("form", "attributes", "codes"),
    [
        ({}, {}, []),
        ({}, {"PatientName": "Muster^Erika", "StudyDate": "20240229", "Modality": "CT"}, []),
        ({}, {"PatientName": "Anders^Max"}, ["patient-differs"]),
        ({"patient_name": "UNKNOWN"}, {"PatientName": "Anders^Max"}, []),
        ({}, {"StudyDate": "20240301"}, ["study-date-differs"]),
        ({}, {"Modality": "MR"}, ["modality-differs"]),
        ({"modality": "MRI"}, {"Modality": "MR"}, []),
        ({"modality": "MR"}, {"Modality": "MR"}, []),
        ({"modality": "XR"}, {"Modality": "DX"}, []),
        ({"modality": "PET"}, {"Modality": "PT"}, []),
        ({"modality": "PET"}, {"Modality": "CT"}, ["modality-differs"]),
        ({"modality": "OTHER"}, {"Modality": "ECG"}, []),
        ({}, {"Modality": "SR"}, []),
        (
            {},
            {"PatientName": "Anders^Max", "StudyDate": "19990101", "Modality": "US"},
            ["patient-differs", "study-date-differs", "modality-differs"],
        ),
    ],
)
def test_what_form_and_files_say_differently_is_a_warning(
    form: dict[str, Any], attributes: dict[str, str], codes: list[str]
) -> None:
    warnings = differences_from_form({**FORM, **form}, [instance(**attributes)])
    assert [warning["code"] for warning in warnings] == codes


def test_one_instance_that_agrees_is_enough() -> None:
    found = [instance(PatientName="Anders^Max", Modality="MR"), instance(PatientName="MUSTER^ERIKA", Modality="CT")]
    assert differences_from_form(FORM, found) == []
