"""A file that was cut anywhere is never taken for a whole one."""

import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from relaypacs.adapters.dicom.base import Verdict
from tests.adapters.dicom.blobs import codes, inspect, inspect_one
from tests.builders.dicom import make_dicom, make_study, make_zip

SYNTAXES = [
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEG2000Lossless,
]
# The elements between the last UID and the first that describes pixels: cut exactly there, a file looks like the
# header-only objects that some systems make, and the warning says that there is no image.
BOUNDARIES_BEFORE_PIXELS = 7


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
def test_a_cut_at_any_byte_is_refused(syntax: str):
    content = make_dicom(rows=8, columns=8, frames=2, transfer_syntax=syntax)
    assert inspect_one(content).verdict is Verdict.ACCEPTED
    header_only = 0
    end = len(content) - 1 if syntax == DeflatedExplicitVRLittleEndian else len(content)  # its last byte is padding
    for length in range(end):
        instance = inspect_one(content[:length])
        if instance.verdict is not Verdict.REJECTED:
            assert codes(instance) == {"pixels-absent"}
            header_only += 1
    assert header_only <= (0 if syntax == DeflatedExplicitVRLittleEndian else BOUNDARIES_BEFORE_PIXELS)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
def test_a_cut_large_image_is_refused(syntax: str):
    content = make_dicom(rows=512, columns=512, transfer_syntax=syntax)
    for length in (len(content) - 1, len(content) - 2, len(content) // 2, len(content) * 9 // 10):
        assert inspect_one(content[:length]).verdict is Verdict.REJECTED


def test_a_cut_zip_is_refused_whole():
    content = make_zip(dict(make_study(2, rows=8, columns=8)))
    for length in range(4, len(content), 7):
        result = inspect(content[:length])
        assert result.problem, length
        assert result.problem.code == "zip-broken"
        assert result.instances == ()
