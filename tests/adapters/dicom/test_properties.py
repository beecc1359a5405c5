"""Whatever pydicom writes is walked; whatever happens to the bytes, there is a verdict, and soon."""

import io
import warnings
from time import perf_counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import DataElement, Dataset, Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.adapters.dicom.checks import WANTED
from relaypacs.adapters.dicom.elements import Layout
from relaypacs.adapters.dicom.inspection import inspect_blob
from relaypacs.adapters.dicom.limits import DEFAULT_LIMITS
from relaypacs.adapters.dicom.part10 import read_part10
from relaypacs.adapters.dicom.streams import ByteStream
from relaypacs.adapters.dicom.walker import DataSetWalk
from tests.adapters.dicom.blobs import FencedBlob, inspect, inspect_one
from tests.builders.dicom import make_dicom, make_study, make_zip, write_dicom
from tests.hostile.craft import body

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
IDENTITY = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11",
    "SOPInstanceUID": "1.2.3.1",
    "StudyInstanceUID": "1.2.3.2",
    "SeriesInstanceUID": "1.2.3.3",
}
# VRs that take any bytes or text; each for a private element, so that no dictionary stands against it.
VALUES = {
    "OB": st.binary(max_size=300).map(lambda value: value + b"\0" * (len(value) % 2)),
    "UN": st.binary(max_size=300).map(lambda value: value + b"\0" * (len(value) % 2)),
    "LO": st.text("abcXYZ 123", max_size=64),
    "UT": st.text("abcXYZ 123", max_size=9000),
    "FD": st.floats(allow_nan=False),
    "US": st.integers(0, 65535),
    "AT": st.integers(0, 0xFFFFFFFF),
}
PRIVATE_TAGS = st.integers(0x1002, 0x10FF).map(lambda element: 0x00210000 | element)


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 4) -> Dataset:
    """Draw data sets of private elements, with sequences of both kinds of length inside each other."""
    dataset = Dataset()
    for tag in draw(st.sets(PRIVATE_TAGS, max_size=6)):
        if depth and draw(st.booleans()):
            items = Sequence(draw(st.lists(data_sets(depth - 1), max_size=3)))
            items.is_undefined_length = draw(st.booleans())
            dataset.add(DataElement(tag, "SQ", items))
        else:
            vr = draw(st.sampled_from(sorted(VALUES)))
            dataset.add(DataElement(tag, vr, draw(VALUES[vr])))
    dataset.is_undefined_length_sequence_item = draw(st.booleans())
    return dataset


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data_sets(), st.sampled_from(NATIVE))
def test_whatever_pydicom_writes_is_walked(dataset: Dataset, syntax: str):
    for keyword, value in IDENTITY.items():
        setattr(dataset, keyword, value)
    content = write_dicom(dataset, syntax)
    instance = inspect_one(content)
    assert instance.verdict is not Verdict.REJECTED, instance.reasons
    assert instance.span.size == len(content)
    assert len(instance.pixel_sha256) == 64
    if syntax != DeflatedExplicitVRLittleEndian:
        assert _walked(content) == len(content)


def _walked(content: bytes) -> int:
    """Return how far a walk over the data set comes by itself, counted from the start of the file."""
    record = read_part10(io.BytesIO(content), WANTED, DEFAULT_LIMITS)
    assert record.syntax
    layout = Layout(implicit=record.syntax.implicit, big_endian=record.syntax.big_endian)
    stream = ByteStream(io.BytesIO(content[body(content) :]).read)
    DataSetWalk(stream, layout, WANTED, DEFAULT_LIMITS).run()
    return body(content) + stream.position


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data_sets(), st.sampled_from(NATIVE))
def test_without_its_last_byte_nothing_is_accepted(dataset: Dataset, syntax: str):
    for keyword, value in IDENTITY.items():
        setattr(dataset, keyword, value)
    content = write_dicom(dataset, syntax)
    if syntax == DeflatedExplicitVRLittleEndian:
        content = content.rstrip(b"\0")  # what makes it even is none of it
    assert inspect_one(content[:-1]).verdict is Verdict.REJECTED


ORIGINALS = [
    *(make_dicom(rows=8, columns=8, frames=2, transfer_syntax=syntax) for syntax in (*NATIVE, RLELossless)),
    make_zip(dict(make_study(2, rows=4, columns=4))),
    make_zip(dict(make_study(2, rows=4, columns=4)), method=0),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a good file with bytes changed, cut out, repeated, or put in."""
    content = bytearray(draw(st.sampled_from(ORIGINALS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 16))
        interesting = st.sampled_from([b"\xff\xff\xff\xff", b"\xfe\xff\x00\xe0", b"\0\0\0\0", b"SQ", b"UN\0\0"])
        content[at : at + length] = draw(st.binary(max_size=16) | interesting | st.just(bytes(content[:200])))
    return bytes(content)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_length_leads_outside_of_the_file(data: st.DataObject):
    content = bytearray(data.draw(st.sampled_from(ORIGINALS)))
    lengths = st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, len(content)]) | st.integers(
        0, 2**32 - 1
    )
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(128, len(content) - 4))
        content[at : at + 4] = data.draw(lengths).to_bytes(4, data.draw(st.sampled_from(["little", "big"])))
    result = inspect_blob(FencedBlob(bytes(content)))
    for instance in result.instances:
        if instance.verdict is not Verdict.REJECTED:
            assert instance.span.offset + instance.span.length <= len(content)


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated() | st.binary(max_size=400) | st.binary(max_size=400).map(lambda tail: b"PK\3\4" + tail))
def test_whatever_happens_to_the_bytes_there_is_a_verdict(content: bytes):
    begun = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = inspect(content)
    assert perf_counter() - begun < 2
    assert result == inspect(content)
    for instance in result.instances:
        assert 0 <= instance.span.offset <= instance.span.offset + instance.span.length <= len(content) or (
            instance.verdict is Verdict.REJECTED
        )
        if instance.verdict is not Verdict.REJECTED:
            assert all((instance.sop_instance_uid, instance.study_instance_uid, instance.sha256, instance.pixel_sha256))
