"""Promise I2: every hostile file gets the right verdict for the right reason, soon, and in little memory."""

import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from relaypacs.adapters.dicom.base import Encoding, Inspected, Verdict
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.values import is_legal_uid
from tests.hostile.case import NO_DICOM, Case, outcome
from tests.hostile.cases import CASES
from tests.hostile.child import CheckingProcess

MOST_SECONDS = 2
MOST_GROWTH = 64 * 1024**2
LARGEST_INTEGER = 2**63

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@pytest.fixture(scope="module")
def child() -> Iterator[CheckingProcess]:
    """One process for all cases: whatever a case does, the next one meets the same process."""
    with CheckingProcess() as process:
        yield process


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_gets_its_verdict(case: Case, child: CheckingProcess, tmp_path: Path):
    content = case.make()
    path = tmp_path / "file"
    path.write_bytes(content)
    measured = child.inspect(path)
    assert outcome(measured.result) == (case.verdict, case.codes), case.why
    assert measured.seconds < MOST_SECONDS
    assert measured.growth < MOST_GROWTH
    for instance in measured.result.instances:
        assert_storable(instance, content)
        if instance.verdict is not Verdict.REJECTED:
            assert_forwardable(instance, content)


def assert_storable(instance: Inspected, content: bytes) -> None:
    """Whatever is said of it, a database can keep it."""
    span = instance.span
    assert 0 <= span.offset <= span.offset + span.length <= len(content)
    assert 0 <= span.size < LARGEST_INTEGER
    for text in (instance.member or "", *instance.attributes.values()):
        assert "\0" not in text
        text.encode()


def assert_forwardable(instance: Inspected, content: bytes) -> None:
    """What may be forwarded has an identity, and is where its span says, with the digest that was taken."""
    span = instance.span
    raw = content[span.offset : span.offset + span.length]
    decoded = zlib.decompress(raw, -zlib.MAX_WBITS) if span.encoding is Encoding.DEFLATED else raw
    assert len(decoded) == span.size
    assert sha256(decoded).hexdigest() == instance.sha256
    uids = (
        *(instance.sop_class_uid, instance.sop_instance_uid, instance.transfer_syntax_uid),
        *(instance.study_instance_uid, instance.series_instance_uid),
    )
    assert all(map(is_legal_uid, uids)), uids


def test_there_are_many_cases_each_with_a_name_and_a_reason():
    assert len(CASES) >= 400
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.why for case in CASES)
    assert {code for case in CASES for code in case.codes} <= {*Code, NO_DICOM}


def test_every_reason_of_a_file_is_met_by_a_case():
    by_processes = {Code.CHECK_FAILED, Code.CHECK_TIMED_OUT}  # in test_inspector
    by_storage = {Code.DAMAGED_IN_STORAGE}  # in features/uploads/test_sealed_files
    assert {code for case in CASES for code in case.codes} >= {*Code} - by_processes - by_storage
