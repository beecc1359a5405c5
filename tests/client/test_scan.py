"""What is found on a disk."""

import zipfile
from pathlib import Path

import pytest
from pydicom.uid import MediaStorageDirectoryStorage

from relaypacs.client import scan_paths
from tests.builders.dicom import make_dicom, make_study, make_zip


def test_files_are_grouped_into_studies_wherever_they_lie(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 2), ("c", 1)):
        (tmp_path / folder).mkdir()
        for number in (1, 2):
            content = make_dicom(seed=seed, instance_number=number + (10 if folder == "c" else 0))
            (tmp_path / folder / f"IM{number}").write_bytes(content)
    scan = scan_paths([tmp_path])
    assert [[file.label for file in study.files] for study in scan.studies] == [
        ["a/IM1", "a/IM2", "c/IM1", "c/IM2"],
        ["b/IM1", "b/IM2"],
    ]
    assert scan.studies[0].modalities == {"CT": 4}


def test_a_file_named_twice_is_sent_once(tmp_path: Path) -> None:
    path = tmp_path / "IM1"
    path.write_bytes(make_dicom())
    (tmp_path / "link").symlink_to(path)
    (study,) = scan_paths([path, tmp_path]).studies
    assert len(study.files) == 1


def test_what_is_not_dicom_is_counted_and_what_is_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "README.TXT").write_text("hello")
    (tmp_path / "DICOMDIR").write_bytes(make_dicom(SOPClassUID=MediaStorageDirectoryStorage))
    (tmp_path / "empty").touch()
    broken = make_dicom(StudyInstanceUID=None)
    (tmp_path / "no-study").write_bytes(broken)
    (tmp_path / "header-only").write_bytes(broken[:140])
    (tmp_path / "good").write_bytes(make_dicom())
    scan = scan_paths([tmp_path])
    assert [path.name for path in scan.skipped] == ["DICOMDIR", "README.TXT", "empty"]
    assert [path.name for path in scan.unreadable] == ["header-only", "no-study"]
    assert [len(study.files) for study in scan.studies] == [1]


def test_a_truncated_file_is_sent_for_the_gateway_to_judge(tmp_path: Path) -> None:
    (tmp_path / "IM1").write_bytes(make_dicom()[:-100])
    assert len(scan_paths([tmp_path]).studies) == 1


def test_a_zip_goes_as_it_is_with_the_metadata_of_its_first_member(tmp_path: Path) -> None:
    members = {"AUTORUN.INF": b"x", **dict(make_study(3, modality="MR"))}
    (tmp_path / "cd.zip").write_bytes(make_zip(members))
    (study,) = scan_paths([tmp_path / "cd.zip"]).studies
    assert [file.label for file in study.files] == ["cd.zip"]
    assert study.attributes["PatientName"] == "Muster^Erika"
    assert study.modalities == {"MR": 1}


@pytest.mark.parametrize("damage", ["no DICOM", "bad member", "not a ZIP"])
def test_other_zips_are_skipped(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "other.zip"
    content = make_zip({"letter.xml": b"<w/>"}) if damage == "no DICOM" else make_zip(dict(make_study(1)))
    if damage == "bad member":
        start = content.index(b"PK\x01\x02")
        content = content[:60] + bytes(start - 60) + content[start:]
    path.write_bytes(content[:50] if damage == "not a ZIP" else content)
    scan = scan_paths([path])
    assert (scan.studies, scan.skipped) == ((), (path,))
    assert zipfile.is_zipfile(path) is (damage != "not a ZIP")


def test_no_message_of_the_reader_gets_out(tmp_path: Path) -> None:
    """A file's odd values are for the gateway to judge; the scan must not warn about them, or stop."""
    (tmp_path / "odd").write_bytes(make_dicom(PatientSex="X", PatientBirthDate="", StationName="S" * 16))
    assert len(scan_paths([tmp_path]).studies) == 1
