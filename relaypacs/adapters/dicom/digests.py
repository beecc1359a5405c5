"""A digest of a data set that stays the same while a PACS stores it (PS3.4 B.4.1.3)."""

import struct
from collections.abc import Iterable
from hashlib import sha256

# What a PACS may change in an object that it stores: who the patient is, what the study is called, and the record
# of such changes. All of group 0010 is the patient's.
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


def is_lasting(tag: int) -> bool:
    """Tell whether an element of the data set itself counts: no PACS may change it."""
    return tag not in COERCIBLE and tag >> 16 != PATIENT_GROUP


class ContentDigest:
    """Digest of a data set without pixel data, coercible attributes, group lengths and padding.

    Each element counts with its tag, length and raw value, each sequence and item with a mark where it begins
    and ends. So it does not depend on whether sequences have explicit lengths, but on the byte order and on
    padding within values: only objects in the same transfer syntax can be compared.
    """

    def __init__(self) -> None:
        self._digest = sha256()

    def hexdigest(self) -> str:
        return self._digest.hexdigest()

    def begin(self, tag: int, *, sequence: bool) -> None:
        """Note that a sequence, or an item of it, begins."""
        self._digest.update(_pack_sequence(b"(" if sequence else b"{", tag))

    def end(self) -> None:
        self._digest.update(b")")

    def value(self, tag: int, value: bytes) -> None:
        self._digest.update(_pack_leaf(b"=", tag, len(value)) + value)

    def long_value(self, tag: int, length: int, pieces: Iterable[bytes | memoryview]) -> None:
        """Note a value of `length` bytes that comes in pieces."""
        self._digest.update(_pack_leaf(b"=", tag, length))
        for piece in pieces:
            self._digest.update(piece)
