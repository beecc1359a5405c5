"""What must hold for any bytes at all, whoever makes them up.

Besides a verdict, soon and in little memory: what is accepted, two other readers (pydicom and Python's zipfile)
read as the same thing.
"""

import contextlib
import io
import resource
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from lzma import LZMAError
from time import process_time

import pydicom
import pydicom.config
from pydicom.dataset import Dataset

from relaypacs.adapters.dicom.base import FileInspection, Inspected, Verdict
from relaypacs.adapters.dicom.elements import SEQUENCES
from relaypacs.adapters.dicom.inspection import inspect_blob
from relaypacs.adapters.dicom.reasons import Code
from tests.adapters.dicom.blobs import BytesBlob

MOST_SECONDS = 2
MOST_GROWTH = 64 * 1024  # KiB
COMPARED = {
    "SOPClassUID": "sop_class_uid",
    "SOPInstanceUID": "sop_instance_uid",
    "StudyInstanceUID": "study_instance_uid",
    "SeriesInstanceUID": "series_instance_uid",
}
NUMBERS = ("Rows", "Columns")
# What zipfile says of a member that is damaged, encrypted, or packed in another way.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, LZMAError, OSError)
# What pydicom is known to read in its own way, and a warning says so.
NOT_COMPARED = {Code.TRANSFER_SYNTAX_PRIVATE, Code.TRANSFER_SYNTAX_NEW}


def check(content: bytes) -> None:
    """Inspect `content`. Raises AssertionError, or whatever else was not foreseen."""
    peak, begun = _peak(), process_time()
    result = inspect_blob(BytesBlob(content))
    assert process_time() - begun < MOST_SECONDS
    assert _peak() - peak < MOST_GROWTH
    codes = {reason.code for instance in result.instances for reason in instance.reasons}
    assert codes <= {*Code}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's and zipfile's: hostile files are odd
        with _wrong_lengths_tolerated():
            _compare(content, result)


@contextlib.contextmanager
def _wrong_lengths_tolerated() -> Iterator[None]:
    """Have pydicom keep a number whose length is not its VR's as bytes, instead of stopping at it."""
    before, pydicom.config.convert_wrong_length_to_UN = pydicom.config.convert_wrong_length_to_UN, True
    try:
        yield
    finally:
        pydicom.config.convert_wrong_length_to_UN = before


def _compare(content: bytes, result: FileInspection) -> None:
    good = [instance for instance in result.instances if instance.verdict is not Verdict.REJECTED]
    for instance in good:
        if instance.member is None:
            assert instance.span.size == len(content)
            assert_same(instance, content)
    members = [instance for instance in good if instance.member is not None]
    if members and not any("\ufffd" in (instance.member or "") for instance in members):  # zipfile is strict there
        decoded = {(len(raw), sha256(raw).hexdigest()): raw for raw in _unzipped(content)}
        for instance in members if decoded else ():
            assert_same(instance, decoded[instance.span.size, instance.sha256])


def _unzipped(content: bytes) -> Iterator[bytes]:
    """Yield each member that Python can read; one that "needs version 14.8" keeps it from reading any."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except NotImplementedError:
        return
    with archive:
        for entry in archive.infolist():
            with contextlib.suppress(*UNREADABLE):
                yield archive.read(entry)


def assert_same(instance: Inspected, content: bytes) -> None:
    """Have pydicom read an accepted instance to its end, and compare what it finds."""
    if {reason.code for reason in instance.reasons} & NOT_COMPARED:
        return
    source = io.BytesIO(content)
    dataset = pydicom.dcmread(source)
    assert source.tell() == len(content)
    _open_sequences(dataset)
    for keyword, name in COMPARED.items():
        assert _text(dataset, keyword) == getattr(instance, name), keyword
    for keyword in NUMBERS:
        if keyword in instance.attributes:
            assert str(dataset[keyword].value) == instance.attributes[keyword], keyword


def _open_sequences(dataset: Dataset) -> None:
    """Have pydicom read all sequences, known ones of unknown VR too; it leaves them alone until somebody asks."""
    for tag in list(dataset.keys()):
        if dataset.get_item(tag).VR == "SQ" or int(tag) in SEQUENCES:
            element = dataset[tag]
            for item in element.value if element.VR == "SQ" else ():  # text under a sequence's tag is text
                _open_sequences(item)


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset[keyword].value
    return (value.decode("latin-1") if isinstance(value, bytes) else str(value)).rstrip(" \0")


def _peak() -> int:
    """Return the most memory that this process has had resident so far, in KiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
