"""The first page in a real browser, at phone and desktop size, against a real gateway."""

import json
from pathlib import Path

from relaypacs.core.signing import verify_receipt
from tests.builders.dicom import make_study
from tests.cli.commands import run_upload
from tests.servers import chromium, require
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway
from tests.web.pages import is_clean


def test_a_user_signs_in_and_sees_what_was_sent(tmp_path: Path) -> None:
    require(chromium)
    folder = tmp_path / "study"
    folder.mkdir()
    for name, content in make_study(3):
        (folder / name).write_bytes(content)
    with running_gateway(tmp_path / "data", WEB_DIR=str(chromium.WEB / "dist")) as gateway:
        arguments = ("--username", USERNAME, folder)
        sent = run_upload(tmp_path / "state", gateway.address, *arguments, RELAYPACS_PASSWORD=PASSWORD)
        assert sent.returncode == 0, sent.stderr
        seen = chromium.drive("first-page.mjs", gateway.address, USERNAME=USERNAME, PASSWORD=PASSWORD)
    for screen in ("phone", "desktop"):
        page = seen[screen]
        is_clean(page, gateway.address)
        assert not page["overflows"]
        assert "Muster, Erika" in page["list"]
        assert "3 of 3 verified" in page["list"]
        assert "Verified in the PACS" in page["detail"]
        verify_receipt(json.loads(page["receipt"]))
