"""One checking process of the product, asked file by file, with its time and memory measured."""

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from relaypacs.adapters.dicom.base import FileInspection
from relaypacs.adapters.dicom.inspector import CHILD_MODULE, LENGTH_BYTES
from relaypacs.adapters.storage.local import LocalBlob

CPU_SECONDS = 60


@dataclass(frozen=True)
class Measured:
    """`seconds` are of the processor, so that a busy machine does not count; `growth` is in bytes."""

    result: FileInspection
    seconds: float
    growth: int


class CheckingProcess:
    def __enter__(self) -> "CheckingProcess":
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", CHILD_MODULE, str(os.getpid()), str(CPU_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._answer() is None
        self._usage = psutil.Process(self._process.pid)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._process.communicate()

    def inspect(self, path: Path) -> Measured:
        """Have `path` inspected. Raises EOFError when the process dies of it."""
        self._forget_peak()
        resident, before = self._usage.memory_info().rss, self._usage.cpu_times()
        frame = pickle.dumps(LocalBlob(path))
        assert self._process.stdin
        self._process.stdin.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
        self._process.stdin.flush()
        result = self._answer()
        assert isinstance(result, FileInspection), result
        after = self._usage.cpu_times()
        seconds = after.user + after.system - before.user - before.system
        return Measured(result, seconds, self._peak() - resident)

    def _answer(self) -> object:
        assert self._process.stdout
        length = self._process.stdout.read(LENGTH_BYTES)
        if not length:
            raise EOFError("the checking process has died")
        return pickle.loads(self._process.stdout.read(int.from_bytes(length)))  # noqa: S301 - from our own child

    def _forget_peak(self) -> None:
        """Have the kernel count the peak of resident memory from now on (proc(5), clear_refs)."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def _peak(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
