"""Blobs for the inspector: of bytes, and of misfortunes. They travel to the child processes."""

import io
import os
import signal
import time
from dataclasses import dataclass
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
