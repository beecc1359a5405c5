"""Every command that the image is run with, tried without it: without rights, and with a root that is read-only."""

from pathlib import Path

import pytest
import yaml

from tests.deploy.image import Image, container
from tests.docs.pages import ROOT

EMBEDDED = ROOT / "deploy/compose/embedded.yaml"


def test_the_image_by_itself_is_the_embedded_gateway() -> None:
    given = yaml.safe_load(EMBEDDED.read_text())["services"]["gateway"]["environment"]
    defaults = {name: value.partition(":-")[2].removesuffix("}") for name, value in given.items()}
    with container(**defaults) as place:
        with place.serving() as served:
            assert served.is_healthy_by(served.container.image.health)
            assert served.answers("/health/live")
        assert not served.is_healthy_by(served.container.image.health)
        assert (place.folder / "data/relaypacs.db").is_file()
        assert not list((place.folder / "tmp").iterdir())


def test_nothing_else_can_be_written_to(tmp_path: Path) -> None:
    """That the test above would see it."""
    with container() as place:
        if not place._words(["python"])[0].endswith("unshare"):
            pytest.skip("only root can take the rest of the machine away")
        program = "import sys, pathlib; pathlib.Path(sys.argv[1]).touch()"
        assert place.run(["python", "-c", program, str(place.folder / "tmp/in-it")]).returncode == 0
        elsewhere = place.run(["python", "-c", program, str(tmp_path / "elsewhere")])
        assert elsewhere.returncode != 0
        assert "Permission denied" in elsewhere.stderr or "Read-only" in elsewhere.stderr


def test_the_image_writes_no_bytecode() -> None:
    assert Image().environment["PYTHONDONTWRITEBYTECODE"] == "1"
