"""Everything that PS3.5 allows is walked, and what it forbids is told apart by its reason."""

import struct
import zlib
from time import perf_counter

import pytest
from pydicom import Dataset, Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.adapters.dicom.limits import Limits
from tests.adapters.dicom.blobs import codes, inspect_one
from tests.builders.dicom import make_dicom

ITEM = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
ITEM_END = struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
SMALL = {"rows": 8, "columns": 8}


def insert(content: bytes, element: bytes) -> bytes:
    """Return `content` with an encoded element before Samples per Pixel (0028,0002)."""
    at = content.index(b"\x28\x00\x02\x00")
    return content[:at] + element + content[at:]


def explicit(vr: bytes, length: int, value: bytes = b"", group: int = 0x0021) -> bytes:
    """Return an element of a private group in explicit VR little endian with a length of four bytes."""
    return struct.pack("<HH2sHL", group, 0x1001, vr, 0, length) + value


def sequence(*, delimited: bool, depth: int) -> Sequence:
    item = Dataset()
    item.CodeValue = "T-D1100"
    if depth > 1:
        item.ConceptNameCodeSequence = sequence(delimited=delimited, depth=depth - 1)
    item.is_undefined_length_sequence_item = delimited
    items = Sequence([item, item])
    items.is_undefined_length = delimited
    return items


@pytest.mark.parametrize("delimited", [True, False])
@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
    ids=lambda uid: uid.name,
)
def test_sequences_are_walked_in_every_syntax(syntax: str, delimited: bool):  # noqa: FBT001
    content = make_dicom(**SMALL, transfer_syntax=syntax, AnatomicRegionSequence=sequence(delimited=delimited, depth=4))
    assert inspect_one(content).verdict is Verdict.ACCEPTED


def test_the_digest_of_pixels_is_of_their_bytes_alone():
    plain = inspect_one(make_dicom(**SMALL))
    renamed = inspect_one(make_dicom(**SMALL, StudyDescription="Other", ImageComments="Other"))
    other = inspect_one(make_dicom(**SMALL, seed=1))
    assert plain.sha256 != renamed.sha256
    assert plain.pixel_sha256 == renamed.pixel_sha256 != other.pixel_sha256


def test_without_pixels_the_digest_ignores_what_a_pacs_may_change_and_how_lengths_are_given():
    def digest(**attributes: object) -> str:
        return inspect_one(_without_pixels(**attributes)).pixel_sha256

    reference = digest(ContentSequence=sequence(delimited=False, depth=2))
    assert digest(ContentSequence=sequence(delimited=True, depth=2)) == reference
    assert digest(ContentSequence=sequence(delimited=False, depth=2), PatientName="Other") == reference
    assert digest(ContentSequence=sequence(delimited=False, depth=2), AccessionNumber="9") == reference
    assert digest(ContentSequence=sequence(delimited=False, depth=3)) != reference
    assert digest(ContentSequence=sequence(delimited=False, depth=2), ImageComments="x") != reference


def _without_pixels(**attributes: object) -> bytes:
    absent = ("PixelData", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated")
    report = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11", **dict.fromkeys(absent), **attributes}
    return make_dicom(modality="SR", **report)


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (explicit(b"SQ", 8, b"\0" * 8), "sequence-broken"),
        (explicit(b"SQ", 0xFFFFFFFF, ITEM + ITEM_END), "sequence-broken"),
        (explicit(b"SQ", 16, ITEM + ITEM_END), None),
        (explicit(b"SQ", 12, struct.pack("<HHL", 0xFFFE, 0xE000, 8) + b"\0" * 4), "sequence-broken"),
        (explicit(b"SQ", 8, ITEM), "sequence-broken"),
        (explicit(b"SQ", 0), None),
        (explicit(b"SQ", 0xFFFFFFFF, SEQUENCE_END), None),
        (explicit(b"OB", 0xFFFFFFFF, ITEM + ITEM_END + SEQUENCE_END), "element-broken"),
        (explicit(b"UT", 0xFFFFFFFF, SEQUENCE_END), "element-broken"),
        (explicit(b"OB", 0xFFFFFFF0, b"1234"), "truncated"),
        (explicit(b"\0\1", 4, b"1234"), "element-broken"),
        (SEQUENCE_END, "sequence-broken"),
        (ITEM_END, "sequence-broken"),
        # of unknown VR and length: implicit VR inside (PS3.5 6.2.2)
        (
            explicit(
                b"UN", 0xFFFFFFFF, ITEM + struct.pack("<HHL", 0x0021, 0x1002, 2) + b"ab" + ITEM_END + SEQUENCE_END
            ),
            None,
        ),
        (explicit(b"UN", 0xFFFFFFFF, ITEM + b"\x21\0\x02\x10LO\x02\0ab" + ITEM_END + SEQUENCE_END), "truncated"),
    ],
)
def test_elements_of_every_kind(element: bytes, code: str | None):
    instance = inspect_one(insert(make_dicom(**SMALL), element))
    assert codes(instance) == ({code} if code else set())


@pytest.mark.parametrize(("depth", "code"), [(64, None), (65, "nested-too-deep"), (100_000, "nested-too-deep")])
def test_nesting_is_bounded(depth: int, code: str | None):
    opened = (struct.pack("<HHL", 0x0021, 0x1001, 0xFFFFFFFF) + ITEM) * depth
    closed = (ITEM_END + SEQUENCE_END) * depth
    content = make_dicom(**SMALL, transfer_syntax=ImplicitVRLittleEndian)
    assert codes(inspect_one(insert(content, opened + closed))) == ({code} if code else set())


def test_the_number_of_elements_is_bounded():
    item = struct.pack("<HHL", 0xFFFE, 0xE000, 0)
    content = insert(make_dicom(**SMALL), explicit(b"SQ", 0xFFFFFFFF, item * 2_000_000 + SEQUENCE_END))
    begun = perf_counter()
    assert codes(inspect_one(content)) == {"too-many-elements"}
    assert perf_counter() - begun < 5
    assert codes(inspect_one(make_dicom(**SMALL), Limits(elements=10))) == {"too-many-elements"}


def test_a_repeated_identifier_is_refused():
    uid = struct.pack("<HH2sH", 0x0020, 0x000D, b"UI", 4) + b"1.2\0"
    assert codes(inspect_one(insert(make_dicom(**SMALL), uid))) == {"element-repeated"}


def test_elements_out_of_order_are_a_warning():
    element = struct.pack("<HH2sH", 0x0018, 0x1000, b"LO", 2) + b"42"
    assert codes(inspect_one(insert(make_dicom(**SMALL), element))) == {"element-order"}


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        (b"\0" * 512, "trailing-padding"),
        (b"\0" * 100_000, "trailing-data"),
        (explicit(b"OB", 8, b"\0" * 8, group=0xFFFC).replace(b"\xfc\xff\x01\x10", b"\xfc\xff\xfc\xff"), None),
        (b"\0" * 128 + b"DICM", "trailing-data"),
        (b"\x08\0\x18\0UI\x04\x001.2\0", "trailing-data"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0", "trailing-data"),
        (b"\0", "truncated"),
    ],
)
def test_what_may_follow_a_data_set(tail: bytes, code: str | None):
    assert codes(inspect_one(make_dicom(**SMALL) + tail)) == ({code} if code else set())


def _deflated(data_set: bytes) -> bytes:
    """Return a deflated file whose data set is that of a small image, followed by `data_set`."""
    content = make_dicom(**SMALL, transfer_syntax=DeflatedExplicitVRLittleEndian)
    start = 144 + int.from_bytes(content[140:144], "little")
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (
        content[:start]
        + deflate.compress(zlib.decompress(content[start:], -15))
        + deflate.compress(data_set)
        + deflate.flush()
    )


def test_a_deflate_bomb_is_refused_before_it_has_gone_off():
    bomb = _deflated(explicit(b"OB", 200_000_000, bytes(200_000_000), group=0x7FE1))
    begun = perf_counter()
    assert codes(inspect_one(bomb)) == {"decompression-bomb"}
    assert perf_counter() - begun < 2


def test_a_damaged_deflate_stream_is_refused():
    content = _deflated(b"")
    start = 144 + int.from_bytes(content[140:144], "little")
    assert codes(inspect_one(content[:start] + b"\xff" * 100)) == {"deflate-broken"}
    assert codes(inspect_one(_deflated(b"") + b"MZ")) == {"trailing-data"}


@pytest.mark.parametrize(
    ("fragments", "code"),
    [
        ([b"", b"\xff\xd8\xff\xd9"], None),
        ([b"\0\0\0\0", b"\xff\xd8\xff\xd9"], None),
        ([b"\0\0\0\0\0\0\0\0", b"\xff\xd8\xff\xd9"], "offset-table-wrong"),
        ([b"\0\0", b"\xff\xd8\xff\xd9"], "pixels-broken"),
        ([b"", b"\xff\xd8\xff"], "fragment-odd"),
        ([b""], "pixels-broken"),
        ([b"", b""], "pixels-broken"),
        ([], "pixels-broken"),
    ],
)
def test_fragments(fragments: list[bytes], code: str | None):
    items = b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(fragment)) + fragment for fragment in fragments)
    assert codes(inspect_one(_encapsulated(items + SEQUENCE_END))) == ({code} if code else set())


@pytest.mark.parametrize("items", [ITEM + SEQUENCE_END, b"\x08\0\x18\0\0\0\0\0", ITEM_END])
def test_broken_encapsulation(items: bytes):
    assert codes(inspect_one(_encapsulated(items))) == {"pixels-broken"}


def _encapsulated(items: bytes) -> bytes:
    content = make_dicom(**SMALL, transfer_syntax=JPEGBaseline8Bit)
    header = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff"
    return content[: content.index(header) + len(header)] + items
