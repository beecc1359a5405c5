"""docs/pacs.md: an Orthanc as the page configures it takes studies by both ways; the words are the adapters'."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, page
from tests.docs.sandbox import running_sandbox
from tests.servers import orthanc
from tests.servers.orthanc import Orthanc

PACS = page("docs/pacs.md")
OF_THIS_MACHINE = {"StorageDirectory", "IndexDirectory", "Plugins", "HttpPort", "DicomPort"}
PORTS = re.compile(r"orthanc\.example:(8042|4242)")


class AsWritten(Orthanc):
    """Has what the page says, and nothing else beside folders and ports."""

    def _configuration(self) -> dict[str, Any]:
        (written,) = PACS.fenced("json")
        needed = {name: value for name, value in super()._configuration().items() if name in OF_THIS_MACHINE}
        assert not needed.keys() & json.loads(written).keys()
        return needed | json.loads(written)


@pytest.fixture(scope="module")
def archive() -> Iterator[Orthanc]:
    if reason := orthanc.available():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="relaypacs-orthanc-"))
    running = AsWritten(folder)
    try:
        running.start()
        yield running
    finally:
        running.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("scheme", ["dicomweb+http", "dicom"])
def test_orthanc_as_the_page_says(archive: Orthanc, tmp_path: Path, scheme: str):
    archive.clear()
    (block,) = [block for block in PACS.blocks if "orthanc.example" in block]
    ports = {"8042": archive.http_port, "4242": archive.dicom_port}
    addresses = [
        PORTS.sub(lambda found: f"127.0.0.1:{ports[found[1]]}", address)
        for address in re.findall(r"dicom\S*://\S+", block)
    ]
    (address,) = [address for address in addresses if address.startswith(f"{scheme}://")]
    with running_sandbox(tmp_path, PACS=address) as sandbox:
        said = sandbox.run(re.sub(r"(?<=RELAYPACS_PACS=)\S+", address, block))
        assert "ok       PACS “First destination”" in said
        assert "4 verified in the PACS" in sandbox.run(
            "relaypacs upload ./study --server https://gateway.example --username admin"
        )
    assert archive.count() == 4


def test_the_words_are_those_of_the_adapters():
    source = "".join(path.read_text() for path in sorted((ROOT / "relaypacs/adapters/pacs").rglob("*.py")))
    table = PACS.text.partition("\n## What the PACS says")[2]
    said = [words for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for words in re.findall(r"`(.+?)`", row)]
    for words in said:
        plain = re.sub(r"^[0-9A-F]{4}\b|^HTTP \d{3}$|: …$", "", words).strip()
        assert plain in source, words
    assert len(said) > 15


def test_the_other_blocks_run(tmp_path: Path):
    (block,) = [block for block in PACS.blocks if "orthanc.example" not in block]
    with running_sandbox(tmp_path) as sandbox:
        assert "ARCHIVE" in sandbox.run(block)
