"""Headers of data elements (PS3.5 chapter 7.1), and the fault that says what is wrong with one."""

import struct

from pydicom._dicom_dict import DicomDictionary

from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import ByteStream

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
DELIMITER_GROUP = 0xFFFE
# What no element of a data set is in (PS3.5 7.1): commands, the file header, and groups that are never used. Group 0004
# is in a DICOMDIR.
NO_GROUPS = frozenset({0x0000, 0x0001, 0x0002, 0x0003, 0x0005, 0x0007, 0xFFFF, DELIMITER_GROUP})

# VRs whose length takes four bytes, after two that are reserved (PS3.5 table 7.1-1).
_LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
# The others. On the length of a VR that is none of these, readers differ.
_SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
KNOWN_VRS = _LONG_VRS | _SHORT_VRS


class Malformed(Exception):
    """The bytes are not what a DICOM file has in this place; `tag` is the element that they belong to."""

    def __init__(self, code: Code, tag: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.tag = tag


class Layout:
    """How element headers are laid out: implicit or explicit VR, little or big endian."""

    def __init__(self, *, implicit: bool, big_endian: bool) -> None:
        order = ">" if big_endian else "<"
        self.implicit = implicit
        self._explicit_header = struct.Struct(order + "HH2sH")
        self._implicit_header = struct.Struct(order + "HHL")
        self._long_length = struct.Struct(order + "L").unpack
        self._vr_and_length = struct.Struct(order + "2sH").pack

    def tag(self, raw: bytes) -> int:
        """Return the tag that the header `raw` (8 bytes) begins with."""
        group, element, _ = self._implicit_header.unpack(raw)
        return int(group << 16 | element)

    def item_header(self, stream: ByteStream) -> tuple[int, int]:
        """Take a header that has no VR, and return (tag, length of the value). Raises EOFError."""
        group, element, length = stream.unpack(self._implicit_header)
        return group << 16 | element, length

    def header(self, stream: ByteStream) -> tuple[int, bytes, int]:
        """Take a header and return (tag, VR, length of the value).

        The VR is empty where the header has none: in implicit VR, and for items and delimiters (PS3.5 7.5).
        Raises EOFError, and Malformed for what cannot be a VR.
        """
        if self.implicit:
            tag, length = self.item_header(stream)
            return tag, b"", length
        group, element, vr, length = stream.unpack(self._explicit_header)
        tag = group << 16 | element
        if group == DELIMITER_GROUP:
            return tag, b"", self._long_length(self._vr_and_length(vr, length))[0]
        if vr in _LONG_VRS:
            length = self._long_length(stream.take(4))[0]
        elif vr not in _SHORT_VRS:
            raise Malformed(Code.ELEMENT_BROKEN, tag)
        return tag, vr, length


IMPLICIT_LITTLE = Layout(implicit=True, big_endian=False)
EXPLICIT_LITTLE = Layout(implicit=False, big_endian=False)
EXPLICIT_BIG = Layout(implicit=False, big_endian=True)


# The data dictionary's sequences (PS3.6), which implicit VR does not mark as such.
SEQUENCES = frozenset(tag for tag, (vr, *_) in DicomDictionary.items() if vr == "SQ")
