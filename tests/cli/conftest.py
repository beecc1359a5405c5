from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.builders.dicom import make_study
from tests.client.peer import Peer, running_peer


@pytest.fixture
def peer() -> Iterator[Peer]:
    with running_peer() as running:
        yield running


@cache
def slices() -> list[tuple[str, bytes]]:
    return make_study(40, rows=256, columns=256)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A folder with 40 slices of 256 x 256, 5.3 MB in all: eleven chunks of 512 KiB."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name, content in slices():
        (folder / name).write_bytes(content)
    return folder
