"""Large uploads, kept on disk, and what they cost the gateway in memory."""

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import psutil

from tests.builders.dicom import make_dicom
from tests.main_job.process import GatewayProcess, Sender

MIB = 1024**2
FRAME = 512 * 512 * 2
SAMPLE_SECONDS = 0.1


class Memory:
    """The memory of a gateway and its children (PSS: what they share is counted once), watched from a thread."""

    def __init__(self, gateway: GatewayProcess) -> None:
        self._process = psutil.Process(gateway.process.pid)
        self.peak = 0

    def now(self) -> int:
        """Return bytes."""
        total = 0
        for process in (self._process, *self._process.children(recursive=True)):
            try:
                total += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return total

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note the peak while the block runs."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLE_SECONDS):
                self.peak = max(self.peak, self.now())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def send_large(gateway: GatewayProcess, files: dict[str, Path]) -> None:
    """Upload files from disk, and wait until they are verified."""
    contents: list[tuple[str, Any]] = []
    for name, path in files.items():
        with path.open("rb") as file:
            contents.append((name, mmap(file.fileno(), 0, access=ACCESS_READ)))
    sender = Sender(gateway, contents)
    sender.open()
    sender.send(sender.keys(), connections=4)
    assert sender.complete().status_code in (200, 202)
    sender.until_completed(600)
    for _, content in contents:
        content.close()


def multi_frame(path: Path, size: int, seed: int) -> Path:
    """Write one file of about `size` bytes; its pixels are a hole, which no file system stores."""
    frames = size // FRAME
    small = make_dicom(frames=2, rows=512, columns=512, seed=seed)
    head = small[: -2 * FRAME - 4].replace(b"\x28\x00\x08\x00IS\x02\x002 ", _frames_element(frames))
    with path.open("wb") as file:
        file.write(head + (frames * FRAME).to_bytes(4, "little"))
        file.truncate(len(head) + 4 + frames * FRAME)
    return path


def single_files(folder: Path, size: int, count: int, seed: int) -> dict[str, Path]:
    """Write `count` files of one series, of about `size` bytes in all."""
    folder.mkdir()
    side = int((size / count / 2) ** 0.5)
    paths = {f"IM{number:05}.dcm": folder / f"IM{number:05}.dcm" for number in range(1, count + 1)}
    whole = make_dicom(rows=side, columns=side, seed=seed, instance_number=1)
    pixels = whole[-side * side * 2 :]
    for number, path in enumerate(paths.values(), 1):
        small = make_dicom(rows=1, columns=1, seed=seed, instance_number=number, Rows=side, Columns=side)
        path.write_bytes(small[:-6] + len(pixels).to_bytes(4, "little") + pixels)
    return paths


def zipped(path: Path, members: dict[str, Path]) -> Path:
    """Write a ZIP of the files, stored."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, member in members.items():
            archive.write(member, name)
    return path


def _frames_element(frames: int) -> bytes:
    """Return Number of Frames (0028,0008) as an explicit little endian element."""
    text = str(frames).encode()
    text += b" " * (len(text) % 2)
    return b"\x28\x00\x08\x00IS" + len(text).to_bytes(2, "little") + text
