"""Writes every case into a folder, for other programs to try: `python -m tests.hostile FOLDER`."""

import sys
from pathlib import Path

from tests.hostile.cases import CASES

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
with (folder / "expected.tsv").open("w") as table:
    for case in CASES:
        (folder / case.name).write_bytes(case.make())
        table.write("\t".join((case.name, case.verdict, " ".join(sorted(case.codes)), case.why)) + "\n")
