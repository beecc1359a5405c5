"""Promise I1: real, valid files are accepted, and what they say is read as pydicom reads it."""

import io
import warnings
from hashlib import sha256
from pathlib import Path

import pydicom
import pytest

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.adapters.dicom.inspection import fingerprint, inspect_blob, read_attributes
from relaypacs.adapters.storage.local import LocalBlob
from tests.adapters.dicom.blobs import codes, inspect
from tests.adapters.dicom.real_files import real_files

NO_UIDS = {"uid-missing"}
RIGHTLY_REFUSED = {
    "MR_truncated.dcm": {"truncated"},
    "rtplan_truncated.dcm": {"truncated"},
    "emri_small_jpeg_2k_lossless_too_short.dcm": {"truncated"},
    "meta_missing_tsyntax.dcm": {"transfer-syntax-missing"},
    "bad_sequence.dcm": {"uid-illegal"},  # hexadecimal digests stand in the place of UIDs
    "badVR.dcm": {"pixels-too-long"},  # NumberOfFrames is "1A"
    # Fragments of data sets, made to test a reader: no identity, so nothing to file them under
    "chrSQEncoding.dcm": NO_UIDS,
    "chrSQEncoding1.dcm": NO_UIDS,
    "JPEGLSNearLossless_08.dcm": NO_UIDS,
    "JPEGLSNearLossless_16.dcm": NO_UIDS,
    "SC_rgb_jls_lossy_line.dcm": NO_UIDS,
    "SC_rgb_jls_lossy_sample.dcm": NO_UIDS,
    "UN_sequence.dcm": NO_UIDS,
    "empty_charset_LEI.dcm": NO_UIDS,
    "nested_priv_SQ.dcm": {"element-broken"},  # group 0001
    "no_meta_group_length.dcm": NO_UIDS,
    "priv_SQ.dcm": NO_UIDS,
}
ALL = real_files()
ACCEPTED = [path for path in ALL if path.name not in RIGHTLY_REFUSED]


@pytest.fixture(autouse=True)
def _let_pydicom_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the files are odd on purpose
        yield


def test_there_are_as_many_files_as_expected():
    assert len(ACCEPTED) >= 220
    assert set(RIGHTLY_REFUSED) <= {path.name for path in ALL}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.name)
def test_a_valid_file_is_accepted_and_read_as_pydicom_reads_it(path: Path):
    result = inspect_blob(LocalBlob(path))
    (instance,) = result.instances
    content = path.read_bytes()
    dataset = pydicom.dcmread(path)

    assert result.problem is None
    assert instance.verdict is not Verdict.REJECTED, instance.reasons
    assert instance.sha256 == sha256(content).hexdigest()
    assert (instance.span.offset, instance.span.length, instance.span.size) == (0, len(content), len(content))
    assert instance.span.neutralise_preamble == (
        any(dataset.preamble) and not dataset.preamble.startswith((b"II", b"MM"))
    )
    assert instance.sop_class_uid == dataset.SOPClassUID
    assert instance.sop_instance_uid == dataset.SOPInstanceUID
    assert instance.study_instance_uid == dataset.StudyInstanceUID
    assert instance.series_instance_uid == dataset.SeriesInstanceUID
    assert instance.transfer_syntax_uid == dataset.file_meta.TransferSyntaxUID
    for keyword in ("PatientID", "Modality", "StudyDate", "AccessionNumber", "Rows"):
        assert instance.attributes.get(keyword, "") == str(dataset.get(keyword, "") or "").strip()
    assert instance.attributes.get("PatientName", "") == str(dataset.get("PatientName", "")).strip()
    if pixels := _pixels(dataset):
        assert instance.pixel_sha256 == sha256(pixels).hexdigest()

    local = read_attributes(path)
    assert local
    assert (local.study_instance_uid, local.series_instance_uid) == (
        instance.study_instance_uid,
        instance.series_instance_uid,
    )
    assert local.attributes == instance.attributes


def _pixels(dataset: pydicom.Dataset) -> bytes | None:
    for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        if value := dataset.get(keyword):
            return value
    return None


@pytest.mark.parametrize("path", [path for path in ALL if path.name in RIGHTLY_REFUSED], ids=lambda path: path.name)
def test_what_is_not_valid_is_refused_for_the_right_reason(path: Path):
    (instance,) = inspect_blob(LocalBlob(path)).instances
    assert instance.verdict is Verdict.REJECTED
    assert codes(instance) == RIGHTLY_REFUSED[path.name]
    assert instance.sha256 == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "JPEG2000.dcm", "test-SR.dcm", "image_dfl.dcm", "waveform_ecg.dcm", "rtplan.dcm"]
)
def test_pydicom_writing_a_file_anew_does_not_change_its_fingerprint(name: str):
    (path,) = (path for path in ALL if path.name == name)
    dataset = pydicom.dcmread(path)
    dataset.PatientName, dataset.PatientID, dataset.StudyDescription = "Muster^Max", "CORRECTED", "Corrected"
    written = io.BytesIO()
    dataset.save_as(written)
    (original,) = inspect_blob(LocalBlob(path)).instances

    written.seek(0)
    read_back = fingerprint(written)

    assert read_back
    assert read_back.pixel_sha256 == original.pixel_sha256
    assert read_back.sop_instance_uid == original.sop_instance_uid


def test_a_dicomdir_is_passed_over():
    found = [path for path in Path(str(ALL[0].parent)).rglob("DICOMDIR*") if path.is_file()]
    assert found
    for path in found:
        result = inspect(path.read_bytes())
        assert (result.instances, result.skipped, result.problem) == ((), 1, None)
        assert read_attributes(path) is None
