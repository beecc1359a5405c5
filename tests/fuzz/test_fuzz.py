"""A bounded run of the fuzzer, and what longer runs have found."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.adapters.dicom.real_files import real_files
from tests.fuzz.target import check
from tests.hostile.case import Case
from tests.hostile.cases import small_cases
from tests.hostile.craft import CHARACTER_SET, changed, text

SECONDS = 60 if os.environ.get("CI") else 30
FOUND = {
    # pydicom hands such a name to Python's codecs, which raise what it does not expect
    "nul-in-the-character-set": changed({CHARACTER_SET: text(CHARACTER_SET, "CS", b"ISO\0IR 192")}),
    # ours and pydicom's reading is text, and there is nothing to be opened
    "text-under-the-tag-of-a-sequence": changed({0x00081140: text(0x00081140, "LO", b"A\\B")}),
}
SEED = 20261124  # the suite goes the same way each time, so that what it finds can be found again; make fuzz does not


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_stays_mended(name: str):
    check(FOUND[name])


@pytest.mark.parametrize("case", small_cases(), ids=lambda case: case.name)
def test_other_readers_see_the_same_in_each_hostile_case(case: Case):
    check(case.make())


@pytest.mark.parametrize("path", real_files(), ids=lambda path: path.name)
def test_other_readers_see_the_same_in_each_real_file(path: Path):
    check(path.read_bytes())


@pytest.mark.skipif(find_spec("atheris") is None, reason="Atheris has no wheel for this platform")
def test_a_short_run_finds_nothing(tmp_path: Path):
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", str(SECONDS), str(tmp_path), str(SEED)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    (executed,) = (line for line in run.stderr.splitlines() if line.startswith("stat::number_of_executed_units"))
    assert int(executed.split()[-1]) > 1000
