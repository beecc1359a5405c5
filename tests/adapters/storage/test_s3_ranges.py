"""What is known of a blob's ranges: in order, whole or up to a gap, and no more than there is room for."""

import pytest

from relaypacs.adapters.storage import s3_ranges
from relaypacs.adapters.storage.s3_ranges import KnownRanges, Range


def test_ranges_cover_what_is_asked_for_up_to_a_gap() -> None:
    known = KnownRanges()
    for start, end in ((20, 30), (0, 10), (10, 20), (40, 50), (0, 10), (15, 20)):
        known.add("a", Range(end, start))
    assert known.covering("a", 0, 30) == [Range(10, 0), Range(20, 10), Range(30, 20)]
    assert known.covering("a", 10, 11) == [Range(20, 10)]
    assert known.covering("a", 9, 10) == [Range(10, 0)]
    assert known.covering("a", 25, 45) == [Range(30, 20)]
    assert known.covering("a", 30, 31) == known.covering("a", 50, 60) == known.covering("b", 0, 1) == []


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_ranges, "MOST_RANGES", 10)
    known = KnownRanges()
    for blob in range(5):
        for number in range(4):
            known.add(f"upload/{blob}", Range(number + 1, number))
    assert [bool(known.covering(f"upload/{blob}", 0, 4)) for blob in range(5)] == [False, False, False, True, True]
    known.forget_below("upload")
    for number in range(40):  # one blob alone may have more
        known.add("large/0", Range(number + 1, number))
    assert len(known.covering("large/0", 0, 40)) == 40
