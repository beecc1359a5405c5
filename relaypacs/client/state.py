"""Remembers which upload belongs to which local files, so that a killed client goes on where it was."""

import hashlib
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
KEEP_SECONDS = 30 * 24 * 3600.0


def state_folder() -> Path:
    """Return the folder that the XDG base directory specification gives to such state."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "relaypacs" / "uploads"


@dataclass(frozen=True, slots=True)
class ResumeStore:
    """One small file per upload of one user of one server, readable by its owner alone.

    No name, path or token is in it, only the upload's id: what the gateway has of it, `GET /upload/{id}` says.
    """

    folder: Path
    server: str
    username: str

    def recall(self, identity: str) -> str | None:
        """Return the id of the upload that was opened for these files, or None."""
        try:
            document = json.loads(self._path(identity).read_text())
        except (FileNotFoundError, ValueError):
            return None
        known = isinstance(document, dict) and document.get("version") == VERSION
        return str(document["upload_id"]) if known and "upload_id" in document else None

    def remember(self, identity: str, upload_id: str) -> None:
        """Keep the id; it is on the disk, whole, when this returns."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {"version": VERSION, "upload_id": upload_id}
        descriptor, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")  # mode 0600
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._path(identity))

    def forget(self, identity: str) -> None:
        self._path(identity).unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove what no gateway can still know about."""
        oldest = time.time() - KEEP_SECONDS
        for path in self.folder.glob("*.*"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _path(self, identity: str) -> Path:
        key = hashlib.sha256("\0".join((self.server, self.username, identity)).encode()).hexdigest()
        return self.folder / f"{key[:32]}.json"
