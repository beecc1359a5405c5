"""What a gateway is doing right now, read from its rows: they are the truth, before a kill and after it."""

import sqlite3
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path


class Phase(StrEnum):
    UPLOAD = "upload"
    CHECK = "check"
    DELIVERY = "delivery"


UNDER_WAY = {
    Phase.UPLOAD: "FROM uploads WHERE stage = 'receiving' AND received_chunks BETWEEN 1 AND chunk_count - 1",
    Phase.CHECK: "FROM upload_files WHERE check_state = 'due'",
    Phase.DELIVERY: "FROM uploads WHERE stage = 'delivering'",
}
# One row each for an upload of one study that is verified, however often its gateway died on the way.
ONCE_PER_UPLOAD = (
    "deliveries",
    "receipts WHERE revision = 1",
    "reports",
    "notifications WHERE type = 'upload_complete'",
)


class Rows:
    """Reads the SQLite file of a gateway, running or dead, and never writes it."""

    def __init__(self, data: Path) -> None:
        self._connection = sqlite3.connect(f"file:{data}/relaypacs.db?mode=ro", uri=True, timeout=10)

    def close(self) -> None:
        self._connection.close()

    def is_under_way(self, phase: Phase) -> bool:
        return self._connection.execute(f"SELECT 1 {UNDER_WAY[phase]} LIMIT 1").fetchone() is not None

    def phases(self) -> Collection[Phase]:
        """Return the phases that some upload is in the middle of."""
        return [phase for phase in Phase if self.is_under_way(phase)]

    def more_than_once(self, uploads: int) -> int:
        """Return how many rows there are beyond one of each kind for every verified upload."""
        counts = [
            self._connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]  # noqa: S608
            for rows in ONCE_PER_UPLOAD
        ]
        return sum(abs(count - uploads) for count in counts)
