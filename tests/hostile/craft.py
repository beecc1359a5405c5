"""Bytes of DICOM elements and files, put together by hand: right ones and wrong ones alike (PS3.5 7, PS3.10 7)."""

import struct
import zlib
from collections.abc import Mapping

from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit

from tests.builders.dicom import make_dicom

UNDEFINED = 0xFFFFFFFF
LONG_VRS = ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
META_START = 132

TRANSFER_SYNTAX, META_CLASS, META_INSTANCE, META_LENGTH = 0x00020010, 0x00020002, 0x00020003, 0x00020000
CHARACTER_SET, SOP_CLASS, SOP_INSTANCE, MODALITY = 0x00080005, 0x00080016, 0x00080018, 0x00080060
STUDY, SERIES, PATIENT_NAME = 0x0020000D, 0x0020000E, 0x00100010
SAMPLES, PHOTOMETRIC, FRAMES, ROWS, COLUMNS = 0x00280002, 0x00280004, 0x00280008, 0x00280010, 0x00280011
BITS, PIXELS, FLOATS, DOUBLES = 0x00280100, 0x7FE00010, 0x7FE00008, 0x7FE00009
PRIVATE = 0x00211001  # between the identity and the description of the pixels


def element(tag: int, vr: str, value: bytes = b"", length: int | None = None, order: str = "<") -> bytes:
    """Return an element in explicit VR; `length` is what it says of itself, whatever it has."""
    said = len(value) if length is None else length
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF) + vr.encode("latin-1")
    if vr in LONG_VRS:
        return head + struct.pack(order + "HL", 0, said) + value
    return head + struct.pack(order + "H", said) + value


def implicit(tag: int, value: bytes = b"", length: int | None = None) -> bytes:
    """Return an element in implicit VR, or an item or delimiter."""
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value) if length is None else length) + value


def item(value: bytes = b"", length: int | None = None) -> bytes:
    return implicit(0xFFFEE000, value, length)


OPEN_ITEM, ITEM_END, SEQUENCE_END = item(b"", UNDEFINED), implicit(0xFFFEE00D), implicit(0xFFFEE0DD)


def sequence(value: bytes, length: int | None = None, tag: int = PRIVATE) -> bytes:
    return element(tag, "SQ", value, length)


def short(tag: int, number: int) -> bytes:
    return element(tag, "US", struct.pack("<H", number))


def text(tag: int, vr: str, value: str | bytes) -> bytes:
    """Return an element of text, padded to an even length."""
    raw = value.encode() if isinstance(value, str) else value
    return element(tag, vr, raw + (b"\0" if vr == "UI" else b" ") * (len(raw) % 2))


def image(**arguments: object) -> bytes:
    """Return a good image of 8 by 8 pixels."""
    return make_dicom(**({"rows": 8, "columns": 8} | arguments))  # type: ignore[arg-type]


def split(content: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Return the elements of the file header and of the data set, which is explicit little endian without sequences."""
    found: dict[int, bytes] = {}
    at = META_START
    while at < len(content):
        start = at
        group, number, vr, length = struct.unpack_from("<HH2sH", content, at)
        at += 8
        if vr.decode() in LONG_VRS:
            (length,) = struct.unpack_from("<L", content, at)
            at += 4
        at = len(content) if length == UNDEFINED else at + length
        found[group << 16 | number] = content[start:at]
    meta = {tag: raw for tag, raw in found.items() if tag >> 16 == 2}
    return meta, {tag: raw for tag, raw in found.items() if tag not in meta}


def changed(changes: Mapping[int, bytes | None], content: bytes | None = None) -> bytes:
    """Return an image in which elements are replaced, added in their place, or left out where `changes` has None.

    The file header's length is right again unless it is one of the changes.
    """
    content = content or image()
    meta, data_set = split(content)
    for tag, raw in changes.items():
        part = meta if tag >> 16 == 2 else data_set
        if raw is None:
            del part[tag]
        else:
            part[tag] = raw
    behind = b"".join(raw for tag, raw in sorted(meta.items()) if tag != META_LENGTH)
    if META_LENGTH not in changes:
        meta[META_LENGTH] = element(META_LENGTH, "UL", struct.pack("<L", len(behind)))
    return content[:META_START] + meta.get(META_LENGTH, b"") + behind + _joined(data_set)


def _joined(data_set: Mapping[int, bytes]) -> bytes:
    return b"".join(raw for _, raw in sorted(data_set.items()))


def with_private(raw: bytes, content: bytes | None = None) -> bytes:
    """Return an image with `raw` where a private element of group 0021 has its place."""
    return changed({PRIVATE: raw}, content)


def body(content: bytes) -> int:
    """Return where the data set begins."""
    return META_START + 12 + int.from_bytes(content[140:144], "little")


def relabelled(content: bytes, syntax: str) -> bytes:
    """Return `content` under the name of another transfer syntax."""
    said = text(TRANSFER_SYNTAX, "UI", syntax)
    start = body(content)
    meta, _ = split(content[:start])
    meta[TRANSFER_SYNTAX] = said
    rest = b"".join(raw for tag, raw in sorted(meta.items()) if tag != META_LENGTH)
    length = element(META_LENGTH, "UL", struct.pack("<L", len(rest)))
    return content[:META_START] + length + rest + content[start:]


def deflated(data_set: bytes | None = None, tail: bytes = b"") -> bytes:
    """Return a deflated image, or `data_set` in its place, with `tail` in the deflate stream behind it."""
    content = image(transfer_syntax=DeflatedExplicitVRLittleEndian)
    start = body(content)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    inner = zlib.decompress(content[start:], -15) if data_set is None else data_set
    stream = packer.compress(inner) + packer.compress(tail) + packer.flush()
    return content[:start] + stream + b"\0" * (len(stream) % 2)


def encapsulated(items: bytes, frames: int = 1, syntax: str = JPEGBaseline8Bit, vr: str = "OB") -> bytes:
    """Return an image whose pixel data are `items`, delimiter included, whatever they are."""
    content = image(transfer_syntax=syntax)
    changes: dict[int, bytes | None] = {PIXELS: element(PIXELS, vr, items, UNDEFINED)}
    if frames != 1:
        changes[FRAMES] = text(FRAMES, "IS", str(frames))
    return changed(changes, content)
