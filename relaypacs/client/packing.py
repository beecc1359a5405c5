"""Packs a study into uploads: few, large, and always the same for the same files."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from relaypacs.client.errors import ClientError
from relaypacs.client.scan import LocalFile, LocalStudy
from relaypacs.client.sources import Bundle, Source, WholeFile, stored_zip_size

MIB = 1024**2
MAX_FILES = 100  # per upload, as the API demands
MAX_UPLOAD_BYTES = 2 * 1024**3
SMALLEST_BUNDLE = 8 * MIB  # a bundle is closed at this size …
LARGEST_BUNDLE = 20 * MIB  # … or up to this one where a study would need more than one upload otherwise
NAME_LENGTH = 200
PACKING = 1  # raise when the same files would give other bytes than before


class TooLarge(ClientError):
    """A single file is larger than an upload may be."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One upload: at most 100 sources and 2 GB. `identity` names these very files in this very packing."""

    sources: tuple[Source, ...]
    identity: str

    @property
    def size(self) -> int:
        return sum(source.size for source in self.sources)


def pack(study: LocalStudy) -> list[Parcel]:
    """Divide a study into uploads. Raises TooLarge for a file that no upload can hold."""
    for file in study.files:
        if file.size > MAX_UPLOAD_BYTES:
            raise TooLarge(f"{file.label} has {file.size:,} bytes; an upload takes {MAX_UPLOAD_BYTES:,} at most.")
    target = min(max(SMALLEST_BUNDLE, 2 * study.size // MAX_FILES), LARGEST_BUNDLE)
    return [_parcel(group) for group in _uploads(_groups(study.files, target))]


def _groups(files: Iterable[LocalFile], target: int) -> Iterator[tuple[LocalFile, ...]]:
    """Yield the files of each source in turn: a large one alone, small ones together up to `target` bytes."""
    pending: list[LocalFile] = []
    total = 0
    for file in files:
        if file.size >= target:
            yield (file,)
            continue
        size = _size((file,))
        if pending and total + size > target:
            yield tuple(pending)
            pending, total = [], 0
        pending.append(file)
        total += size
    if pending:
        yield tuple(pending)


def _size(group: Sequence[LocalFile]) -> int:
    return stored_zip_size([_safe(file.label) for file in group], [file.size for file in group])


def _uploads(groups: Iterable[tuple[LocalFile, ...]]) -> Iterator[list[tuple[LocalFile, ...]]]:
    """Yield the groups of each upload, within both limits."""
    current: list[tuple[LocalFile, ...]] = []
    total = 0
    for group in groups:
        size = group[0].size if len(group) == 1 else _size(group)
        if current and (len(current) == MAX_FILES or total + size > MAX_UPLOAD_BYTES):
            yield current
            current, total = [], 0
        current.append(group)
        total += size
    if current:
        yield current


def _parcel(groups: Sequence[tuple[LocalFile, ...]]) -> Parcel:
    names = _unique(
        _safe(group[0].path.name) if len(group) == 1 else f"bundle-{ordinal:03}.zip"
        for ordinal, group in enumerate(groups, start=1)
    )
    sources = tuple(
        WholeFile(name, group[0])
        if len(group) == 1
        else Bundle(name, group, _unique(_safe(file.label) for file in group))
        for name, group in zip(names, groups, strict=True)
    )
    return Parcel(sources, _identity(sources))


def _safe(name: str) -> str:
    """Return a name that any system takes: printable, no backslash or colon, at most 200 characters."""
    printable = "".join(c if c.isprintable() else "_" for c in name.encode("utf-8", "replace").decode())
    return re.sub(r'[\\:*?"<>|]', "_", printable)[-NAME_LENGTH:].lstrip("/")


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Put a number before every name that came before, so that a verdict can be traced to its file."""
    seen: set[str] = set()
    unique: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in seen:
            number += 1
            candidate = f"{number}-{name}"
        seen.add(candidate.casefold())
        unique.append(candidate)
    return tuple(unique)


def _identity(sources: Iterable[Source]) -> str:
    """Return a digest of every file's path, size and time of change, in their packing; it can't be read back."""
    digest = hashlib.sha256(f"packing {PACKING}".encode())
    for source in sources:
        digest.update(f"\n{len(source.files)}".encode())
        for file in source.files:
            facts = f"\0{file.path}\0{file.size}\0{file.modified_ns}"
            digest.update(facts.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
