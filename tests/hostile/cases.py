"""All hostile and odd cases; `python -m tests.hostile FOLDER` writes them as files."""

from tests.hostile import archives, identity, not_dicom, pixels, structure
from tests.hostile.case import Case

_LARGE = ("bomb", "crowd", "megabytes", "large", "many", "deep", "much")  # words in the names of such cases

CASES = [*not_dicom.CASES, *identity.CASES, *structure.CASES, *pixels.CASES, *archives.CASES]


def small_cases() -> list[Case]:
    """Return the cases but for those that are large, or take long to make."""
    return [case for case in CASES if not any(word in case.name for word in _LARGE)]
