"""The model itself: it forgets what was not synced, and nothing else."""

import random
import subprocess
import sys
from pathlib import Path

from tests.power_loss.disk import Disk
from tests.power_loss.recording import calls, recording
from tests.servers import require, strace

SCRIPT = """
import os, sys

root = sys.argv[1]

def write(name, *steps):
    file = os.open(f"{root}/{name}", os.O_WRONLY | os.O_CREAT)
    os.pwrite(file, b"synced", 0)
    os.fdatasync(file)
    for offset, data in steps:
        os.pwrite(file, data, offset)
    os.close(file)

def sync(folder):
    os.fsync(os.open(folder, os.O_RDONLY))

os.mkdir(f"{root}/made")
write("made/half", (6, b" and not"))
write("made/renamed.new")
os.rename(f"{root}/made/renamed.new", f"{root}/made/renamed")
sync(f"{root}/made")
sync(root)
write("made/no-entry")
os.unlink(f"{root}/made/renamed")
os.mkdir(f"{root}/no-entry")
write("no-entry/inside")
sync(f"{root}/no-entry")
"""


def replayed(tmp_path: Path) -> tuple[Disk, Path]:
    require(strace)
    root, log = tmp_path / "root", tmp_path / "calls"
    root.mkdir()
    subprocess.run([*recording(log), sys.executable, "-c", SCRIPT, str(root)], check=True)
    root.rename(tmp_path / "as-it-was")
    disk = Disk(root)
    for call in calls(log):
        disk.apply(call)
    return disk, root


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_only_what_was_synced_under_a_name_that_was_synced_is_left(tmp_path: Path) -> None:
    disk, root = replayed(tmp_path)
    disk.rebuild()
    assert contents(root) == {"made/half": b"synced", "made/renamed": b"synced"}


def test_what_was_not_synced_may_have_survived_piece_by_piece(tmp_path: Path) -> None:
    disk, root = replayed(tmp_path)
    seen = set()
    for seed in range(30):
        disk.rebuild(random.Random(seed))  # noqa: S311
        after = contents(root)
        assert after["made/half"] in (b"synced", b"synced and not")
        seen.add((after["made/half"], *sorted(after)))
        root.rename(tmp_path / f"after-{seed}")
    assert len(seen) > 8
