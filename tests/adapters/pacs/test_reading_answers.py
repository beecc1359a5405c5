"""DICOM statuses, STOW-RS answers and multipart bodies, as pure functions."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaypacs.adapters.pacs.base import StoreOutcome, StoreStatus
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.multipart import MalformedMultipart, boundary_of, first_part
from relaypacs.adapters.pacs.reach import is_forbidden
from relaypacs.adapters.pacs.statuses import describe_status, store_status
from relaypacs.adapters.pacs.stow import BATCH_BYTES, BATCH_INSTANCES, Multipart, batches, read_answer
from relaypacs.adapters.pacs.uids import is_uid
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study

STORED, COERCED, REFUSED, FAILED = StoreStatus


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (0x0000, STORED, "0000"),
        (0x0111, STORED, "0111 duplicate SOP instance"),
        (0xB000, COERCED, "B000 attributes were coerced"),
        (0xB006, COERCED, "B006 elements were discarded"),
        (0xB007, COERCED, "B007 data set does not match SOP class"),
        (0xA700, FAILED, "A700 out of resources"),
        (0xA7FF, FAILED, "A7FF out of resources"),
        (0x0110, FAILED, "0110 processing failure"),
        (0x0124, FAILED, "0124 not authorised"),
        (0x4242, FAILED, "4242"),
        (0xA900, REFUSED, "A900 data set does not match SOP class"),
        (0x0122, REFUSED, "0122 SOP class not supported"),
        (0xC000, REFUSED, "C000 cannot understand"),
        (0xC122, REFUSED, "C122 transfer syntax not supported"),
    ],
)
def test_statuses_are_classed(code: int, status: StoreStatus, words: str) -> None:
    assert (store_status(code), describe_status(code)) == (status, words)


def item(uid: str, **reasons: object) -> dict[str, object]:
    tags = {"failure": "00081197", "warning": "00081196"}
    coded = {tags[name]: {"vr": "US", "Value": [value]} for name, value in reasons.items()}
    return {"00081155": {"vr": "UI", "Value": [uid]}, **coded}


def answer(stored: list[object], failed: list[object]) -> dict[str, object]:
    return {"00081199": {"vr": "SQ", "Value": stored}, "00081198": {"vr": "SQ", "Value": failed}}


def test_an_answer_names_each_instance() -> None:
    body = answer(
        [item("1.1"), item("1.2", warning=0xB000)],
        [item("1.3", failure=0xA700), item("1.4", failure=0x0122), item("1.5"), item("1.6", failure=0xB000)],
    )
    assert {uid: outcome.status for uid, outcome in read_answer(json.dumps(body).encode()).items()} == {
        "1.1": STORED,
        "1.2": COERCED,
        "1.3": FAILED,
        "1.4": REFUSED,
        "1.5": FAILED,
        "1.6": FAILED,
    }


def test_who_is_in_both_lists_has_failed() -> None:
    body = answer([item("1.1")], [item("1.1", failure=0xA700)])
    full = StoreOutcome("1.1", FAILED, "A700 out of resources", Cause.OUT_OF_RESOURCES)
    assert read_answer(json.dumps([body]).encode()) == {"1.1": full}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["00081199", "00081198", "Value", "00081155", "00081197"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_no_answer_breaks_the_reader(value: object) -> None:
    assert isinstance(read_answer(json.dumps(value).encode()), dict)


@pytest.mark.parametrize("body", [b"", b"<NativeDicomModel/>", b"\xff\xfe", b"{", b"[]", b"[[]]", b"null"])
def test_what_is_no_answer_names_nobody(body: bytes) -> None:
    assert read_answer(body) == {}


async def test_the_length_of_a_body_is_known_before() -> None:
    multipart = Multipart([outgoing(content) for _, content in make_study(slices=3)])
    body = b"".join([piece async for piece in multipart.body()])
    assert int(multipart.headers["Content-Length"]) == len(body)


def test_batches_are_bounded_in_bytes_and_in_number() -> None:
    content = make_dicom(rows=8, columns=8)
    sizes = [1000] * 250 + [BATCH_BYTES // 2] * 5 + [3 * BATCH_BYTES, 1]
    cut = list(batches([outgoing(content, size=size) for size in sizes]))
    assert [one.size for batch in cut for one in batch] == sizes
    assert all(len(batch) <= BATCH_INSTANCES for batch in cut)
    assert all(sum(one.size for one in batch) <= BATCH_BYTES or len(batch) == 1 for batch in cut)
    assert list(batches([])) == []


async def cut_up(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@given(content=st.binary(max_size=300), size=st.integers(1, 60), preamble=st.sampled_from([b"", b"hi\r\n"]))
async def test_a_part_is_found_however_it_is_cut(content: bytes, size: int, preamble: bytes) -> None:
    body = preamble + b"--b-17\r\nContent-Type: application/dicom\r\n\r\n" + content + b"\r\n--b-17--\r\n"
    found = b"".join([piece async for piece in first_part(cut_up(body, size), b"b-17")])
    assert found == content.partition(b"\r\n--b-17")[0]


@pytest.mark.parametrize("body", [b"", b"--b--\r\n", b"--b\r\nContent-Type: x", b"--b\r\n\r\ncut", b"x" * 200_000])
async def test_a_body_that_ends_early_is_told(body: bytes) -> None:
    with pytest.raises(MalformedMultipart):
        _ = [piece async for piece in first_part(cut_up(body, 7000), b"b")]


def test_the_boundary_is_read_quoted_and_bare() -> None:
    assert boundary_of('multipart/related; type="application/dicom"; boundary="a b"') == b"a b"
    assert boundary_of("multipart/related; boundary=a-b") == b"a-b"
    assert boundary_of("multipart/related") is None
    assert boundary_of("application/dicom; boundary=x") is None


@pytest.mark.parametrize(
    ("address", "forbidden"),
    [
        ("169.254.169.254", True),
        ("::ffff:169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("::1", False),
    ],
)
def test_metadata_services_are_out_of_reach(address: str, *, forbidden: bool) -> None:
    assert is_forbidden(address) is forbidden


@given(st.text(alphabet="0123456789./\\x\n", max_size=70))
def test_a_uid_is_never_more_than_one_step_of_a_path(text: str) -> None:
    if is_uid(text):
        assert set(text) <= set("0123456789.")
        assert ".." not in text
        assert text.strip(".") == text
