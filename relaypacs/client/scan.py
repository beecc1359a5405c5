"""Finds the studies in files, folders and ZIPs."""

import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from relaypacs.adapters.dicom.part10 import has_prefix
from relaypacs.client.attributes import HEAD, STUDY_UID, read_attributes, read_zip_attributes

ARCHIVE = "zip:"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as it was when it was found. `label` is how the sender knows it: its path below what was named."""

    path: Path
    label: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class LocalStudy:
    """Files that belong together: those of one StudyInstanceUID, or one ZIP whatever is in it.

    `attributes` maps DICOM keywords to the first text that any of the files has; `modalities` counts files.
    """

    files: tuple[LocalFile, ...]
    attributes: Mapping[str, str]
    modalities: Mapping[str, int]
    is_archive: bool = False  # what is in it is known in part only

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found. `skipped` is not DICOM; `unreadable` claims to be, but can't be filed under a study."""

    studies: tuple[LocalStudy, ...]
    skipped: tuple[Path, ...]
    unreadable: tuple[Path, ...]


@dataclass(slots=True)
class _Group:
    files: list[LocalFile] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    modalities: Counter[str] = field(default_factory=Counter)

    def add(self, file: LocalFile, attributes: Mapping[str, str]) -> None:
        self.files.append(file)
        self.attributes = {**attributes, **self.attributes}
        if modality := attributes.get("Modality"):
            self.modalities[modality] += 1

    def study(self, *, is_archive: bool) -> LocalStudy:
        return LocalStudy(tuple(self.files), self.attributes, self.modalities, is_archive)


def scan_paths(paths: Iterable[Path]) -> Scan:
    """Group the DICOM files below `paths` into studies; the same tree always gives the same order."""
    groups: dict[str, _Group] = {}
    skipped: list[Path] = []
    unreadable: list[Path] = []
    for file in _files(paths):
        try:
            key, attributes = _classify(file.path)
        except OSError:
            unreadable.append(file.path)
            continue
        if attributes is None:
            skipped.append(file.path)
        elif not key:
            unreadable.append(file.path)
        else:
            groups.setdefault(key, _Group()).add(file, attributes)
    studies = tuple(group.study(is_archive=key.startswith(ARCHIVE)) for key, group in groups.items())
    return Scan(studies, tuple(skipped), tuple(unreadable))


def _classify(path: Path) -> tuple[str, Mapping[str, str] | None]:
    """Return the key of the group that the file belongs to, and its attributes: None for what is not DICOM.

    The key is empty for a file that claims to be DICOM but has no StudyInstanceUID that can be read.
    """
    with path.open("rb") as file:
        if has_prefix(file.read(HEAD)):
            file.seek(0)
            attributes = read_attributes(file)
            return (attributes or {}).get(STUDY_UID, ""), attributes
    if zipfile.is_zipfile(path):
        return f"{ARCHIVE}{path}", read_zip_attributes(path)
    return "", None


def _files(paths: Iterable[Path]) -> Iterator[LocalFile]:
    """Yield every regular file once, folders in the order of their names."""
    seen: set[Path] = set()
    for root in paths:
        for path in _walk(root):
            real = path.resolve()
            if real in seen or not real.is_file():
                continue
            seen.add(real)
            facts = real.stat()
            label = path.relative_to(root).as_posix() if path != root else path.name
            yield LocalFile(real, label, facts.st_size, facts.st_mtime_ns)


def _walk(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        yield root
        return
    for folder, below, names in os.walk(root):
        below.sort()
        yield from (Path(folder) / name for name in sorted(names))
