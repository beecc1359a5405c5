"""All hostile and odd cases; `python -m tests.hostile FOLDER` writes them as files."""

from tests.hostile import archives, identity, not_dicom, pixels, structure

CASES = [*not_dicom.CASES, *identity.CASES, *structure.CASES, *pixels.CASES, *archives.CASES]
