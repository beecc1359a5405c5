"""What arrived, judged on the destination's own side."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pydicom

from tests.main_job.process import GatewayProcess
from tests.servers.orthanc import Orthanc


class Destination(Protocol):
    def compare(self, expected: Mapping[str, bytes]) -> tuple[int, int, int]:
        """Hold what is there against files by SOPInstanceUID. Returns how many are lost, differ, are there twice."""
        ...


class Folder:
    """The folder destination: everything that a gateway has ever delivered."""

    def __init__(self, gateway: GatewayProcess) -> None:
        self._archive = gateway.data / "archive"

    def compare(self, expected: Mapping[str, bytes]) -> tuple[int, int, int]:
        return compare_folder(self._archive, expected)


class RealPacs:
    """An Orthanc, emptied after each look."""

    def __init__(self, orthanc: Orthanc) -> None:
        self._orthanc = orthanc

    def compare(self, expected: Mapping[str, bytes]) -> tuple[int, int, int]:
        held = self._orthanc.instances()
        found = {uid: self._orthanc.file(held[uid]) for uid in expected if uid in held}
        lost = len(expected) - len(found)
        differing = sum(_pixels(content) != _pixels(expected[uid]) for uid, content in found.items())
        surplus = self._orthanc.count() - len(found)
        self._orthanc.clear()
        return lost, differing, surplus


def compare_folder(archive: Path, expected: Mapping[str, bytes]) -> tuple[int, int, int]:
    """Hold a folder destination against files by SOPInstanceUID, as `Destination.compare` does."""
    paths = list(archive.rglob("*.dcm"))
    found = {path.stem: path for path in paths if path.stem in expected}
    lost = len(expected.keys() - found.keys())
    differing = sum(path.read_bytes() != expected[uid] for uid, path in found.items())
    return lost, differing, len(paths) - len({path.stem for path in paths})


def _pixels(content: bytes) -> bytes:
    return bytes(pydicom.dcmread(io.BytesIO(content)).PixelData)
