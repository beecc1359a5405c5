"""Identity, file header and geometry: what is refused, what is a warning."""

import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

from relaypacs.adapters.dicom.base import Verdict
from tests.adapters.dicom.blobs import codes, inspect_one
from tests.builders.dicom import make_dicom

SMALL = {"rows": 8, "columns": 8}


def replaced(old: bytes, new: bytes, **arguments: object) -> bytes:
    """Return a small image in which the one occurrence of `old` is `new`, of the same length."""
    content = make_dicom(**SMALL, **arguments)
    assert content.count(old) == 1
    assert len(old) == len(new)
    return content.replace(old, new)


def test_a_plain_image_is_accepted_without_a_word():
    instance = inspect_one(make_dicom())
    assert instance.verdict is Verdict.ACCEPTED
    assert instance.reasons == ()
    assert instance.attributes["PatientName"] == "Muster^Erika"
    assert instance.attributes["Rows"] == "64"


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_without_identity_there_is_no_way_in(keyword: str):
    instance = inspect_one(make_dicom(**SMALL, **{keyword: None}))
    assert instance.verdict is Verdict.REJECTED
    assert codes(instance) == {"uid-missing"}


@pytest.mark.parametrize(
    "uid", [b"../../../etc/pass", b"1.2.3.4.5.6.7.8.x", b"1..2.3.4.5.6.7.89", b".1.2.3.4.5.6.7.89"]
)
def test_what_is_no_uid_never_becomes_one(uid: bytes):
    genuine = b"1.2.3.4.5.6.7.8.9"
    instance = inspect_one(replaced(genuine, uid, study_uid=genuine.decode()))
    assert codes(instance) == {"uid-illegal"}
    assert instance.study_instance_uid == ""


def test_uids_of_real_files():
    assert inspect_one(make_dicom(**SMALL, study_uid="1.2.3.40")).verdict is Verdict.ACCEPTED
    assert inspect_one(replaced(b"1.2.3.4\0", b"1.2.3.4 ", study_uid="1.2.3.4")).study_instance_uid == "1.2.3.4"
    assert codes(inspect_one(replaced(b"1.2.3.40", b"1.2.3.04", study_uid="1.2.3.40"))) == {"uid-leading-zero"}


def test_the_file_header_may_differ_from_the_data_set():
    content = make_dicom(**SMALL, sop_instance_uid="1.2.3.4")
    assert codes(inspect_one(content.replace(b"1.2.3.4", b"1.2.3.5", 1))) == {"meta-uid-differs"}


@pytest.mark.parametrize(
    ("keyword", "code"),
    [("StudyDate", "attribute-missing"), ("PatientID", "attribute-missing"), ("PatientName", "attribute-missing")],
)
def test_missing_attributes_are_warnings(keyword: str, code: str):
    instance = inspect_one(make_dicom(**SMALL, **{keyword: None}))
    assert instance.verdict is Verdict.WARNING
    assert codes(instance) == {code}


@pytest.mark.parametrize(
    ("preamble", "neutralised"),
    [(b"", False), (b"II*\0", False), (b"MM\0*", False), (b"MZ\x90", True), (b"<html>", True)],
)
def test_a_foreign_preamble_is_neutralised(preamble: bytes, neutralised: bool):  # noqa: FBT001
    instance = inspect_one(preamble + make_dicom(**SMALL)[len(preamble) :])
    assert instance.span.neutralise_preamble == neutralised
    assert codes(instance) == ({"preamble-neutralised"} if neutralised else set())


def test_the_length_of_the_file_header():
    content = make_dicom(**SMALL)
    length = int.from_bytes(content[140:144], "little")
    assert codes(inspect_one(content[:132] + content[144:])) == {"meta-length-missing"}
    wrong = content[:140] + (length + 2).to_bytes(4, "little") + content[144:]
    assert codes(inspect_one(wrong)) == {"meta-length-wrong"}


def test_the_file_header_is_bounded():
    content = make_dicom(**SMALL)
    private = b"\x02\0\x02\1OB\0\0\0\0\0\0"
    assert codes(inspect_one(content[:132] + private * 2_000_000 + content[132:])) == {"too-many-elements"}


@pytest.mark.parametrize(
    ("uid", "code"),
    [
        (b"1.2.840.10008.1.2.1", None),
        (b"1.2.840.99998.1.2.1", "transfer-syntax-private"),
        (b"1.2.840.10008.5.1.4", "transfer-syntax-unknown"),
        (b"1.2.840.10008.1.2.2", "transfer-syntax-differs"),  # big endian it is not
        (b"\0" * 19, "transfer-syntax-missing"),
    ],
)
def test_the_transfer_syntax_rules_how_a_file_is_read(uid: bytes, code: str | None):
    content = make_dicom(**SMALL).replace(b"1.2.840.10008.1.2.1", uid)
    assert codes(inspect_one(content)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"Rows": 9}, "pixels-too-short"),
        ({"Rows": 4}, "pixels-too-long"),
        ({"Rows": 0}, "pixels-undescribed"),
        ({"Rows": None}, "pixels-undescribed"),
        ({"BitsAllocated": None}, "pixels-undescribed"),
        ({"NumberOfFrames": 2}, "pixels-too-short"),
        ({"NumberOfFrames": -1}, "pixels-undescribed"),
        ({"NumberOfFrames": ""}, None),
        ({"PixelData": b"\0" * 130}, "pixels-padded"),
        ({"BitsAllocated": 1, "PixelData": b"\0" * 8}, None),
        ({"BitsAllocated": 8, "PixelData": b"\0" * 64}, None),
        ({"BitsAllocated": 8, "Rows": 7, "Columns": 7, "PixelData": b"\0" * 50}, None),
        (
            {
                "BitsAllocated": 8,
                "SamplesPerPixel": 3,
                "PhotometricInterpretation": "YBR_FULL_422",
                "PixelData": b"\0" * 128,
            },
            None,
        ),
        ({"PixelData": None}, "pixels-missing"),
    ],
)
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_native_pixels_are_what_the_header_says(syntax: str, attributes: dict[str, object], code: str | None):
    instance = inspect_one(make_dicom(**(SMALL | {"transfer_syntax": syntax}), **attributes))
    assert codes(instance) == ({code} if code else set())


def test_a_padded_image_is_a_warning_only_while_the_padding_is_small():
    image = bytes(64 * 64 * 2)
    assert codes(inspect_one(make_dicom(PixelData=image + bytes(128)))) == {"pixels-padded"}
    assert codes(inspect_one(make_dicom(PixelData=image + bytes(1024)))) == {"pixels-too-long"}


@pytest.mark.parametrize("syntax", [RLELossless, JPEGBaseline8Bit])
def test_encapsulated_frames_are_counted(syntax: str):
    assert inspect_one(make_dicom(**SMALL, frames=3, transfer_syntax=syntax)).verdict is Verdict.ACCEPTED
    short = make_dicom(**SMALL, frames=3, transfer_syntax=syntax, NumberOfFrames=4)
    assert codes(inspect_one(short)) == {"frames-missing"}


def test_one_form_of_pixels_under_the_name_of_another():
    native = make_dicom(**SMALL)
    jpeg = make_dicom(**SMALL, transfer_syntax=JPEGBaseline8Bit)
    assert codes(inspect_one(native.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"))) == {"pixels-broken"}
    assert codes(inspect_one(jpeg.replace(b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.1\0\0\0"))) == {
        "pixels-broken"
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\0" * 132, "not-dicom"),
        (b"<html>" * 100, "not-dicom"),
        (b"DICM" + b"\0" * 200, "not-dicom"),
        (b"\x1f\x8b\x08" + b"\0" * 300, "archive-unsupported"),
        (b"Rar!\x1a\x07" + b"\0" * 300, "archive-unsupported"),
        (b"\0" * 128 + b"DICM", "transfer-syntax-missing"),
    ],
)
def test_what_is_not_dicom(content: bytes, code: str):
    instance = inspect_one(content)
    assert instance.verdict is Verdict.REJECTED
    assert codes(instance) == {code}
    assert instance.member is None
