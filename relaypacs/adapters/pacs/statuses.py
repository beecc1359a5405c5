"""What a DICOM status of a store means for delivery (PS3.4 B.2.3, PS3.7 Annex C, PS3.18 I.2.2)."""

from relaypacs.adapters.pacs.base import StoreStatus
from relaypacs.adapters.pacs.causes import Cause, cause_of_words

SUCCESS = 0x0000
DUPLICATE_INSTANCE = 0x0111

_WORDS = {
    0x0105: "no such attribute",
    0x0106: "invalid attribute value",
    0x0110: "processing failure",
    0x0111: "duplicate SOP instance",
    0x0117: "invalid SOP instance",
    0x0118: "no such SOP class",
    0x0119: "class and instance conflict",
    0x0120: "missing attribute",
    0x0121: "missing attribute value",
    0x0122: "SOP class not supported",
    0x0124: "not authorised",
    0xB000: "attributes were coerced",
    0xB006: "elements were discarded",
    0xB007: "data set does not match SOP class",
    0x0213: "resource limitation",
    0xC122: "transfer syntax not supported",
}
_RANGES = (
    (range(0xA700, 0xA800), StoreStatus.FAILED, "out of resources"),
    (range(0xA900, 0xAA00), StoreStatus.REFUSED, "data set does not match SOP class"),
    (range(0xB000, 0xC000), StoreStatus.COERCED, "stored with a warning"),
    (range(0xC000, 0xD000), StoreStatus.REFUSED, "cannot understand"),
)
_CODES = {
    SUCCESS: StoreStatus.STORED,
    DUPLICATE_INSTANCE: StoreStatus.STORED,
    **dict.fromkeys((0x0001, 0x0107, 0x0116), StoreStatus.COERCED),
    # Faults of the object itself: sending the same bytes again cannot help.
    **dict.fromkeys((0x0105, 0x0106, 0x0117, 0x0118, 0x0119, 0x0120, 0x0121, 0x0122), StoreStatus.REFUSED),
}
_CAUSES = {
    **dict.fromkeys((0x0118, 0x0122), Cause.REFUSED_SOP_CLASS),
    0x0124: Cause.NOT_ALLOWED,
    0x0211: Cause.NOT_OFFERED,  # unrecognized operation
    0x0213: Cause.OUT_OF_RESOURCES,
    0xC122: Cause.REFUSED_TRANSFER_SYNTAX,
}


def store_status(code: int) -> StoreStatus:
    """Class a status. What is not known to be final is FAILED: asking again costs less than a lost study."""
    ranged = (status for codes, status, _ in _RANGES if code in codes)
    return _CODES.get(code) or next(ranged, StoreStatus.FAILED)


def status_cause(code: int, words: str = "") -> Cause | None:
    """Return what a status means that is no success; where it means nothing, what `words` say."""
    status = store_status(code)
    if status in (StoreStatus.STORED, StoreStatus.COERCED):
        return None
    if code in range(0xA700, 0xA800):
        return Cause.OUT_OF_RESOURCES
    if found := _CAUSES.get(code):
        return found
    said = cause_of_words(words)
    return Cause.REFUSED_CONTENT if said is Cause.OTHER and status is StoreStatus.REFUSED else said


def describe_status(code: int) -> str:
    """Return the code as the standards print it, and its meaning: "A700 out of resources"."""
    ranged = (words for codes, _, words in _RANGES if code in codes)
    return f"{code:04X} {_WORDS.get(code) or next(ranged, '')}".rstrip()
