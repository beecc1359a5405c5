"""What an upload is announced with, and what it says where the files say nothing."""

from datetime import date

import pytest

from relaypacs.adapters.dicom.announcement import MODALITIES, Announcement, announce
from relaypacs.client import Order
from relaypacs.features.uploads.schemas import MODALITIES as SERVER_MODALITIES
from relaypacs.features.uploads.schemas import StudyMetadata

TODAY = date(2026, 1, 14)
WHOLE = {
    "PatientName": "Muster^Erika=ムスター^エリカ",
    "PatientID": "PAT-1",
    "IssuerOfPatientID": "CLINIC",
    "PatientBirthDate": "19700101",
    "PatientSex": "F",
    "StudyDate": "20240229",
    "AccessionNumber": "ACC-1",
    "ReferringPhysicianName": "Landarzt^Rosa",
    "StudyDescription": "Head",
    "BodyPartExamined": "HEAD",
}


def announced(without: str = "", modalities: dict[str, int] | None = None, **changed: str) -> Announcement:
    attributes = {name: text for name, text in {**WHOLE, **changed}.items() if name not in without.split()}
    return announce(attributes, {"CT": 3} if modalities is None else modalities, Order(), TODAY)


def test_complete_files_need_no_fallback() -> None:
    result = announced()
    assert result.warnings == ()
    assert result.metadata == {
        "patient_name": "Muster^Erika",
        "study_date": "20240229",
        "modality": "CT",
        "service_level": "routine",
        "patient_id": "PAT-1",
        "issuer_of_patient_id": "CLINIC",
        "patient_birth_date": "19700101",
        "patient_sex": "F",
        "accession_number": "ACC-1",
        "referring_physician": "Landarzt^Rosa",
        "study_description": "Head",
        "body_part": "HEAD",
    }


@pytest.mark.parametrize("keyword", ["SeriesDate", "AcquisitionDate", "ContentDate"])
def test_another_date_stands_in_for_the_study_date(keyword: str) -> None:
    result = announced("StudyDate", **{keyword: "20200101"})
    assert result.metadata["study_date"] == "20200101"
    assert keyword in result.warnings[0]


def test_without_any_date_it_is_today() -> None:
    result = announced(StudyDate="sometime")
    assert result.metadata["study_date"] == "20260114"
    assert len(result.warnings) == 1


def test_a_date_of_acr_nema_is_a_date() -> None:
    assert announced(StudyDate="1997.04.24").metadata["study_date"] == "19970424"


@pytest.mark.parametrize("name", ["", "^^^^", "=山田^太郎"])
def test_without_an_alphabetic_name_the_patient_is_unknown(name: str) -> None:
    result = announced(PatientName=name)
    assert result.metadata["patient_name"] == "UNKNOWN"
    assert len(result.warnings) == 1


def test_a_long_name_is_cut() -> None:
    result = announced(PatientName="X" * 101)
    assert result.metadata["patient_name"] == "X" * 100
    assert len(result.warnings) == 1


@pytest.mark.parametrize(
    ("found", "said", "warnings"),
    [
        ({"CT": 3, "SR": 9}, "CT", 0),
        ({"PT": 3, "CT": 9}, "CT", 0),
        ({"SR": 1}, "SR", 0),
        ({"MRI SCAN": 3}, "OTHER", 1),
        ({}, "OTHER", 1),
    ],
)
def test_the_modality_is_that_of_the_images(found: dict[str, int], said: str, warnings: int) -> None:
    result = announced(modalities=found)
    assert result.metadata["modality"] == said
    assert len(result.warnings) == warnings


def test_control_characters_do_not_reach_the_api() -> None:
    assert announced(StudyDescription="Head\r\nnative\x00").metadata["study_description"] == "Head  native"


def test_the_server_takes_whatever_is_announced() -> None:
    assert MODALITIES <= SERVER_MODALITIES
    for result in (announced(), announced(" ".join(WHOLE), {}), announced(PatientName="Y" * 300)):
        StudyMetadata.model_validate(result.metadata)
    order = Order("stat", "Fell from a ladder.\nHeadache.")
    StudyMetadata.model_validate(announce(WHOLE, {"CT": 1}, order, TODAY).metadata)
