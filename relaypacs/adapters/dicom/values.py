"""From raw values to plain text: padding, byte order, character sets (PS3.5 6.1 and 6.2)."""

import re
import struct
import warnings
from collections.abc import Mapping, Sequence

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword

MAX_TEXT = 256
PADDING = b" \0"
MAX_UID = 64
LEGAL_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
SPECIFIC_CHARACTER_SET = 0x00080005

# The attributes that the gateway shows, compares or searches.
KEYWORDS = (
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "SeriesDate", "AcquisitionDate", "ContentDate"),
    *("AccessionNumber", "ReferringPhysicianName", "StudyDescription", "SeriesDescription"),
    *("BodyPartExamined", "Modality", "StationName", "SeriesNumber", "InstanceNumber"),
    *("Rows", "Columns", "NumberOfFrames", "StudyID"),
)
_ENCODED_VRS = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}  # those that SpecificCharacterSet governs

# Where an ISO 2022 code extension ends by itself (PS3.5 6.1.2.5.3): control characters and the backslash, in
# names also the characters between components and groups.
_TEXT_DELIMITERS = set(b"\t\n\f\r\\")
_NAME_DELIMITERS = _TEXT_DELIMITERS | set(b"^=")

_REPLACEMENT = "\ufffd"
# Control characters, and those that turn the direction of the text around them.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def tag_of(keyword: str) -> int:
    """Return the tag of a DICOM keyword. Raises LookupError when there is none of this name."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise LookupError(keyword)
    return tag


ATTRIBUTE_TAGS = {tag_of(keyword): keyword for keyword in KEYWORDS}
_VRS = {tag: dictionary_VR(tag) for tag in ATTRIBUTE_TAGS}


def clean_uid(raw: bytes) -> str:
    """Return a UID without its padding, which is NUL, and a blank in many real files (PS3.5 9.1)."""
    return raw.rstrip(PADDING).decode("latin-1")


def is_legal_uid(uid: str) -> bool:
    """Tell whether `uid` has the form of a UID (PS3.5 9.1); a superfluous zero is tolerated."""
    return len(uid) <= MAX_UID and LEGAL_UID.fullmatch(uid) is not None


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return `text` fit for a page, a log or a table: one line, no control characters, at most `limit` long."""
    return _UNWANTED.sub(" ", text)[:limit].strip()


def unsigned_short(raw: bytes, *, big_endian: bool) -> int | None:
    """Return the value of VR US, None where there is not just one."""
    size = struct.calcsize("H")
    return int.from_bytes(raw, "big" if big_endian else "little") if len(raw) == size else None


def decode_attributes(values: Mapping[int, bytes], *, big_endian: bool) -> tuple[dict[str, str], bool]:
    """Return the text of each of KEYWORDS that is there and not empty, and whether all of it was readable.

    Multiple values stay joined by backslashes. What cannot be decoded becomes U+FFFD.
    """
    encodings, readable = _encodings(values.get(SPECIFIC_CHARACTER_SET, b""))
    attributes = {}
    for tag, keyword in ATTRIBUTE_TAGS.items():
        if tag not in values:
            continue
        text = _decode(values[tag], _VRS[tag], encodings, big_endian=big_endian)
        readable = readable and _REPLACEMENT not in text
        if cleaned := clean_text(text).rstrip("="):  # an empty last group of a person name
            attributes[keyword] = cleaned
    return attributes, readable


def _decode(raw: bytes, vr: str, encodings: Sequence[str], *, big_endian: bool) -> str:
    if vr == "US":
        number = unsigned_short(raw, big_endian=big_endian)
        return "" if number is None else str(number)
    raw = raw.rstrip(PADDING)
    if vr not in _ENCODED_VRS:
        return raw.decode("ascii", errors="replace")
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns with the value in the text; the result shows it as well
        return decode_bytes(raw, encodings, _NAME_DELIMITERS if vr == "PN" else _TEXT_DELIMITERS)


def _encodings(raw: bytes) -> tuple[list[str], bool]:
    """Return Python's names of the character sets in `raw`, and whether DICOM knows all of them.

    An unknown one is never handed to Python, which would also take "punycode" or "zlib" for one.
    """
    terms = [term.strip(" \0") for term in raw.decode("latin-1").split("\\")]
    terms = [re.sub(r"^ISO[ -]IR[ _-]", "ISO_IR ", term) for term in terms]
    known = [term if term in python_encoding else "ISO_IR 6" for term in terms]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a second character set beside UTF-8 is ignored, as PS3.3 C.12.1.1.2 has it
        return convert_encodings(known), known == terms
