"""The blocks of docs/api.md, run as the one script that they are."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.dicom import make_study, make_zip
from tests.docs.pages import ROOT, page
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_main_job_with_curl(tmp_path: Path):
    slices = make_study(20, rows=256, columns=256)
    (tmp_path / "study.zip").write_bytes(make_zip(dict(slices)))
    with running_gateway(tmp_path / "data") as gateway:
        given = {
            "SERVER": gateway.address,
            "STUDY": str(tmp_path / "study.zip"),
            "RELAYPACS_USERNAME": USERNAME,
            "RELAYPACS_PASSWORD": PASSWORD,
            "TMPDIR": str(tmp_path),
        }
        script = "\n".join(page("docs/api.md").blocks)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=ROOT,
            env=os.environ | given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert {path.read_bytes() for path in gateway.archived} == {content for _, content in slices}
    assert '"status":"completed"' in ran.stdout
    assert "The receipt is whole" in ran.stdout
