"""Pixel data that are not what the header says, and objects that rightly have none (PS3.3 C.7.6.3, PS3.5 8 and A.4)."""

import struct
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from pydicom.uid import JPEGBaseline8Bit, RLELossless

from tests.adapters.dicom.real_files import real_files
from tests.hostile.case import Case, accepted, rejected, warned
from tests.hostile.craft import (
    BITS,
    COLUMNS,
    DOUBLES,
    FLOATS,
    FRAMES,
    ITEM_END,
    PHOTOMETRIC,
    PIXELS,
    ROWS,
    SAMPLES,
    SEQUENCE_END,
    UNDEFINED,
    changed,
    element,
    encapsulated,
    image,
    item,
    relabelled,
    short,
    text,
)

MPEG4 = "1.2.840.10008.1.2.4.102"
FRAME = b"\xff\xd8" + bytes(60) + b"\xff\xd9"


def _frames(raw: str | bytes) -> bytes:
    return changed({FRAMES: text(FRAMES, "IS", raw)})


def _pixels(name: str, code: str, changes: Mapping[int, bytes | None], why: str) -> Case:
    return rejected(f"pixels-{name}", code, partial(changed, changes), why)


def _words(count: int) -> bytes:
    return element(PIXELS, "OW", bytes(count))


NATIVE = [
    _pixels(
        "half", "pixels-too-short", {PIXELS: _words(64)}, "the length is right, and half of the image is not there"
    ),
    _pixels("none", "pixels-too-short", {PIXELS: _words(0)}, "an empty value"),
    _pixels("two-bytes-short", "pixels-too-short", {PIXELS: _words(126)}, "one pixel is missing"),
    _pixels("too-many", "pixels-too-long", {PIXELS: _words(100_000)}, "a thousand times as much as described"),
    _pixels("twice", "pixels-too-long", {PIXELS: _words(256)}, "a second image behind the first"),
    _pixels("rows-more", "pixels-too-short", {ROWS: short(ROWS, 9)}, "a row that is not there"),
    _pixels("rows-fewer", "pixels-too-long", {ROWS: short(ROWS, 4)}, "rows that are not described"),
    _pixels("rows-zero", "pixels-undescribed", {ROWS: short(ROWS, 0)}, "no rows"),
    _pixels("rows-missing", "pixels-undescribed", {ROWS: None}, "no rows"),
    _pixels("rows-empty", "pixels-undescribed", {ROWS: element(ROWS, "US")}, "no rows"),
    _pixels("rows-two-values", "pixels-undescribed", {ROWS: element(ROWS, "US", b"\x08\0\x09\0")}, "8 or 9 rows"),
    _pixels("rows-one-byte", "pixels-undescribed", {ROWS: element(ROWS, "US", b"\x08")}, "half a number"),
    _pixels("rows-largest", "pixels-too-short", {ROWS: short(ROWS, 0xFFFF)}, "65,535 rows"),
    _pixels("columns-zero", "pixels-undescribed", {COLUMNS: short(COLUMNS, 0)}, "no columns"),
    _pixels("columns-missing", "pixels-undescribed", {COLUMNS: None}, "no columns"),
    _pixels("bits-zero", "pixels-undescribed", {BITS: short(BITS, 0)}, "no bits"),
    _pixels("bits-missing", "pixels-undescribed", {BITS: None}, "no bits"),
    _pixels("bits-of-no-byte", "pixels-undescribed", {BITS: short(BITS, 13)}, "1, or a multiple of 8 (PS3.5 8.1.1)"),
    _pixels("bits-too-many", "pixels-too-short", {BITS: short(BITS, 32)}, "pixels twice as large"),
    _pixels("bits-too-few", "pixels-too-long", {BITS: short(BITS, 8)}, "pixels half as large"),
    _pixels("bits-absurd", "pixels-undescribed", {BITS: short(BITS, 0xFFF8)}, "65,528 bits of one sample"),
    _pixels("samples-zero", "pixels-undescribed", {SAMPLES: short(SAMPLES, 0)}, "no samples"),
    _pixels("samples-missing", "pixels-undescribed", {SAMPLES: None}, "no samples"),
    _pixels("samples-three", "pixels-too-short", {SAMPLES: short(SAMPLES, 3)}, "colour, and a third of its bytes"),
    _pixels("samples-absurd", "pixels-too-short", {SAMPLES: short(SAMPLES, 0xFFFF)}, "65,535 colours"),
    _pixels(
        "product-of-32-bits",
        "pixels-too-short",
        {
            ROWS: short(ROWS, 0x8000),
            COLUMNS: short(COLUMNS, 0x8000),
            FRAMES: text(FRAMES, "IS", "2"),
            PIXELS: _words(0),
        },
        "4 GiB, which is nothing in 32 bits",
    ),
    _pixels(
        "product-of-64-bits",
        "pixels-too-short",
        {
            ROWS: short(ROWS, 0x8000),
            COLUMNS: short(COLUMNS, 0x8000),
            SAMPLES: short(SAMPLES, 0x8000),
            FRAMES: text(FRAMES, "IS", str(2**18)),
            PIXELS: _words(0),
        },
        "2 to the 64th, which is nothing in 64 bits",
    ),
    _pixels(
        "fragments-in-native",
        "pixels-broken",
        {PIXELS: element(PIXELS, "OB", item() + SEQUENCE_END, UNDEFINED)},
        "none",
    ),
    _pixels("twice-in-a-row", "trailing-data", {PIXELS: _words(128) * 2}, "which one counts?"),
    warned("pixels-padded", "pixels-padded", partial(changed, {PIXELS: _words(130)}), "some modalities leave a little"),
    rejected("frames-more", "pixels-too-short", partial(_frames, "2"), "half the frames are missing"),
    rejected("frames-zero", "pixels-undescribed", partial(_frames, "0"), "no frames"),
    rejected("frames-negative", "pixels-undescribed", partial(_frames, "-1"), "fewer than none"),
    rejected("frames-largest", "pixels-too-short", partial(_frames, "2147483647"), "two thousand million"),
    rejected("frames-beyond-integer", "pixels-too-short", partial(_frames, "4294967297"), "1, in 32 bits"),
    warned("frames-two-values", "frame-count-unreadable", partial(_frames, "1\\2"), "one or two?"),
    warned("frames-endless-digits", "frame-count-unreadable", partial(_frames, "9" * 5000), "more than IS has"),
    warned("frames-python-number", "frame-count-unreadable", partial(_frames, "0_1"), "a number to Python alone"),
    warned("frames-fraction", "frame-count-unreadable", partial(_frames, "1.5"), "one and a half"),
    warned("frames-words", "frame-count-unreadable", partial(_frames, "one"), "no number"),
    accepted("frames-one", partial(_frames, "1"), "said though it need not be"),
    accepted("frames-signed", partial(_frames, "+1"), "allowed (PS3.5 6.2)"),
    accepted("frames-empty", partial(_frames, ""), "the same as not said"),
    _pixels(
        "float",
        "pixels-undescribed",
        {PIXELS: None, FLOATS: element(FLOATS, "OF", bytes(128))},
        "floats have 32 bits, not 16 (PS3.3 C.7.6.24)",
    ),
    _pixels(
        "float-encapsulated",
        "pixels-broken",
        {PIXELS: None, FLOATS: element(FLOATS, "OF", item() + SEQUENCE_END, UNDEFINED)},
        "floats are never in fragments",
    ),
    _pixels("float-and-integer", "element-repeated", {FLOATS: element(FLOATS, "OF", bytes(256))}, "two images"),
    accepted(
        "pixels-of-floats",
        partial(changed, {PIXELS: None, BITS: short(BITS, 32), FLOATS: element(FLOATS, "OF", bytes(256))}),
        "parametric maps have them",
    ),
    accepted(
        "pixels-of-doubles",
        partial(changed, {PIXELS: None, BITS: short(BITS, 64), DOUBLES: element(DOUBLES, "OD", bytes(512))}),
        "parametric maps have them",
    ),
    accepted(
        "pixels-of-one-bit",
        partial(changed, {BITS: short(BITS, 1), PIXELS: element(PIXELS, "OB", bytes(8))}),
        "segmentations have them",
    ),
    accepted(
        "pixels-subsampled",
        partial(
            changed,
            {
                BITS: short(BITS, 8),
                SAMPLES: short(SAMPLES, 3),
                PHOTOMETRIC: text(PHOTOMETRIC, "CS", "YBR_FULL_422"),
                PIXELS: element(PIXELS, "OB", bytes(128)),
            },
        ),
        "half the colour (PS3.3 C.7.6.3.1.2)",
    ),
]


def _offsets(*offsets: int) -> bytes:
    return item(struct.pack(f"<{len(offsets)}L", *offsets))


def _broken(name: str, items: bytes, why: str, code: str = "pixels-broken", **more: object) -> Case:
    make: Callable[[], bytes] = partial(encapsulated, items, **more)  # type: ignore[arg-type]
    return rejected(f"fragments-{name}", code, make, why)


def _odd(name: str, code: str, items: bytes, why: str, **more: object) -> Case:
    make: Callable[[], bytes] = partial(encapsulated, items, **more)  # type: ignore[arg-type]
    return warned(f"fragments-{name}", code, make, why)


TWO = item(FRAME) + item(FRAME) + SEQUENCE_END
SECOND = 8 + len(FRAME)

ENCAPSULATED = [
    _broken("none", SEQUENCE_END, "not even an offset table"),
    _broken("only-offset-table", item() + SEQUENCE_END, "no fragment"),
    _broken("empty", item() + item() + SEQUENCE_END, "nothing in the one that there is"),
    _broken("without-delimiter", item() + item(FRAME), "the file ends first", "truncated"),
    _broken("without-offset-table", item(FRAME) + SEQUENCE_END, "the image stands in the table's place"),
    _broken("longer-than-file", item() + item(FRAME, 0x7FFFFFFF) + SEQUENCE_END, "two gigabytes", "truncated"),
    _broken("undefined-length", item() + item(FRAME, UNDEFINED) + SEQUENCE_END, "a fragment has a length (PS3.5 A.4)"),
    _broken("element-inside", item() + short(ROWS, 8) + SEQUENCE_END, "no item"),
    _broken("item-end-inside", item() + item(FRAME) + ITEM_END + SEQUENCE_END, "no item"),
    _broken(
        "delimiter-with-length",
        item() + item(FRAME) + item(b"", 8)[:4].replace(b"\0\xe0", b"\xdd\xe0") + b"\x08\0\0\0" + bytes(8),
        "no value",
    ),
    _broken("zeros-inside", item() + bytes(64), "no item"),
    _broken("offset-table-of-6-bytes", item(bytes(6)) + item(FRAME) + SEQUENCE_END, "offsets have four bytes"),
    _broken(
        "fewer-than-frames", item() + item(FRAME) + SEQUENCE_END, "one of three frames", "frames-missing", frames=3
    ),
    _broken(
        "empty-for-frames",
        item() + item(FRAME) + item() * 2 + SEQUENCE_END,
        "only one is not empty",
        "frames-missing",
        frames=3,
    ),
    _broken("crowd", item() + item() * 600_000 + SEQUENCE_END, "600,000 fragments", "too-many-elements"),
    _broken("rle-more-than-frames", item() + TWO, "RLE has one for each frame (PS3.5 A.4.2)", syntax=RLELossless),
    _broken("rle-fewer-than-frames", item() + TWO, "two of three", "frames-missing", syntax=RLELossless, frames=3),
    _broken(
        "of-a-float-vr", item() + item(FRAME) + SEQUENCE_END, "encapsulated pixels are bytes", "element-broken", vr="OF"
    ),
    _odd("offset-table-long", "offset-table-wrong", _offsets(0, SECOND) + TWO, "two offsets, one frame"),
    _odd("offset-table-short", "offset-table-wrong", _offsets(0) + TWO, "one offset, two frames", frames=2),
    _odd("offset-beyond", "offset-table-wrong", _offsets(0, 1_000_000) + TWO, "a frame beyond the end", frames=2),
    _odd("offset-within", "offset-table-wrong", _offsets(0, 10) + TWO, "in the middle of a fragment", frames=2),
    _odd("offset-not-zero", "offset-table-wrong", _offsets(8, SECOND) + TWO, "the first is zero", frames=2),
    _odd("offset-backwards", "offset-table-wrong", _offsets(SECOND, 0) + TWO, "the second before the first", frames=2),
    _odd("offset-twice", "offset-table-wrong", _offsets(0, 0) + TWO, "both frames are the first", frames=2),
    _odd("odd", "fragment-odd", item() + item(FRAME[:-1]) + SEQUENCE_END, "fragments are even (PS3.5 A.4)"),
    accepted(
        "fragments-with-offset-table", partial(encapsulated, _offsets(0, SECOND) + TWO, frames=2), "as it should be"
    ),
    accepted("fragments-of-one-frame", partial(encapsulated, _offsets(0) + TWO), "a frame may have several"),
    accepted(
        "fragments-of-video",
        partial(encapsulated, item() + item(FRAME) + SEQUENCE_END, frames=300, syntax=MPEG4),
        "one fragment holds all frames of a video",
    ),
    rejected(
        "native-named-encapsulated",
        "pixels-broken",
        lambda: relabelled(image(), JPEGBaseline8Bit),
        "compressed, it says",
    ),
    rejected(
        "encapsulated-named-native",
        "pixels-broken",
        lambda: relabelled(image(transfer_syntax=JPEGBaseline8Bit), "1.2.840.10008.1.2.1"),
        "not compressed, it says",
    ),
]

# Objects without an image, and images of each kind; pydicom carries them. Some lack what most have.
OBJECTS = {
    "ecg": ("waveform_ecg.dcm", ""),
    "structured-report": ("test-SR.dcm", "attribute-missing"),
    "radiotherapy-plan": ("rtplan.dcm", "meta-uid-differs"),
    "radiotherapy-dose": ("rtdose.dcm", "meta-uid-differs"),
    "segmentation": ("liver_1frame.dcm", ""),
    "palette-colour": ("examples_palette.dcm", ""),
    "multi-frame": ("emri_small.dcm", "attribute-missing"),
    "run-lengths": ("emri_small_RLE.dcm", "attribute-missing"),
    "wavelets": ("JPEG2000.dcm", ""),
    "big-endian": ("ExplVR_BigEnd.dcm", "attribute-missing"),
    "deflated": ("image_dfl.dcm", "attribute-missing"),
    "private-elements": ("CT_small.dcm", ""),
}


@cache
def _by_name() -> dict[str, Path]:
    return {path.name: path for path in real_files()}


def _real(name: str) -> bytes:
    return _by_name()[name].read_bytes()


def _directory() -> bytes:
    return (Path(str(files("pydicom.data"))) / "test_files" / "dicomdirtests" / "DICOMDIR").read_bytes()


def _pdf() -> bytes:
    """Return an Encapsulated PDF (PS3.3 A.45.1)."""
    absent: dict[int, bytes | None] = dict.fromkeys((PIXELS, ROWS, COLUMNS, BITS, SAMPLES, PHOTOMETRIC))
    document = element(0x00420011, "OB", b"%PDF-1.7\n" + bytes(201))
    return changed({**absent, 0x00420011: document}, image(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1"))


def _object(name: str) -> Case:
    file, code = OBJECTS[name]
    make = partial(_real, file)
    why = "a real object"
    return warned(f"object-{name}", code, make, why) if code else accepted(f"object-{name}", make, why)


WITHOUT_PIXELS = [
    *map(_object, OBJECTS),
    accepted("object-pdf", _pdf, "an encapsulated document"),
    rejected("object-directory", "no-dicom-in-file", _directory, "a DICOMDIR is a table of contents, not an image"),
    warned(
        "object-header-only",
        "pixels-absent",
        lambda: changed({PIXELS: None, **dict.fromkeys((ROWS, COLUMNS, BITS, SAMPLES, PHOTOMETRIC))}),
        "some systems make them",
    ),
]

CASES = [*NATIVE, *ENCAPSULATED, *WITHOUT_PIXELS]
