"""What fuzzing begins with: small files that are hostile, odd, or real, and the words that they are made of."""

from functools import cache
from itertools import chain

from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from relaypacs.adapters.dicom.elements import KNOWN_VRS
from tests.adapters.dicom.real_files import real_files
from tests.builders.dicom import make_dicom, make_study, make_zip
from tests.hostile.cases import small_cases

LARGEST = 4096
SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)
WORDS = (
    *sorted(KNOWN_VRS),
    *(b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0", b"\xff\xff\xff\xff", b"\0\0\0\0"),
    *(b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\10", b"\1\0\x10\0"),
    *(b"\x08\0\x18\0UI", b"\x20\0\x0d\0UI", b"\x28\0\x10\0US", b"\x28\0\x08\0IS", b"\xe0\x7f\x10\0OB\0\0"),
    *(b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.5", b"1.2.840.10008.1.2.4.50"),
)


@cache
def seeds() -> tuple[bytes, ...]:
    good = (make_dicom(rows=4, columns=4, frames=2, transfer_syntax=syntax) for syntax in SYNTAXES)
    archives = (make_zip(dict(make_study(2, rows=4, columns=4)), method) for method in (0, 8))
    odd = (case.make() for case in small_cases())
    real = (path.read_bytes() for path in real_files() if path.stat().st_size <= LARGEST)
    return tuple(content for content in chain(good, archives, odd, real) if len(content) <= LARGEST)


def dictionary() -> str:
    """Return WORDS in the form that libFuzzer reads."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in WORDS)
