"""Shows an upload on a terminal as a bar, elsewhere as plain lines."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from relaypacs.client import Observer

LINE_EVERY = 10.0  # seconds between plain lines of progress
RETRY_EVERY = 5.0  # … and of trouble, which all connections have at once
PERCENT = 100


class PlainReporter(Observer):
    """One line per event, and one every 10 s while bytes move: for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._label = ""
        self._total = 0
        self._done = 0
        self._said = 0.0
        self._complained = -RETRY_EVERY

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to put back."""

    def upload_started(self, label: str, total: int, acknowledged: int) -> None:
        with self._lock:
            self._label, self._total, self._done = label, total, acknowledged
            self._said = time.monotonic()
        already = f", {acknowledged:,} of them sent earlier" if acknowledged else ""
        self._say(f"{label}: {total:,} bytes{already}")

    def chunk_acknowledged(self, size: int) -> None:
        with self._lock:
            self._done += size
            if time.monotonic() - self._said < LINE_EVERY:
                return
            self._said = time.monotonic()
            share = PERCENT * self._done // max(self._total, 1)
            line = f"{self._label}: {share} % ({self._done:,} of {self._total:,} bytes)"
        self._say(line)

    def upload_sent(self, label: str) -> None:
        self._say(f"{label}: sent")

    def stage_reached(self, label: str, stage: str) -> None:
        self._say(f"{label}: {stage}")

    def retrying(self, reason: str, seconds: float) -> None:
        with self._lock:
            if time.monotonic() - self._complained < RETRY_EVERY:
                return
            self._complained = time.monotonic()
        self._say(f"Trying again in {seconds:.1f} s: {reason}")

    def warned(self, label: str, warnings: Sequence[str]) -> None:
        for warning in warnings:
            self._say(f"{label}: warning: {warning}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class BarReporter(PlainReporter):
    """A bar with bytes, speed and time left; the other events scroll above it."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[state]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def upload_started(self, label: str, total: int, acknowledged: int) -> None:
        self._current = self._progress.add_task(label, total=total, completed=acknowledged, state="")
        self._tasks[label] = self._current

    def chunk_acknowledged(self, size: int) -> None:
        if self._current is not None:
            self._progress.update(self._current, advance=size, state="")

    def upload_sent(self, label: str) -> None:
        self._progress.update(self._tasks[label], state="sent")

    def stage_reached(self, label: str, stage: str) -> None:
        self._progress.update(self._tasks[label], state=stage)

    def retrying(self, reason: str, seconds: float) -> None:
        if self._current is None:
            super().retrying(reason, seconds)
        else:
            self._progress.update(self._current, state=f"waiting {seconds:.0f} s: {reason}")


class QuietReporter(PlainReporter):
    """Says nothing until the end."""

    def _say(self, line: str) -> None:
        del line


def reporter(console: Console, *, quiet: bool) -> PlainReporter:
    """Return the reporter that suits where the output goes."""
    if quiet:
        return QuietReporter(console)
    return BarReporter(console) if console.is_terminal else PlainReporter(console)
