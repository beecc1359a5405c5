"""The real files that pydicom and pydicom-data carry, found without downloading anything."""

from importlib.resources import files
from pathlib import Path

PREFIX = slice(128, 132)


def real_files() -> list[Path]:
    """Return every file with the DICOM prefix, DICOMDIRs left out."""
    folders = [Path(str(files("pydicom.data") / name)) for name in ("test_files", "charset_files")]
    folders.append(Path(str(files("data_store") / "data")))
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in found if _is_dicom(path) and not path.name.startswith("DICOMDIR")]


def real_file(name: str) -> Path:
    return next(path for path in real_files() if path.name == name)


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(PREFIX.stop)[PREFIX] == b"DICM"
