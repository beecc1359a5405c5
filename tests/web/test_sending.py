"""The web app's own browser tests (`web/e2e/*.spec.ts`): real gateway, real PACS, real browser."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import chromium, orthanc, require

SECONDS = 1500


def test_studies_are_sent_from_a_browser(tmp_path: Path) -> None:
    require(chromium)
    require(orthanc)
    done = subprocess.run(
        ["npx", "playwright", "test"],
        cwd=chromium.WEB,
        env=os.environ | {"PYTHON": sys.executable, "E2E_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
