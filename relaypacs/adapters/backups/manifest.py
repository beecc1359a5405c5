"""The list of what a backup consists of, with a digest for each file; what is not in it is no part of the backup."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, SECRET_KEY, UPLOADS, ARCHIVE = "relaypacs.db", "secret.key", "uploads", "archive"
SINGLE, FOLDERS = (DATABASE, SECRET_KEY), (UPLOADS, ARCHIVE)


class BackupBroken(Exception):
    """A backup cannot be made, or what is there is none, or not a whole one. The message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its place in the backup, its size in bytes, and its SHA-256 in lower-case hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`secret_key_id` names the secret key without telling it; `absent` are files that the rows name and nobody has.

    `bucket` is where received files are when they are in an object store, and no part of the backup.
    """

    made_at: str
    version: str
    revision: str
    secret_key_id: str
    audit_position: int
    audit_seal: str
    absent: tuple[str, ...] = ()
    bucket: str = ""
    entries: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.entries)

    def has(self, name: str) -> bool:
        return any(entry.name == name for entry in self.entries)

    def below(self, folder: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.name.startswith(f"{folder}/")]


def encode_manifest(manifest: Manifest) -> bytes:
    return json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()


def decode_manifest(text: bytes) -> Manifest:
    """Read a manifest. Raises BackupBroken, also when it names a place that a backup has no business with."""
    try:
        document: dict[str, Any] = json.loads(text)
        if document.pop("format") != FORMAT:
            raise BackupBroken("This backup was made by a newer program.")
        entries = tuple(Entry(str(e["name"]), int(e["size"]), str(e["sha256"])) for e in document.pop("entries"))
        found = Manifest(**{**document, "absent": tuple(document["absent"])}, entries=entries)
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BackupBroken(f"{MANIFEST} can't be read.") from fault
    if strange := _strange(entry.name for entry in entries):
        raise BackupBroken(f"{MANIFEST} names {strange!r}, which is no part of a backup.")
    if not found.has(DATABASE):
        raise BackupBroken(f"{MANIFEST} names no database.")
    return found


def _strange(names: Iterable[str]) -> str | None:
    """Return a name that would lead out of the places where a backup puts things."""
    for name in names:
        path = PurePosixPath(name)
        inside = len(path.parts) > 1 and path.parts[0] in FOLDERS and not path.is_absolute() and ".." not in path.parts
        if not (name in SINGLE or (inside and str(path) == name and "\0" not in name)):
            return name
    return None
