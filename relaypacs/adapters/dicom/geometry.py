"""Whether the pixel data of an instance are what its header describes (PS3.3 C.7.6.3, PS3.5 chapter 8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.config import IGNORE
from pydicom.uid import UID

from relaypacs.adapters.dicom.part10 import Part10
from relaypacs.adapters.dicom.pixels import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, Pixels
from relaypacs.adapters.dicom.reasons import Code, Finding
from relaypacs.adapters.dicom.syntaxes import RLE_LOSSLESS, PixelForm, TransferSyntax
from relaypacs.adapters.dicom.values import clean_uid, tag_of, unsigned_short

SOP_CLASS = tag_of("SOPClassUID")
ROWS, COLUMNS, FRAMES = tag_of("Rows"), tag_of("Columns"), tag_of("NumberOfFrames")
SAMPLES, BITS = tag_of("SamplesPerPixel"), tag_of("BitsAllocated")
PHOTOMETRIC = tag_of("PhotometricInterpretation")
PIXELS_ELSEWHERE = tag_of("PixelDataProviderURL")
PIXEL_DESCRIPTION = frozenset({ROWS, COLUMNS, FRAMES, SAMPLES, BITS, PHOTOMETRIC, PIXELS_ELSEWHERE})

BITS_PER_BYTE = 8
MAX_BITS = 64
FLOAT_BITS = {FLOAT_PIXEL_DATA: 32, DOUBLE_FLOAT_PIXEL_DATA: 64}  # PS3.3 C.7.6.24 and C.7.6.25
NUMBER = re.compile(rb"[+-]?[0-9]{1,11}")  # VR IS (PS3.5 6.2)
# Bytes that some modalities leave behind the last pixel: up to a disk block, and a small part of the image.
MAX_PADDING = 4096
MAX_PADDING_SHARE = 32
# The groups of image modules end below; an image cut off just before its pixels ends there. Header-only objects
# that real systems make carry later groups (PS3.6: RT, approval).
LAST_IMAGE_GROUP = 0x2FFF
# Chroma at half or a quarter of the resolution (PS3.3 C.7.6.3.1.2): the share of the full size, as a fraction.
_SUBSAMPLED = {"YBR_FULL_422": (2, 3), "YBR_PARTIAL_422": (2, 3), "YBR_PARTIAL_420": (1, 2)}


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the header says about the pixels; None is for what is missing or cannot be read."""

    rows: int | None
    columns: int | None
    samples: int | None
    bits: int | None
    frames: int | None
    photometric: str

    def undescribed(self) -> str:
        """Return the name of an attribute that is missing or zero, empty when there is none."""
        described = {
            "the number of rows": self.rows,
            "the number of columns": self.columns,
            "the number of samples": self.samples,
            "the number of bits": self.bits if _is_possible(self.bits or 0) else 0,
            "the number of frames": 1 if self.frames is None else self.frames,
        }
        return next((name for name, value in described.items() if not value or value < 0), "")

    def native_length(self) -> int:
        """Return the bytes of native pixel data without padding; bits are packed across frames (PS3.5 8.1.1)."""
        values = (self.rows or 0) * (self.columns or 0) * (self.samples or 0) * (self.frames or 1)
        whole, part = _SUBSAMPLED.get(self.photometric, (1, 1)) if self.samples != 1 else (1, 1)
        bits = values * (self.bits or 0) * whole // part
        return -(-bits // BITS_PER_BYTE)


def geometry_of(record: Part10) -> Geometry:
    values, big_endian = record.values, bool(record.syntax and record.syntax.big_endian)

    def short(tag: int) -> int | None:
        return unsigned_short(values.get(tag, b""), big_endian=big_endian)

    return Geometry(
        rows=short(ROWS),
        columns=short(COLUMNS),
        samples=short(SAMPLES),
        bits=short(BITS),
        frames=_frame_count(values.get(FRAMES, b"")),
        photometric=clean_uid(values.get(PHOTOMETRIC, b"")),
    )


def pixel_faults(record: Part10) -> Iterator[Finding]:
    """Yield what forbids to forward the pixels, or their absence."""
    syntax, pixels = record.syntax, record.pixels
    if syntax is None:
        return
    if pixels is None:
        if _cut_before_pixels(record):
            yield Code.PIXELS_MISSING, ""
        return
    geometry = geometry_of(record)
    if what := geometry.undescribed():
        yield Code.PIXELS_UNDESCRIBED, what
    elif geometry.bits != FLOAT_BITS.get(pixels.tag, geometry.bits):
        yield Code.PIXELS_UNDESCRIBED, "the number of bits"
    elif pixels.fragments is not None:
        yield from _encapsulated_faults(syntax, geometry, pixels)
    elif syntax.pixel_form is PixelForm.ENCAPSULATED:
        yield Code.PIXELS_BROKEN, ""
    elif pixels.length < geometry.native_length():
        yield Code.PIXELS_TOO_SHORT, ""
    elif _excess(geometry, pixels) > min(MAX_PADDING, geometry.native_length() // MAX_PADDING_SHARE):
        yield Code.PIXELS_TOO_LONG, ""


def pixel_warnings(record: Part10) -> Iterator[Finding]:
    """Yield what a person should know about the pixels of an instance without faults."""
    pixels = record.pixels
    if pixels is None:
        if _is_image(record):
            yield Code.PIXELS_ABSENT, ""
        return
    geometry = geometry_of(record)
    if geometry.frames is None and clean_uid(record.values.get(FRAMES, b"")):
        yield Code.FRAME_COUNT_UNREADABLE, ""
    if pixels.fragments is None:
        if _excess(geometry, pixels):
            yield Code.PIXELS_PADDED, ""
        return
    if pixels.odd_fragment:
        yield Code.FRAGMENT_ODD, ""
    if not pixels.offsets_right or pixels.offsets not in (0, geometry.frames or 1):
        yield Code.OFFSET_TABLE_WRONG, ""


def _encapsulated_faults(syntax: TransferSyntax, geometry: Geometry, pixels: Pixels) -> Iterator[Finding]:
    frames, fragments = geometry.frames or 1, pixels.fragments or 0
    if syntax.pixel_form is PixelForm.NATIVE or not pixels.length:
        yield Code.PIXELS_BROKEN, ""
    elif fragments < frames and not syntax.video:
        yield Code.FRAMES_MISSING, ""
    elif syntax.uid == RLE_LOSSLESS and fragments != frames:  # one fragment for each frame (PS3.5 A.4.2)
        yield Code.PIXELS_BROKEN, ""


def _excess(geometry: Geometry, pixels: Pixels) -> int:
    """Return how many bytes of native pixel data are neither pixels nor the byte that makes them even."""
    expected = geometry.native_length()
    return pixels.length - expected - expected % 2


def _cut_before_pixels(record: Part10) -> bool:
    """Tell whether pixels should be there: the file describes some, and ends, or turns to zeros, before them."""
    described = ROWS in record.values and PIXELS_ELSEWHERE not in record.values
    cut = record.last_tag >> 16 <= LAST_IMAGE_GROUP or record.padding > 0
    return described and cut and _is_image(record)


def _is_image(record: Part10) -> bool:
    sop_class = UID(clean_uid(record.values.get(SOP_CLASS, b"")), validation_mode=IGNORE)
    return "Image Storage" in sop_class.name


def _frame_count(raw: bytes) -> int | None:
    """Return a VR IS, None where it is missing, empty, or no number."""
    digits = raw.strip(b" \0")
    return int(digits) if NUMBER.fullmatch(digits) else None


def _is_possible(bits: int) -> bool:
    """Tell whether Bits Allocated is one, or some whole bytes (PS3.5 8.1.1)."""
    return bits == 1 or (bits % BITS_PER_BYTE == 0 and bits <= MAX_BITS)
