"""Promise S5: memory stays where it is, however large an upload is. `make memory` does the same with 2 GB."""

from pathlib import Path

from tests.main_job.large import MIB, Memory, multi_frame, send_large, single_files, zipped
from tests.main_job.process import gateway_process

SIZE = 100 * MIB  # of each of the three
GROWTH = 150 * MIB


def test_a_large_upload_costs_no_memory(tmp_path: Path) -> None:
    with gateway_process(tmp_path / "data") as gateway:
        send_large(gateway, single_files(tmp_path / "warm", MIB, 2, seed=1))
        memory = Memory(gateway)
        idle = memory.now()
        files = single_files(tmp_path / "files", SIZE, 100, seed=2)
        archive = zipped(tmp_path / "study.zip", single_files(tmp_path / "members", SIZE, 200, seed=3))
        with memory.watched():
            send_large(gateway, files)
            send_large(gateway, {"study.zip": archive})
            send_large(gateway, {"large.dcm": multi_frame(tmp_path / "large.dcm", SIZE, seed=4)})
        assert memory.peak > 0
        assert memory.peak - idle < GROWTH, f"{(memory.peak - idle) / MIB:.0f} MiB"
