"""What stands before the data set in a Part 10 file: preamble, prefix and file meta information (PS3.10 7.1)."""

import struct
from dataclasses import dataclass

PREAMBLE = bytes(128) + b"DICM"
# The file meta information holds short values, but for private information, which nobody has seen this long.
MAX_HEADER = 64 * 1024

_LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"}
_SOP_CLASS, _SOP_INSTANCE, _TRANSFER_SYNTAX, _IMPLEMENTATION = 0x0002, 0x0003, 0x0010, 0x0012


class MalformedHeader(Exception):
    """The file does not begin as PS3.10 says."""


@dataclass(frozen=True, slots=True)
class Header:
    size: int  # so many bytes precede the data set
    sop_class_uid: str


def read_header(head: bytes) -> Header:
    """Read the beginning of a file, at most MAX_HEADER bytes of it. Raises MalformedHeader.

    The group's length is not believed: the data set begins where the group ends.
    """
    if head[128:132] != b"DICM":
        raise MalformedHeader("it has no DICM prefix")
    position = len(PREAMBLE)
    sop_class_uid = ""
    while head[position : position + 2] == b"\x02\x00":
        try:
            start, length = _value_of(head, position)
        except struct.error:
            raise MalformedHeader("its file meta information ends within an element") from None
        if head[position + 2 : position + 4] == _SOP_CLASS.to_bytes(2, "little"):
            sop_class_uid = head[start : start + length].decode("ascii", "replace").rstrip("\0 ")
        position = start + length
    if position >= len(head):
        raise MalformedHeader("its file meta information has no end")
    return Header(position, sop_class_uid)


def make_header(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str, implementation_uid: str) -> bytes:
    """Return what makes a file of a data set in this transfer syntax."""
    elements = b"".join(
        [
            struct.pack("<HH2sHLH", 2, 1, b"OB", 0, 2, 0x0100),  # the version: 00 01
            _uid(_SOP_CLASS, sop_class_uid),
            _uid(_SOP_INSTANCE, sop_instance_uid),
            _uid(_TRANSFER_SYNTAX, transfer_syntax_uid),
            _uid(_IMPLEMENTATION, implementation_uid),
        ]
    )
    return PREAMBLE + struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(elements)) + elements


def _value_of(head: bytes, position: int) -> tuple[int, int]:
    """Return where the value of the element at `position` starts, and its length (PS3.5 7.1.2)."""
    if head[position + 4 : position + 6] in _LONG:
        return position + 12, struct.unpack_from("<L", head, position + 8)[0]
    return position + 8, struct.unpack_from("<H", head, position + 6)[0]


def _uid(element: int, uid: str) -> bytes:
    value = uid.encode("ascii")
    value += bytes(len(value) % 2)
    return struct.pack("<HH2sH", 2, element, b"UI", len(value)) + value
