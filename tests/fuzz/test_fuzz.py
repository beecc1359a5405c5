"""A bounded run of the fuzzer, and what longer runs have found."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from tests.adapters.dicom.real_files import real_files
from tests.builders.dicom import make_study, make_zip
from tests.fuzz.target import check
from tests.hostile.case import Case
from tests.hostile.cases import small_cases
from tests.hostile.craft import CHARACTER_SET, changed, element, item, text

SECONDS = 300  # for a slow machine: RUNS take about 50
RUNS = 120_000 if os.environ.get("CI") else 60_000


def _needs_later_zip() -> bytes:
    """Return a ZIP whose last entry needs version 14.8 to extract (APPNOTE 4.4.3)."""
    archive = make_zip(dict(make_study(2, rows=4, columns=4)))
    place = archive.rindex(b"PK\1\2") + 6
    return archive[:place] + b"\x94" + archive[place + 1 :]


FOUND = {
    # pydicom hands such a name to Python's codecs, which raise what it does not expect
    "nul-in-the-character-set": changed({CHARACTER_SET: text(CHARACTER_SET, "CS", b"ISO\0IR 192")}),
    # ours and pydicom's reading is text, and there is nothing to be opened
    "text-under-the-tag-of-a-sequence": changed({0x00081140: text(0x00081140, "LO", b"A\\B")}),
    # pydicom wants the sign of pixels for what is in the sequence, and stops at a value of half its VR's length
    "number-of-half-its-length": changed(
        {
            0x00082112: element(0x00082112, "SQ", item(element(0x00280106, "US", b"\0\0"))),
            0x00280103: element(0x00280103, "FL", b"\0\0"),
        }
    ),
    # zipfile gives up on the whole archive
    "member-that-needs-a-later-zip": _needs_later_zip(),
}
# What the suite finds can be found again; `make fuzz` goes another way each time. Libfuzzer steers by addresses.
SEED = 20261124
SAME_ADDRESSES = ("setarch", "-R")


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
        [*_same_addresses(), sys.executable, "-m", "tests.fuzz", *map(str, (SECONDS, tmp_path, SEED, RUNS))],
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
    (executed,) = (line for line in run.stderr.splitlines() if line.startswith("stat::number_of_executed_units"))
    assert int(executed.split()[-1]) > 1000


def _same_addresses() -> tuple[str, ...]:
    """Return the command that switches address randomisation off, where the machine has it and allows it."""
    allowed = which(SAME_ADDRESSES[0]) and subprocess.run([*SAME_ADDRESSES, "true"], check=False).returncode == 0
    return SAME_ADDRESSES if allowed else ()
