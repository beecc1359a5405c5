"""A bounded, forward-only walk over the data elements of a data set (PS3.5 chapter 7 and annex A.4).

Nothing is believed that is not there, and nothing is kept but the values that were asked for. They stay raw;
`values` decodes them.
"""

import struct
from collections.abc import Container
from dataclasses import dataclass
from hashlib import sha256
from sys import maxsize

from relaypacs.adapters.dicom.elements import (
    DELIMITER_GROUP,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    SEQUENCES,
    UNDEFINED,
    Layout,
    Malformed,
)
from relaypacs.adapters.dicom.limits import Limits
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import PIECE, ByteStream

PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA = 0x7FE00010, 0x7FE00008, 0x7FE00009
PIXEL_TAGS = frozenset({PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA})
FIRST_PIXEL_TAG = min(PIXEL_TAGS)
HEADER = 8
SMALL = 4096
MAX_PADDING = 64 * 1024  # zeros behind the data set, as writers of disks and tapes leave them

# What a PACS may change in an object that it stores (PS3.4 B.4.1.3): who the patient is, what the study is
# called, and the record of such changes. All of group 0010 is the patient's.
PATIENT_GROUP = 0x0010
COERCIBLE = frozenset(
    {
        0x00080005,  # SpecificCharacterSet
        0x00080015,  # InstanceCoercionDateTime
        0x00080020,  # StudyDate
        0x00080030,  # StudyTime
        0x00080050,  # AccessionNumber
        0x00080051,  # IssuerOfAccessionNumberSequence
        0x00080054,  # RetrieveAETitle
        0x00080056,  # InstanceAvailability
        0x00080090,  # ReferringPhysicianName
        0x00080096,  # ReferringPhysicianIdentificationSequence
        0x00080201,  # TimezoneOffsetFromUTC
        0x00081030,  # StudyDescription
        0x00081032,  # ProcedureCodeSequence
        0x00081110,  # ReferencedStudySequence
        0x00081120,  # ReferencedPatientSequence
        0x00200010,  # StudyID
        0x00400275,  # RequestAttributesSequence
        0x04000561,  # OriginalAttributesSequence
        0xFFFCFFFC,  # DataSetTrailingPadding
    }
)

_pack_leaf = struct.Struct("<cLL").pack
_pack_sequence = struct.Struct("<cL").pack


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixel data of an instance, as encoded.

    `length` counts the value's bytes; of encapsulated pixel data those of the fragments alone. `fragments` is
    None for native pixel data, and leaves out the basic offset table, whose length is `offset_table`.
    `sha256` covers the value; for encapsulated pixel data all items with their headers, without the delimiter.
    """

    tag: int
    length: int
    sha256: str
    fragments: int | None = None
    offset_table: int = 0
    odd_fragment: bool = False


@dataclass(slots=True)
class _Level:
    """A data set, item or sequence that is being walked."""

    tag: int  # the sequence that it is or is in
    end: int  # where it ends; where it must have ended if it is delimited
    delimited: bool
    is_sequence: bool
    layout: Layout
    digested: bool


class DataSetWalk:
    """One walk. After `run`, also after one that failed, the attributes hold what has been seen.

    Attributes:
        values: raw values of the wanted elements of the data set itself, cut at the limit.
        pixels: None where there are none.
        content_sha256: see `digest`.
        in_order: whether tags ascend, as PS3.5 7.1 asks.
        last_tag: the last element of the data set itself, -1 when it is empty.
        padding: zero bytes that follow the data set.
    """

    def __init__(
        self, stream: ByteStream, layout: Layout, wanted: Container[int], limits: Limits, *, to_pixels: bool = False
    ) -> None:
        self.values: dict[int, bytes] = {}
        self.pixels: Pixels | None = None
        self.in_order = True
        self.padding = 0
        self._stream = stream
        self._wanted = wanted
        self._limits = limits
        self._to_pixels = to_pixels
        self._levels = [_Level(tag=0, end=maxsize, delimited=False, is_sequence=False, layout=layout, digested=True)]
        self.last_tag = -1
        self._count = 0
        self._content = sha256()

    @property
    def content_sha256(self) -> str:
        """Digest of the data set without pixel data, coercible attributes, group lengths and padding.

        Each element counts with its tag, length and raw value, each sequence and item with a mark where it
        begins and ends. So it does not depend on whether sequences have explicit lengths, but on the byte
        order and on padding within values: only objects in the same transfer syntax can be compared.
        """
        return self._content.hexdigest()

    def run(self) -> None:
        """Walk to the end of the stream, or to the pixel data with `to_pixels`.

        Raises Malformed, EOFError when the stream ends within an element, and what the stream raises.
        """
        levels, stream = self._levels, self._stream
        while True:
            self._count += 1
            if self._count > self._limits.elements:
                raise Malformed(Code.TOO_MANY_ELEMENTS)
            level = levels[-1]
            if len(levels) == 1:
                if self._at_end():
                    return
                self._top_element(level)
            elif stream.position >= level.end:
                self._leave_full(level)
            elif level.is_sequence:
                self._item(level)
            else:
                self._nested_element(level)

    def _at_end(self) -> bool:
        """Tell whether the data set is over; only zeros may follow it, an even number as everywhere."""
        head = self._stream.peek(HEADER)
        if self._to_pixels and len(head) == HEADER and self._levels[0].layout.tag(head) >= FIRST_PIXEL_TAG:
            return True
        if len(head) == HEADER and any(head):
            return False
        while piece := self._stream.read(PIECE):
            self.padding += len(piece)
            if piece.count(0) != len(piece) or self.padding > MAX_PADDING:
                raise Malformed(Code.TRAILING_DATA if len(head) == HEADER else Code.TRUNCATED)
        if self.padding % 2:
            raise Malformed(Code.TRUNCATED)
        return True

    def _top_element(self, level: _Level) -> None:
        tag, vr, length = level.layout.header(self._stream)
        if tag <= self.last_tag:
            self._out_of_order(tag)
        self.last_tag = tag
        level.digested = tag not in COERCIBLE and tag >> 16 != PATIENT_GROUP
        if tag in PIXEL_TAGS:
            if self.pixels:
                raise Malformed(Code.ELEMENT_REPEATED, tag)
            self.pixels = self._fragments() if length == UNDEFINED else self._native_pixels(tag, length)
        elif tag in self._wanted and vr != b"SQ" and length != UNDEFINED:
            self._capture(level, tag, length)
        else:
            self._element(level, tag, vr, length)

    def _out_of_order(self, tag: int) -> None:
        """Raise Malformed where disorder lets two readers see two different things; else just note it."""
        if self.pixels:
            raise Malformed(Code.TRAILING_DATA)
        if tag in self.values or tag == self.last_tag:
            raise Malformed(Code.ELEMENT_REPEATED, tag)
        self.in_order = False

    def _nested_element(self, level: _Level) -> None:
        tag, vr, length = level.layout.header(self._stream)
        if tag == ITEM_END and level.delimited:
            self._leave()
        elif tag == PIXEL_DATA and length == UNDEFINED:  # an icon (PS3.3 C.7.6.1.1.6)
            self._fragments()
        else:
            self._element(level, tag, vr, length)

    def _element(self, level: _Level, tag: int, vr: bytes, length: int) -> None:
        if tag >> 16 == DELIMITER_GROUP:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)
        if length == UNDEFINED:
            if vr not in (b"SQ", b"UN", b""):
                raise Malformed(Code.ELEMENT_BROKEN, tag)
            # A sequence of unknown VR is implicit little endian whatever is around it (PS3.5 6.2.2, note 4).
            layout = IMPLICIT_LITTLE if vr == b"UN" else level.layout
            self._enter(level, tag, length, layout, is_sequence=True)
        elif vr == b"SQ" or (level.layout.implicit and tag in SEQUENCES):
            self._enter(level, tag, length, level.layout, is_sequence=True)
        else:
            self._skip(level, tag, length)

    def _item(self, level: _Level) -> None:
        tag, length = level.layout.item_header(self._stream)
        if tag == ITEM:
            self._enter(level, level.tag, length, level.layout, is_sequence=False)
        elif tag == SEQUENCE_END and level.delimited:
            self._leave()
        else:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)

    def _enter(self, parent: _Level, tag: int, length: int, layout: Layout, *, is_sequence: bool) -> None:
        if len(self._levels) > 2 * self._limits.depth:
            raise Malformed(Code.NESTED_TOO_DEEP, tag)
        delimited = length == UNDEFINED
        end = parent.end if delimited else self._stream.position + length
        if end > parent.end:
            raise Malformed(Code.SEQUENCE_BROKEN, parent.tag)
        self._levels.append(_Level(tag, end, delimited, is_sequence, layout, parent.digested))
        if parent.digested:
            self._content.update(_pack_sequence(b"(" if is_sequence else b"{", tag))

    def _leave(self) -> None:
        if self._levels.pop().digested:
            self._content.update(b")")

    def _leave_full(self, level: _Level) -> None:
        """Leave a sequence or item whose length is used up; a delimited one has lost its delimiter."""
        if level.delimited or self._stream.position > level.end:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)
        self._leave()

    def _skip(self, level: _Level, tag: int, length: int) -> None:
        """Pass over a value; it counts for the digest unless it is a group length."""
        stream, content = self._stream, self._content
        if stream.position + length > level.end:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)
        digested = level.digested and tag & 0xFFFF != 0
        if length <= SMALL:
            value = stream.take(length)
            if digested:
                content.update(_pack_leaf(b"=", tag, length) + value)
            return
        if digested:
            content.update(_pack_leaf(b"=", tag, length))
        for piece in stream.pieces(length):
            if digested:
                content.update(piece)

    def _capture(self, level: _Level, tag: int, length: int) -> None:
        """Pass over a wanted value, and keep its beginning."""
        kept = min(length, self._limits.captured_value)
        value = self.values[tag] = self._stream.take(kept)
        if level.digested:
            self._content.update(_pack_leaf(b"=", tag, length) + value)
        for piece in self._stream.pieces(length - kept):
            if level.digested:
                self._content.update(piece)

    def _native_pixels(self, tag: int, length: int) -> Pixels:
        digest = sha256()
        for piece in self._stream.pieces(length):
            digest.update(piece)
        return Pixels(tag, length, digest.hexdigest())

    def _fragments(self) -> Pixels:
        """Pass over encapsulated pixel data: items of known length up to a delimiter (PS3.5 A.4)."""
        layout = self._levels[-1].layout
        digest = sha256()
        lengths_seen, total, offset_table, odd = 0, 0, 0, False
        while True:
            header = self._stream.peek(HEADER)
            tag, length = layout.item_header(self._stream)
            if tag == SEQUENCE_END:
                break
            if tag != ITEM or length == UNDEFINED:
                raise Malformed(Code.PIXELS_BROKEN, PIXEL_DATA)
            digest.update(header)
            for piece in self._stream.pieces(length):
                digest.update(piece)
            if lengths_seen == 0:
                offset_table = length
            else:
                total += length
                odd = odd or length % 2 == 1
            lengths_seen += 1
            if self._count + lengths_seen > self._limits.elements:
                raise Malformed(Code.TOO_MANY_ELEMENTS)
        fragments = max(lengths_seen - 1, 0)
        return Pixels(PIXEL_DATA, total, digest.hexdigest(), fragments, offset_table, odd)
