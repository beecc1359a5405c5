"""Blobs for the inspector: of bytes, and of misfortunes. They travel to the child processes."""

import io
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relaypacs.adapters.dicom.base import FileInspection, Inspected
from relaypacs.adapters.dicom.inspection import inspect_blob
from relaypacs.adapters.dicom.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True)
class BytesBlob:
    content: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True)
class DeadlyBlob:
    """Kills the process that opens it, as the out-of-memory killer would."""

    def open(self) -> BinaryIO:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class OnceDeadlyBlob:
    """Kills the first process that opens it; `mark` is a file that remembers."""

    mark: str
    content: bytes

    def open(self) -> BinaryIO:
        try:
            os.close(os.open(self.mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return io.BytesIO(self.content)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class EndlessBlob:
    def open(self) -> BinaryIO:
        time.sleep(600)
        raise AssertionError


@dataclass(frozen=True)
class BusyBlob:
    """Takes processor time without end."""

    def open(self) -> BinaryIO:
        while True:
            pass


@dataclass(frozen=True)
class GreedyBlob:
    """Asks for more memory than a checking process may have."""

    def open(self) -> BinaryIO:
        return io.BytesIO(bytearray(2 * 1024**3))


@dataclass(frozen=True)
class ManyFilesBlob:
    """Opens more files than a checking process may have."""

    def open(self) -> BinaryIO:
        return [Path(os.devnull).open("rb") for _ in range(100)][0]  # noqa: RUF015 - all of them stay open


@dataclass(frozen=True)
class FencedBlob:
    """Fails as soon as somebody looks outside of the bytes, or wants many at once."""

    content: bytes

    def open(self) -> BinaryIO:
        return _Fenced(self.content)


class _Fenced(io.BytesIO):
    MOST = 1024**2

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        place = super().seek(offset, whence)
        assert 0 <= place <= len(self.getbuffer())
        return place

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 <= size <= self.MOST
        return super().read(size)


@dataclass(frozen=True)
class AbsentBlob:
    def open(self) -> BinaryIO:
        raise FileNotFoundError("no such blob")


@dataclass(frozen=True)
class CrashingBlob:
    message: str

    def open(self) -> BinaryIO:
        raise ValueError(self.message)


def inspect(content: bytes, limits: Limits = DEFAULT_LIMITS) -> FileInspection:
    return inspect_blob(BytesBlob(content), limits)


def inspect_one(content: bytes, limits: Limits = DEFAULT_LIMITS) -> Inspected:
    """Return the verdict on a plain file."""
    (instance,) = inspect(content, limits).instances
    return instance


def codes(instance: Inspected) -> set[str]:
    return {reason.code for reason in instance.reasons}
