"""Runs the real command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.client.peer import PASSWORD, USERNAME

RELAYPACS = Path(sys.executable).with_name("relaypacs")
COLUMNS = "200"


def environment(state: Path, **variables: str) -> dict[str, str]:
    """Return this process's variables without settings of ours, and with a state folder for the test alone."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
    return {
        **inherited,
        "XDG_STATE_HOME": str(state),
        "RELAYPACS_PASSWORD": PASSWORD,
        "COLUMNS": COLUMNS,
        **variables,
    }


def upload_command(server: str, *arguments: str | Path) -> list[str]:
    return [str(RELAYPACS), "upload", "--server", server, "--username", USERNAME, *map(str, arguments)]


def run_upload(state: Path, server: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        upload_command(server, *arguments),
        env=environment(state, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
