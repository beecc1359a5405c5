"""Command sets (PS3.7 6.3, Annex E): what a DIMSE message says before its data set."""

import re
import struct
from collections.abc import Mapping
from enum import IntEnum

MAX_WORDS = 300


class Element(IntEnum):
    """Elements of group 0000 that are used here (PS3.7 E.1)."""

    GROUP_LENGTH = 0x0000
    AFFECTED_SOP_CLASS_UID = 0x0002
    REQUESTED_SOP_CLASS_UID = 0x0003
    COMMAND_FIELD = 0x0100
    MESSAGE_ID = 0x0110
    MESSAGE_ID_RESPONDED_TO = 0x0120
    PRIORITY = 0x0700
    DATA_SET_TYPE = 0x0800
    STATUS = 0x0900
    ERROR_COMMENT = 0x0902
    AFFECTED_SOP_INSTANCE_UID = 0x1000
    REQUESTED_SOP_INSTANCE_UID = 0x1001
    EVENT_TYPE_ID = 0x1002
    ACTION_TYPE_ID = 0x1008
    COMPLETED_SUBOPERATIONS = 0x1021
    FAILED_SUBOPERATIONS = 0x1022


class Field(IntEnum):
    """Values of the command field; an answer's is that of its question with RESPONSE (PS3.7 E.1)."""

    C_STORE = 0x0001
    C_GET = 0x0010
    C_FIND = 0x0020
    C_ECHO = 0x0030
    N_EVENT_REPORT = 0x0100
    N_ACTION = 0x0130


RESPONSE = 0x8000
NO_DATA_SET, SOME_DATA_SET = 0x0101, 0x0001
MEDIUM_PRIORITY = 0


class MalformedCommand(Exception):
    """The command set is not what PS3.7 says."""


class Command:
    """A command set that was received."""

    def __init__(self, elements: Mapping[int, bytes]) -> None:
        self._elements = elements

    def number(self, element: Element) -> int:
        """Return the value of an element of VR US. Raises MalformedCommand when there is none."""
        try:
            number: int = struct.unpack("<H", self._elements[element])[0]
        except (KeyError, struct.error):
            raise MalformedCommand(f"a message has no {element.name.replace('_', ' ').lower()}") from None
        return number

    def count(self, element: Element) -> int:
        """Return the value of an optional element of VR US."""
        return self.number(element) if element in self._elements else 0

    def text(self, element: Element) -> str:
        """Return a UID or words, printable and of bounded length; empty when there are none."""
        text = self._elements.get(element, b"")[: 4 * MAX_WORDS].decode("ascii", "replace")
        return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()[:MAX_WORDS]

    @property
    def has_data_set(self) -> bool:
        return self.number(Element.DATA_SET_TYPE) != NO_DATA_SET

    @property
    def status(self) -> int:
        return self.number(Element.STATUS)


def encode_command(elements: Mapping[Element, int | str]) -> bytes:
    """Return the command set in Implicit VR Little Endian, as all are (PS3.7 6.3.1)."""
    body = b"".join(_encode(element, elements[element]) for element in sorted(elements))
    return struct.pack("<HHLL", 0, Element.GROUP_LENGTH, 4, len(body)) + body


def decode_command(data: bytes) -> Command:
    """Raises MalformedCommand."""
    elements: dict[int, bytes] = {}
    position = 0
    while position < len(data):
        try:
            group, element, length = struct.unpack_from("<HHL", data, position)
        except struct.error:
            raise MalformedCommand("a command set ends within an element") from None
        position += 8
        if group or length > len(data) - position:
            raise MalformedCommand("a command set has other elements, or is cut off")
        elements[element] = data[position : position + length]
        position += length
    return Command(elements)


def _encode(element: Element, value: int | str) -> bytes:
    if isinstance(value, int):
        return struct.pack("<HHLH", 0, element, 2, value)
    text = value.encode("ascii")
    text += bytes(len(text) % 2)
    return struct.pack("<HHL", 0, element, len(text)) + text
