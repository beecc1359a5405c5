"""How files are named and counted when an upload is opened."""

from itertools import pairwise
from re import fullmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaypacs.features.uploads.repository import missing_ranges
from relaypacs.features.uploads.service.initiate import SAFE_ID, file_ids, label


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["file1.dcm", "file2.dcm"], ["file1", "file2"]),  # the specification's example
        (["a/IM1.dcm", "b/IM2.dcm"], ["IM1", "IM2"]),
        (["a\\IM1.dcm", "b\\IM2.dcm"], ["IM1", "IM2"]),
        (["a/IM1", "b/IM1", "c"], ["0", "1", "c"]),
        (["study.tar.gz"], ["study.tar"]),
        (["a.dcm", "a.zip"], ["0", "1"]),
        (["../../etc/passwd"], ["passwd"]),
        (["..", "/", ".dcm", "-rf.dcm"], ["0", "1", "2", "3"]),
        (["Müller.dcm", "<script>.dcm", "a b.dcm", "nul\0.dcm"], ["0", "1", "2", "3"]),
        (["x" * 64, "y" * 65], ["x" * 64, "1"]),
        (["1.dcm", "ä.dcm"], ["0", "1"]),  # the stem "1" is in the way of the other's ordinal
        (["7.dcm", "8.dcm"], ["7", "8"]),
    ],
)
def test_an_id_is_the_stem_where_that_is_safe_and_unique(names: list[str], ids: list[str]) -> None:
    assert file_ids(names) == ids


@given(st.lists(st.text(max_size=70) | st.sampled_from(["0.dcm", "1", "2.x", "a.dcm", "a.zip", "b/a"]), max_size=12))
def test_ids_are_always_unique_and_safe(names: list[str]) -> None:
    ids = file_ids(names)
    assert len(ids) == len(names)
    assert len(set(ids)) == len(ids)
    assert all(fullmatch(SAFE_ID, identifier) for identifier in ids)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("scan.dcm", "scan.dcm"),
        ("a/b/scan.dcm", "a/b/scan.dcm"),
        ("Müller^日本.dcm", "Müller^日本.dcm"),
        ("gpj.\u202escan.exe", "gpj.scan.exe"),  # it would be shown as exe.nacs.jpg
        ("a\0b\nc\td\x1b[31m", "abcd[31m"),
        ("\0", "unnamed"),
        ("\u200b\ufeff", "unnamed"),
        ("x" * 300 + ".dcm", "x" * 251 + ".dcm"),
    ],
)
def test_a_label_is_fit_to_be_shown(name: str, shown: str) -> None:
    assert label(name) == shown


@given(st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_missing_ranges_are_exactly_what_is_not_there(received: set[int], chunk_count: int) -> None:
    have = {index for index in received if index < chunk_count}
    ranges = missing_ranges(sorted(have), chunk_count)
    assert [index for first, last in ranges for index in range(first, last + 1)] == sorted(
        set(range(chunk_count)) - have
    )
    assert all(first <= last for first, last in ranges)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(ranges))
