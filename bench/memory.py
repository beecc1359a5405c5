"""Promise S5: uploads of 2 GB, as 100 files, as one ZIP and as one file; memory may grow by 150 MiB.

SIZE_MIB=2000 python -m bench.memory
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.main_job.large import MIB, Memory, multi_frame, send_large, single_files, zipped
from tests.main_job.process import gateway_process

PROMISED = 150


def main() -> int:
    size = int(os.environ.get("SIZE_MIB", "2000")) * MIB
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with gateway_process(folder / "data") as gateway:
            send_large(gateway, single_files(folder / "warm", MIB, 2, seed=1))
            for kind in ("files", "zip", "one"):
                files = _files(folder, kind, size)
                memory = Memory(gateway)
                idle = memory.now()
                with memory.watched():
                    send_large(gateway, files)
                growth = (memory.peak - idle) / MIB
                worst = max(worst, growth)
                print(f"{kind:>6}: {idle / MIB:.0f} MiB idle, {growth:+.0f} MiB (promise S5: {PROMISED})", flush=True)
                for path in files.values():
                    path.unlink()
    return 0 if worst <= PROMISED else 1


def _files(folder: Path, kind: str, size: int) -> dict[str, Path]:
    if kind == "files":
        return single_files(folder / kind, size, 100, seed=2)
    if kind == "one":
        return {"large.dcm": multi_frame(folder / "large.dcm", size, seed=4)}
    members = single_files(folder / "members", size, 1000, seed=3)
    archive = zipped(folder / "study.zip", members)
    for path in members.values():
        path.unlink()
    return {"study.zip": archive}


if __name__ == "__main__":
    sys.exit(main())
