"""The sending programs of DCMTK."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `storescu` or `echoscu`; skips the test where DCMTK is not installed, except in CI."""
    if shutil.which(program) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed")
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)


def storescu(port: int, paths: Sequence[Path], *options: str, calling: str = "CT1") -> subprocess.CompletedProcess[str]:
    """Send files and folders over one association."""
    names = [str(path) for path in paths]
    return run("storescu", "-v", "-aet", calling, "-aec", "RELAYPACS", *options, "127.0.0.1", str(port), *names)
