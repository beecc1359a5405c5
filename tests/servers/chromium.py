"""A real browser, driven through playwright-core by a script of `web/e2e/`."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[2] / "web"
SECONDS = 90


def available() -> str | None:
    if shutil.which("chromium") is None:
        return "Chromium is not installed: apt-get install chromium"
    if not (WEB / "node_modules" / "playwright-core").is_dir() or not (WEB / "dist" / "index.html").is_file():
        return "The web app is not built: make install"
    return None


def drive(script: str, *arguments: str, **environment: str) -> dict[str, Any]:
    """Run `web/e2e/<script>` with the browser's path and `arguments`; return what it printed."""
    command = ["node", f"e2e/{script}", str(shutil.which("chromium")), *arguments]
    done = subprocess.run(
        command,
        cwd=WEB,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
