from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from relaypacs.client import Credentials, Options, Order, RelayClient, StudyResult, scan_paths
from relaypacs.client import retry as retry_module
from tests.builders.dicom import make_study
from tests.client.peer import PASSWORD, USERNAME, Peer, running_peer

CHUNK = 512 * 1024


@pytest.fixture
def peer() -> Iterator[Peer]:
    with running_peer() as running:
        yield running


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a hundredth of what a real client waits between two attempts."""
    monkeypatch.setattr(retry_module, "FIRST_DELAY", retry_module.FIRST_DELAY / 100)


@cache
def slices() -> list[tuple[str, bytes]]:
    return make_study(20, rows=256, columns=256)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A folder with 20 slices of 256 x 256, 2.6 MB in all: one bundle, six chunks of 512 KiB."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name, content in slices():
        (folder / name).write_bytes(content)
    return folder


class Sender:
    """Sends a folder to a peer the way the command line does, with a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def __call__(
        self,
        address: str,
        folder: Path,
        options: Options | None = None,
        credentials: Credentials | None = None,
        *,
        wait: bool = True,
        force: bool = False,
    ) -> list[StudyResult]:
        with RelayClient(
            address,
            credentials or Credentials(USERNAME, PASSWORD),
            options or Options(chunk_size=CHUNK, connections=3),
            state=self.state,
        ) as client:
            return client.upload(scan_paths([folder]).studies, Order(), wait=wait, force=force)


@pytest.fixture
def send(tmp_path: Path) -> Sender:
    return Sender(tmp_path / "state")
