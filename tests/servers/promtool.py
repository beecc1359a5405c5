"""Prometheus' own tool, which checks what Prometheus is given."""

import shutil
import subprocess
from pathlib import Path


def available() -> str | None:
    if shutil.which("promtool") is None:
        return "promtool is not installed: apt-get install --no-install-recommends prometheus"
    return None


def run(*words: str | Path, given: str = "") -> None:
    """Run it, with `given` on its standard input; what it complains of is the failure."""
    ran = subprocess.run(["promtool", *words], input=given, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
