"""A bounded, forward-only walk over the data elements of a data set (PS3.5 chapter 7).

Nothing is believed that is not there, and nothing is kept but the values that were asked for. They stay raw;
`values` decodes them.
"""

from array import array
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from sys import maxsize

from relaypacs.adapters.dicom.digests import ContentDigest, is_lasting
from relaypacs.adapters.dicom.elements import (
    DELIMITER_GROUP,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_END,
    NO_GROUPS,
    SEQUENCE_END,
    SEQUENCES,
    UNDEFINED,
    Layout,
    Malformed,
)
from relaypacs.adapters.dicom.limits import Limits
from relaypacs.adapters.dicom.pixels import FIRST_PIXEL_TAG, PIXEL_VRS, Pixels, read_pixels
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import PIECE, ByteStream

HEADER = 8
ZEROS = bytes(HEADER)
SMALL = 4096
MAX_PADDING = 64 * 1024  # zeros behind the data set, as writers of disks and tapes leave them

Wanted = Mapping[int, Container[bytes]]  # tags, each with the VRs that it may have; an empty one is implicit VR


@dataclass(slots=True)
class _Level:
    """A data set, item or sequence that is being walked."""

    tag: int  # the sequence that it is or is in
    end: int  # where it ends; where it must have ended if it is delimited
    delimited: bool
    is_sequence: bool
    layout: Layout
    digested: bool
    last_tag: int = -1
    tags: "array[int]" = field(default_factory=lambda: array("I"))  # of its elements so far
    known: set[int] | None = None  # the same, since they were found to be in disorder


class DataSetWalk:
    """One walk. After `run`, also after one that failed, the attributes hold what has been seen.

    Attributes:
        values: raw values of the wanted elements of the data set itself, cut at the limit.
        pixels: None where there are none.
        content_sha256: see `ContentDigest`.
        in_order: whether tags ascend everywhere, as PS3.5 7.1 asks.
        odd: whether a value has an odd length (PS3.5 7.1.1).
        last_tag: the last element of the data set itself, -1 when it is empty.
        padding: zero bytes that follow the data set.
        count: elements, items and fragments so far.
    """

    def __init__(
        self, stream: ByteStream, layout: Layout, wanted: Wanted, limits: Limits, *, to_pixels: bool = False
    ) -> None:
        self.values: dict[int, bytes] = {}
        self.pixels: Pixels | None = None
        self.in_order = True
        self.odd = False
        self.padding = 0
        self.count = 0
        self._stream = stream
        self._wanted = wanted
        self._limits = limits
        self._to_pixels = to_pixels
        self._levels = [_Level(tag=0, end=maxsize, delimited=False, is_sequence=False, layout=layout, digested=True)]
        self._content = ContentDigest()

    @property
    def content_sha256(self) -> str:
        return self._content.hexdigest()

    @property
    def last_tag(self) -> int:
        return self._levels[0].last_tag

    def run(self) -> None:
        """Walk to the end of the stream, or to the pixel data with `to_pixels`.

        Raises Malformed, EOFError when the stream ends within an element, and what the stream raises.
        """
        try:
            self._walk()
        except Malformed as fault:
            if self.pixels and fault.code is Code.ELEMENT_BROKEN:  # behind the pixels, it is no element at all
                raise Malformed(Code.TRAILING_DATA) from None
            raise

    def _walk(self) -> None:
        levels, stream, most = self._levels, self._stream, self._limits.elements
        while True:
            self.count += 1
            if self.count > most:
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
        if len(head) == HEADER and head != ZEROS:
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
        self._note(level, tag)
        level.digested = is_lasting(tag)
        if tag in PIXEL_VRS:
            if self.pixels:
                raise Malformed(Code.ELEMENT_REPEATED, tag)
            self.pixels = self._read_pixels(level, tag, vr, length)
        elif tag in self._wanted:
            self._capture(level, tag, vr, length)
        else:
            self._element(level, tag, vr, length)

    def _nested_element(self, level: _Level) -> None:
        tag, vr, length = level.layout.header(self._stream)
        if tag == ITEM_END and level.delimited and not length:
            self._leave()
            return
        self._note(level, tag)
        if length == UNDEFINED and tag in PIXEL_VRS:  # an icon (PS3.3 C.7.6.1.1.6)
            self._read_pixels(level, tag, vr, length)
        else:
            self._element(level, tag, vr, length)

    def _note(self, level: _Level, tag: int) -> None:
        """Refuse groups that no data set has, and an element that occurs twice: two readers see two things."""
        if tag >> 16 in NO_GROUPS:
            raise Malformed(Code.SEQUENCE_BROKEN if tag >> 16 == DELIMITER_GROUP else Code.ELEMENT_BROKEN, tag)
        if tag <= level.last_tag:
            if self.pixels and len(self._levels) == 1:
                raise Malformed(Code.TRAILING_DATA)
            if level.known is None:
                level.known = set(level.tags)
            if tag in level.known:
                raise Malformed(Code.ELEMENT_REPEATED, tag)
            self.in_order = False
        level.last_tag = tag
        if level.known is None:
            level.tags.append(tag)
        else:
            level.known.add(tag)

    def _element(self, level: _Level, tag: int, vr: bytes, length: int) -> None:
        if length == UNDEFINED:
            if vr not in (b"SQ", b"UN", b""):
                raise Malformed(Code.ELEMENT_BROKEN, tag)
            # A sequence of unknown VR is implicit little endian whatever is around it (PS3.5 6.2.2, note 4).
            layout = IMPLICIT_LITTLE if vr == b"UN" else level.layout
            self._enter(level, tag, length, layout, is_sequence=True)
        elif vr == b"SQ" or (not vr and tag in SEQUENCES):
            self._enter(level, tag, length, level.layout, is_sequence=True)
        elif vr == b"UN" and tag in SEQUENCES:  # readers that know the tag open it
            self._enter(level, tag, length, IMPLICIT_LITTLE, is_sequence=True)
        else:
            self._skip(level, tag, length)

    def _item(self, level: _Level) -> None:
        tag, length = level.layout.item_header(self._stream)
        if tag == ITEM:
            self._enter(level, level.tag, length, level.layout, is_sequence=False)
        elif tag == SEQUENCE_END and level.delimited and not length:
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
            self._content.begin(tag, sequence=is_sequence)

    def _leave(self) -> None:
        if self._levels.pop().digested:
            self._content.end()

    def _leave_full(self, level: _Level) -> None:
        """Leave a sequence or item whose length is used up; a delimited one has lost its delimiter."""
        if level.delimited or self._stream.position > level.end:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)
        self._leave()

    def _skip(self, level: _Level, tag: int, length: int) -> None:
        """Pass over a value; it counts for the digest unless it is a group length."""
        stream = self._stream
        if stream.position + length > level.end:
            raise Malformed(Code.SEQUENCE_BROKEN, level.tag)
        if length & 1:
            self.odd = True
        digested = level.digested and tag & 0xFFFF != 0
        if length <= SMALL:
            value = stream.take(length)
            if digested:
                self._content.value(tag, value)
        elif digested:
            self._content.long_value(tag, length, stream.pieces(length))
        else:
            for _ in stream.pieces(length):
                pass

    def _capture(self, level: _Level, tag: int, vr: bytes, length: int) -> None:
        """Pass over a wanted value, and keep its beginning; of another VR, readers differ on what it says."""
        if length == UNDEFINED or vr not in self._wanted[tag]:
            raise Malformed(Code.ELEMENT_BROKEN, tag)
        if length > self._limits.captured_value:
            self.values[tag] = self._stream.peek(self._limits.captured_value)
            self._skip(level, tag, length)
            return
        value = self.values[tag] = self._stream.take(length)
        self.odd = self.odd or length % 2 == 1
        if level.digested:
            self._content.value(tag, value)

    def _read_pixels(self, level: _Level, tag: int, vr: bytes, length: int) -> Pixels:
        most = self._limits.elements - self.count
        pixels = read_pixels(self._stream, level.layout, tag, vr, length, most_items=most)
        self.count += pixels.items
        self.odd = self.odd or (pixels.fragments is None and pixels.length % 2 == 1)
        return pixels
