"""The blocks of docs/api.md, run as the one script that they are."""

import shutil
from pathlib import Path

import pytest

from tests.builders.dicom import make_study, make_zip
from tests.docs.pages import page
from tests.docs.sandbox import make_person, running_sandbox
from tests.servers.gateway import PASSWORD


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_main_job_with_curl(tmp_path: Path):
    slices = make_study(20, rows=256, columns=256)
    with running_sandbox(tmp_path) as sandbox:
        (tmp_path / "study.zip").write_bytes(make_zip(dict(slices)))
        make_person(sandbox.gateway, "dr.rosa", "radiologist")
        said = sandbox.run("\n".join(page("docs/api.md").blocks), READER_PASSWORD=PASSWORD, TMPDIR=str(tmp_path))
        archived = {path.read_bytes() for path in sandbox.gateway.archived}
        assert archived >= {content for _, content in slices}
    assert '"chunk_index":1' in said
    assert "\n[]\n" in said
    assert "/problems/chunk-checksum-mismatch" in said
    assert '"status":"completed"' in said
    assert "The receipt is whole" in said
    assert "\nready\n" in said
    assert '"type":"report_ready"' in said
    (pages,) = tmp_path.glob("*/report.pdf")
    assert pages.read_bytes().startswith(b"%PDF-")
