"""Programs of others that what is deployed is tried with, started here without their images."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.processes import stop, wait_until_ready


def program(name: str) -> str:
    """Return the program, skip the test where there is none; under CI, fail."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"):
        return found
    missing = f"{name} is not installed: make servers"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def running(command: Sequence[str | Path], ready: Callable[[], bool], folder: Path) -> Iterator[None]:
    """Run a program that has no settings of ours, until the context is left."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        wait_until_ready(process, ready, log)
        yield
    finally:
        stop(process, signal.SIGKILL)  # nothing of theirs is looked at afterwards


def succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
