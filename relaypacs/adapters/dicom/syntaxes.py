"""What a transfer syntax says about the encoding of a data set (PS3.5 chapter 10 and annex A)."""

from dataclasses import dataclass
from enum import Enum

from pydicom._uid_dict import UID_dictionary

DICOM_ROOT = "1.2.840.10008."
IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2"
RLE_LOSSLESS = "1.2.840.10008.1.2.5"

_NATIVE = {
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    IMPLICIT_LITTLE_ENDIAN,
}
_BIG_ENDIAN = {"1.2.840.10008.1.2.2"}
# The two others are JPIP Referenced Deflate and JPIP HTJ2K Referenced Deflate.
_DEFLATED = {"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"}
_REFERENCED = {
    "1.2.840.10008.1.2.4.94",
    "1.2.840.10008.1.2.4.95",
    "1.2.840.10008.1.2.4.204",
    "1.2.840.10008.1.2.4.205",
}
# GE's private syntax of old archives: implicit VR, with the pixels in big-endian order.
_IMPLICIT = {IMPLICIT_LITTLE_ENDIAN, "1.2.840.113619.5.2"}
# Where new ways to compress an image are registered.
_COMPRESSIONS = IMPLICIT_LITTLE_ENDIAN + ".4."
# Those that always decode to what was encoded; JPEG 2000 and JPEG-LS have another UID for "perhaps".
_LOSSLESS = {RLE_LOSSLESS} | {
    f"{_COMPRESSIONS}{number}" for number in ("57", "70", "80", "90", "92", "110", "201", "202")
}
_VIDEO_PREFIXES = tuple(f"1.2.840.10008.1.2.4.{number}" for number in range(100, 109))


class PixelForm(Enum):
    NATIVE = "native"
    ENCAPSULATED = "encapsulated"
    REFERENCED = "referenced"  # a URL stands in the pixels' place
    UNKNOWN = "unknown"  # a private syntax may use either form


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    uid: str
    implicit: bool
    big_endian: bool
    deflated: bool
    pixel_form: PixelForm
    video: bool  # one fragment may hold many frames

    @property
    def standard(self) -> bool:
        return self.uid.startswith(DICOM_ROOT)

    @property
    def known(self) -> bool:
        """Whether PS3.6 had it when this code was made."""
        return self.uid in UID_dictionary


def transfer_syntax(uid: str) -> TransferSyntax | None:
    """Return how `uid`, a legal UID, encodes; None when it is a UID of DICOM that names no transfer syntax.

    Private syntaxes, and compressions newer than this code, are explicit little endian, as PS3.5 A.4 has all
    of them.
    """
    standard = uid.startswith(DICOM_ROOT)
    if standard and not uid.startswith(_COMPRESSIONS) and _kind(uid) != "Transfer Syntax":
        return None
    if uid in _NATIVE:
        form = PixelForm.NATIVE
    elif uid in _REFERENCED:
        form = PixelForm.REFERENCED
    else:
        form = PixelForm.ENCAPSULATED if standard else PixelForm.UNKNOWN
    return TransferSyntax(
        uid=uid,
        implicit=uid in _IMPLICIT,
        big_endian=uid in _BIG_ENDIAN,
        deflated=uid in _DEFLATED,
        pixel_form=form,
        video=uid.startswith(_VIDEO_PREFIXES),
    )


def is_lossless(uid: str) -> bool:
    """Tell whether an image in this transfer syntax decodes to exactly what was encoded."""
    return uid in _NATIVE or uid in _LOSSLESS


def _kind(uid: str) -> str:
    """Return what PS3.6 table A-1 says that `uid` is, empty when it is not there."""
    return UID_dictionary[uid][1] if uid in UID_dictionary else ""
