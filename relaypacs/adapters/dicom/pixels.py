"""Pixel data as they lie in a data set: native, or encapsulated in fragments (PS3.5 chapter 8 and annex A.4)."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from relaypacs.adapters.dicom.elements import ITEM, SEQUENCE_END, UNDEFINED, Layout, Malformed
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import ByteStream

PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA = 0x7FE00010, 0x7FE00008, 0x7FE00009
# Each kind of pixel data with the VRs that it may have (PS3.6); none in implicit VR, UN where a system lost it.
PIXEL_VRS = {
    PIXEL_DATA: frozenset({b"", b"UN", b"OB", b"OW"}),
    FLOAT_PIXEL_DATA: frozenset({b"", b"UN", b"OF"}),
    DOUBLE_FLOAT_PIXEL_DATA: frozenset({b"", b"UN", b"OD"}),
}
FIRST_PIXEL_TAG = min(PIXEL_VRS)
HEADER = 8
OFFSET_SIZE = 4


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixel data of an instance, as encoded.

    `length` counts the value's bytes; of encapsulated pixel data those of the fragments alone. `sha256` covers
    the value; for encapsulated pixel data all items with their headers, without the delimiter.

    Of encapsulated pixel data only: `fragments` counts those that are not empty, None says that the pixel data
    are native; `items` counts everything; `offsets` is the number of entries of the basic offset table, and
    `offsets_right` tells whether each points at a fragment, the first one at the first, in ascending order.
    """

    tag: int
    length: int
    sha256: str
    fragments: int | None = None
    items: int = 0
    offsets: int = 0
    offsets_right: bool = True
    odd_fragment: bool = False


def read_pixels(stream: ByteStream, layout: Layout, tag: int, vr: bytes, length: int, *, most_items: int) -> Pixels:
    """Pass over the value of an element of PIXEL_VRS, whose header has been taken.

    Raises Malformed, for more than `most_items` items too, and EOFError.
    """
    if vr not in PIXEL_VRS[tag]:
        raise Malformed(Code.ELEMENT_BROKEN, tag)
    if length != UNDEFINED:
        digest = sha256()
        for piece in stream.pieces(length):
            digest.update(piece)
        return Pixels(tag, length, digest.hexdigest())
    if tag != PIXEL_DATA:
        raise Malformed(Code.PIXELS_BROKEN, tag)
    return _read_fragments(stream, layout, most_items)


def _read_fragments(stream: ByteStream, layout: Layout, most_items: int) -> Pixels:
    """Pass over items of known length up to a delimiter; the first one is the basic offset table."""
    digest = sha256()
    table: tuple[int, ...] = ()
    items, fragments, total, pointed_at, odd = 0, 0, 0, 0, False
    start = stream.position
    while True:
        header, place = stream.peek(HEADER), stream.position - start
        tag, length = layout.item_header(stream)
        if tag == SEQUENCE_END and length == 0:
            break
        if tag != ITEM or length == UNDEFINED:
            raise Malformed(Code.PIXELS_BROKEN, PIXEL_DATA)
        items += 1
        if items > most_items:
            raise Malformed(Code.TOO_MANY_ELEMENTS)
        digest.update(header)
        if items == 1:
            table = _offset_table(stream, length, most_items)
            digest.update(struct.pack(f"<{len(table)}L", *table))
            start = stream.position
            continue
        for piece in stream.pieces(length):
            digest.update(piece)
        if pointed_at < len(table) and table[pointed_at] == place:
            pointed_at += 1
        fragments += length > 0
        total += length
        odd = odd or length % 2 == 1
    offsets_right = pointed_at == len(table) and not any(table[:1])
    return Pixels(PIXEL_DATA, total, digest.hexdigest(), fragments, items, len(table), offsets_right, odd)


def _offset_table(stream: ByteStream, length: int, most_items: int) -> tuple[int, ...]:
    """Take the basic offset table: where frames begin, counted from the first fragment (PS3.5 A.4)."""
    if length % OFFSET_SIZE:
        raise Malformed(Code.PIXELS_BROKEN, PIXEL_DATA)
    if length > OFFSET_SIZE * most_items:
        raise Malformed(Code.TOO_MANY_ELEMENTS)
    return struct.unpack(f"<{length // OFFSET_SIZE}L", stream.take(length))
