"""Runs `relaypacs admin`, in this process and in one of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from relaypacs.cli.main import app
from tests.cli.commands import RELAYPACS

PASSWORD = "Correct-Horse-9-Battery"


def admin(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    """Run the command in this process; nothing but an orderly end is let through."""
    result = CliRunner().invoke(app, ["admin", *map(str, arguments)], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(*arguments: str | Path, given: str | bytes | None = None) -> str:
    """Return what a command that works prints."""
    result = admin(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str | Path, given: str | bytes | None = None, code: int = 1) -> str:
    """Return the reason that a command gives; it prints nothing else."""
    result = admin(*arguments, given=given)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return result.stderr.strip()


def users(*arguments: str) -> dict[str, dict[str, Any]]:
    """Return each user as `list-users` knows him."""
    lines = done("list-users", "--json", *arguments).splitlines()
    return {user["username"]: user for user in map(json.loads, lines)}


def events(*arguments: str) -> list[dict[str, Any]]:
    """Return the events of the trail, the oldest first."""
    return [json.loads(line) for line in done("audit", "export", "--format", "jsonl", *arguments).splitlines()][::-1]


def run_admin(data: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, on a data folder."""
    return subprocess.run(
        [str(RELAYPACS), "admin", *arguments],
        env=admin_environment(data),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def admin_environment(data: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
    return {**inherited, "RELAYPACS_DATA_DIR": str(data)}
