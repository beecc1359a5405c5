"""Disks that can be full or read-only, and a storage whose faults are injected at the port."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from relaypacs.adapters.storage.base import Storage


class SmallDisk:
    """A file system of its own, in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def remount(self, options: str) -> None:
        """Let it be written (`rw`) or not (`ro`)."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.path)], check=True)

    def fill(self, but: int = 0) -> None:
        """Leave no room, or so many bytes."""
        with (self.path / "filler").open("wb", buffering=0) as filler:
            try:
                while not but or shutil.disk_usage(self.path).free > but:
                    filler.write(bytes(4096))
            except OSError:
                return

    def make_room(self) -> None:
        (self.path / "filler").unlink()


@contextmanager
def small_disk(path: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a disk at `path`, which is made. Skips the test without root; in CI that is a failure."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        reason = "mounting a small file system needs root"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


class FaultyStorage:
    """A real store whose writes fail with `faults`, one after the other, or wait until `may_write` is set."""

    def __init__(self, real: Storage) -> None:
        self._real = real
        self.faults: list[Exception] = []
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        await self.may_write.wait()
        if self.faults:
            raise self.faults.pop()
        await self._real.write(key, offset, data, must_exist=must_exist)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
