"""The own account in a real browser, at phone and desktop size, in the dark and the light scheme."""

from pathlib import Path

import pytest

from tests.servers import chromium, require
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway
from tests.web.pages import is_clean


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_user_looks_after_the_own_account(screen: str, tmp_path: Path) -> None:
    require(chromium)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    settings = {"WEB_DIR": str(chromium.WEB / "dist"), "REGISTRATION": "approval"}
    with running_gateway(tmp_path / "data", **settings) as gateway:
        arguments = (gateway.address, screen, str(pictures))
        seen = chromium.drive("account.mjs", *arguments, USERNAME=USERNAME, PASSWORD=PASSWORD)
    is_clean(seen, gateway.address)
    assert seen["overflowing"] == []
    assert len(set(seen["codes"])) == 10
    assert set(seen["codes"]) <= set(seen["codesFile"].split())
    here, elsewhere = sorted(seen["sessions"], key=lambda row: "This device" not in row)
    assert "Chrome on Linux" in here
    assert "relaypacs upload" in elsewhere
    assert "This device" not in elsewhere
    assert seen["elsewhere"] == 401
    assert seen["resetAddress"] == f"{gateway.address}/reset-password"
    assert seen["invitationAddress"] == f"{gateway.address}/invitation"
    assert seen["returnAddress"] == f"{gateway.address}/sign-in/oidc"
    assert "Radiographer" in seen["offer"]
    assert "15 minutes" in seen["lockedOut"]
