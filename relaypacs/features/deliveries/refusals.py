"""Stable codes for why a destination has not got an instance: its own words are as many as there are makers."""

import re

from relaypacs.features.deliveries.judgement import ABSENT, DIFFERENT, UNRELATED

OTHER_CONTENT = "The destination holds other content under the same SOPInstanceUID."
NOT_LISTED = "The destination acknowledged this instance but does not list it."

REFUSED = "refused"
_SENTENCES = {
    OTHER_CONTENT: "other-content",
    NOT_LISTED: "not-listed",
    DIFFERENT.reason: "content-differs",
    UNRELATED.reason: "content-differs",
    ABSENT.reason: "no-longer-held",
    "a UID is not legal": "uid-illegal",
}
_NOT_ACCEPTED = "The destination does not accept "  # a SOP class, or a transfer syntax for it
_DICOM_STATUS = re.compile(r"([0-9A-F]{4})\b")
_HTTP_STATUS = re.compile(r"HTTP ([1-5][0-9]{2})\b")


def refusal_code(reason: str) -> str:
    """Return the code: of our own sentences a word, else the DICOM or HTTP status that the reason begins with."""
    if reason in _SENTENCES:
        return _SENTENCES[reason]
    if reason.startswith(_NOT_ACCEPTED):
        return "not-accepted"
    if found := _DICOM_STATUS.match(reason):
        return f"status-{found[1].lower()}"
    if found := _HTTP_STATUS.match(reason):
        return f"http-{found[1]}"
    return REFUSED
