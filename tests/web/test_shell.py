"""The app's shell in a real browser: without network, installed, and when a new version comes."""

import shutil
from pathlib import Path

from tests.servers import chromium, require
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway


def test_the_app_starts_without_network_and_updates_when_asked(tmp_path: Path) -> None:
    require(chromium)
    app = tmp_path / "app"
    shutil.copytree(chromium.WEB / "dist", app)
    with running_gateway(tmp_path / "data", WEB_DIR=str(app)) as gateway:
        seen = chromium.drive("shell.mjs", gateway.address, str(app), USERNAME=USERNAME, PASSWORD=PASSWORD)
    assert seen["violations"] == []
    assert seen["installabilityErrors"] == []
    assert seen["controlled"]
    assert [page["heading"] for page in seen["offline"]] == ["Uploads", "Your account"]
    assert all("You are offline" in page["notice"] for page in seen["offline"])
    assert not seen["reloadedWhileBusy"]
    assert seen["noticesAfterwards"] == 0
    assert "A new version is ready" in seen["otherPage"]
