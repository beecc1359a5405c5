"""Every reason why a file or an instance is not simply accepted: its code, and what a radiographer reads.

The codes are stable, clients match on them; `docs/errors.md` has a heading for each. A `{what}` in a sentence
is filled in with the attribute that it is about.
"""

from enum import StrEnum

from relaypacs.adapters.dicom.base import Reason

Finding = tuple["Code", str]  # a code, and the attribute that it is about


class Code(StrEnum):
    # The file as a whole cannot be read, or not to its end
    ZIP_BROKEN = "zip-broken"
    ZIP_SPLIT = "zip-split"
    ZIP_TOO_MANY_MEMBERS = "zip-too-many-members"
    ZIP_BOMB = "zip-bomb"
    ZIP_WITHOUT_DICOM = "zip-without-dicom"
    ZIP_ENCRYPTED = "zip-encrypted"
    CHECK_TIMED_OUT = "check-timed-out"
    CHECK_FAILED = "check-failed"
    DAMAGED_IN_STORAGE = "damaged-in-storage"

    # A member of a ZIP is rejected
    MEMBER_ENCRYPTED = "member-encrypted"
    MEMBER_METHOD = "member-method"
    MEMBER_BROKEN = "member-broken"
    MEMBER_PATH = "member-path"
    MEMBER_OVERLAPS = "member-overlaps"
    NESTED_ARCHIVE = "nested-archive"

    # An instance is rejected: its encoding
    NOT_DICOM = "not-dicom"
    ARCHIVE_UNSUPPORTED = "archive-unsupported"
    EMPTY_FILE = "empty-file"
    TRUNCATED = "truncated"
    TRANSFER_SYNTAX_MISSING = "transfer-syntax-missing"
    TRANSFER_SYNTAX_UNKNOWN = "transfer-syntax-unknown"
    TRANSFER_SYNTAX_DIFFERS = "transfer-syntax-differs"
    ELEMENT_BROKEN = "element-broken"
    ELEMENT_REPEATED = "element-repeated"
    SEQUENCE_BROKEN = "sequence-broken"
    NESTED_TOO_DEEP = "nested-too-deep"
    TOO_MANY_ELEMENTS = "too-many-elements"
    TRAILING_DATA = "trailing-data"
    DEFLATE_BROKEN = "deflate-broken"
    DECOMPRESSION_BOMB = "decompression-bomb"

    # An instance is rejected: its identity and its pixels
    UID_MISSING = "uid-missing"
    UID_ILLEGAL = "uid-illegal"
    PIXELS_MISSING = "pixels-missing"
    PIXELS_BROKEN = "pixels-broken"
    PIXELS_UNDESCRIBED = "pixels-undescribed"
    PIXELS_TOO_SHORT = "pixels-too-short"
    PIXELS_TOO_LONG = "pixels-too-long"
    FRAMES_MISSING = "frames-missing"

    # An instance is accepted with a warning
    PREAMBLE_NEUTRALISED = "preamble-neutralised"
    META_LENGTH_MISSING = "meta-length-missing"
    META_LENGTH_WRONG = "meta-length-wrong"
    META_UID_MISSING = "meta-uid-missing"
    META_UID_DIFFERS = "meta-uid-differs"
    TRANSFER_SYNTAX_PRIVATE = "transfer-syntax-private"
    TRANSFER_SYNTAX_NEW = "transfer-syntax-new"
    VR_MISSING = "vr-missing"
    UID_LEADING_ZERO = "uid-leading-zero"
    ELEMENT_ORDER = "element-order"
    VALUE_ODD = "value-odd"
    TRAILING_PADDING = "trailing-padding"
    PIXELS_ABSENT = "pixels-absent"
    PIXELS_PADDED = "pixels-padded"
    FRAGMENT_ODD = "fragment-odd"
    OFFSET_TABLE_WRONG = "offset-table-wrong"
    FRAME_COUNT_UNREADABLE = "frame-count-unreadable"
    ATTRIBUTE_MISSING = "attribute-missing"
    TEXT_UNREADABLE = "text-unreadable"


SENTENCES = {
    Code.ZIP_BROKEN: "The ZIP file is damaged. Make it again, or send the folder instead.",
    Code.ZIP_SPLIT: "The ZIP file is one part of several. Make a single ZIP, or send the folder instead.",
    Code.ZIP_TOO_MANY_MEMBERS: "The ZIP file holds too many files. Split it, or send the folder instead.",
    Code.ZIP_BOMB: "The ZIP file would unpack to far more than a study can be, and was not opened.",
    Code.ZIP_WITHOUT_DICOM: "The ZIP file holds no DICOM image.",
    Code.ZIP_ENCRYPTED: "The ZIP file is protected by a password. Make one without, or send the folder instead.",
    Code.CHECK_TIMED_OUT: "Checking the file took too long. Send the study in smaller files.",
    Code.CHECK_FAILED: "The file could not be checked: it made the checking program fail.",
    Code.DAMAGED_IN_STORAGE: "The file was damaged in the gateway's storage after it had arrived. Send it again.",
    Code.MEMBER_ENCRYPTED: "The file is protected by a password. Send it without one.",
    Code.MEMBER_METHOD: "The file is packed by a method that is not supported. Make an ordinary ZIP.",
    Code.MEMBER_BROKEN: "The file was damaged in the ZIP. Export it from the modality again.",
    Code.MEMBER_PATH: "The file's name in the ZIP points outside of the ZIP. Make the ZIP again.",
    Code.MEMBER_OVERLAPS: "The file shares its bytes with another file of the ZIP. Make the ZIP again.",
    Code.NESTED_ARCHIVE: "This is an archive inside an archive, which is not opened. Send it by itself.",
    Code.NOT_DICOM: "This is not a DICOM file.",
    Code.ARCHIVE_UNSUPPORTED: "This kind of archive is not opened. Make a ZIP, or send the folder instead.",
    Code.EMPTY_FILE: "The file is empty.",
    Code.TRUNCATED: "The file ends too early: a part is missing. Export it from the modality again.",
    Code.TRANSFER_SYNTAX_MISSING: "The file does not say how it is encoded (no transfer syntax).",
    Code.TRANSFER_SYNTAX_UNKNOWN: "The file names an encoding that does not exist (transfer syntax).",
    Code.TRANSFER_SYNTAX_DIFFERS: "The file is encoded in another way than it says (transfer syntax).",
    Code.ELEMENT_BROKEN: "The file is damaged: {what} cannot be read.",
    Code.ELEMENT_REPEATED: "The file is damaged: {what} occurs more than once.",
    Code.SEQUENCE_BROKEN: "The file is damaged: the items of {what} cannot be told apart.",
    Code.NESTED_TOO_DEEP: "The file is built in a way that no modality uses (nested too deeply).",
    Code.TOO_MANY_ELEMENTS: "The file is built in a way that no modality uses (too many elements).",
    Code.TRAILING_DATA: "The file goes on after its end: something that is not DICOM was added.",
    Code.DEFLATE_BROKEN: "The compressed part of the file is damaged. Export it from the modality again.",
    Code.DECOMPRESSION_BOMB: "The file would unpack to far more than an image can be, and was not opened.",
    Code.UID_MISSING: "The file has no {what}, so it cannot be told from other files.",
    Code.UID_ILLEGAL: "The {what} of the file is not a DICOM identifier.",
    Code.PIXELS_MISSING: "The file has no image in it. Export it from the modality again.",
    Code.PIXELS_BROKEN: "The image is damaged: its compressed parts cannot be told apart.",
    Code.PIXELS_UNDESCRIBED: "The image cannot be shown: {what} is missing or makes no sense.",
    Code.PIXELS_TOO_SHORT: "A part of the image is missing. Export it from the modality again.",
    Code.PIXELS_TOO_LONG: "The image is larger than the file says it is.",
    Code.FRAMES_MISSING: "The file has fewer frames than it says it has.",
    Code.PREAMBLE_NEUTRALISED: "The file began with something that is not DICOM, which is blanked out.",
    Code.META_LENGTH_MISSING: "The file header does not give its length.",
    Code.META_LENGTH_WRONG: "The file header gives a wrong length.",
    Code.META_UID_MISSING: "The file header has no {what}.",
    Code.META_UID_DIFFERS: "The file header has another {what} than the image, which is the one that counts.",
    Code.TRANSFER_SYNTAX_PRIVATE: "The image is encoded in a way that only its maker's programs may read.",
    Code.TRANSFER_SYNTAX_NEW: "The image is encoded in a way that is newer than this gateway and some other systems.",
    Code.VR_MISSING: "The file is encoded otherwise than it says, which some systems refuse.",
    Code.UID_LEADING_ZERO: "The {what} has a superfluous zero, which some systems refuse.",
    Code.ELEMENT_ORDER: "The file's elements are not in order, which some systems refuse.",
    Code.VALUE_ODD: "A value in the file has an odd length, which some systems refuse.",
    Code.TRAILING_PADDING: "The file is followed by zeros.",
    Code.PIXELS_ABSENT: "The file has no image in it, only the description of one.",
    Code.PIXELS_PADDED: "The image is followed by superfluous bytes.",
    Code.FRAGMENT_ODD: "A compressed part of the image has an odd length, which some systems refuse.",
    Code.OFFSET_TABLE_WRONG: "The list of the frames' places in the file is not right; some systems need it.",
    Code.FRAME_COUNT_UNREADABLE: "The number of frames cannot be read; the file has one frame.",
    Code.ATTRIBUTE_MISSING: "The file has no {what}.",
    Code.TEXT_UNREADABLE: "Some text of the file is not in the character set that it names.",
}


def reason(code: Code, what: str = "") -> Reason:
    """Return the reason `code`; `what` names the attribute that it is about."""
    return Reason(code.value, SENTENCES[code].replace("{what}", what or "an element"))
