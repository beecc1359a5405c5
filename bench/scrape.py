"""A scrape of the metrics beside a million studies of which none was read (at most 100 ms).

Every figure is a whole call over HTTP, each so long after the last one that the rows are looked at anew.

COUNTS=10000,1000000 DATABASES=sqlite,postgresql CALLS=10 python -m bench.scrape
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.lists import CALLS, COUNTS, DATABASES, GOAL_MILLISECONDS, Hospital, database
from bench.many_reports import ReportCorpus
from bench.many_uploads import Row, Target
from bench.servers import gateway
from bench.worklist import make_readers
from relaypacs.monitoring import FRESH_SECONDS

STUCK_SHARE = 0.002  # of all deliveries: a day's work needs attention


@dataclass
class DeliveredCorpus(ReportCorpus):
    """Reports whose studies are in the PACS, but for some."""

    def fill(self, target: Target) -> None:
        super().fill(_WithDeliveries(target, self))

    def delivery(self, upload: Row) -> Row:
        is_stuck = self.chance.random() < STUCK_SHARE
        return {
            "id": self._id(upload["created_at"]),
            "upload_id": upload["id"],
            "destination_id": self.destination,
            "state": "attention" if is_stuck else "verified",
            "priority": upload["priority"],
            "is_open": False,
            "attempts": 0,
            "last_reason": "",
            **dict.fromkeys(("next_attempt_at", "created_at", "verified_at", "read_back_at"), upload["created_at"]),
        }


@dataclass
class _WithDeliveries:
    """Implements `Target`: adds a delivery to each upload."""

    target: Target
    corpus: DeliveredCorpus

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        self.target.insert(table, rows)
        if table == "uploads":
            self.target.insert("deliveries", [self.corpus.delivery(upload) for upload in rows])

    def finish(self) -> None:
        self.target.finish()


def run(kind: str, count: int) -> list[float]:
    """Return how many milliseconds each scrape took."""
    with (
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as (url, target),
        gateway(DATABASE_URL=url) as server,
    ):
        hospital = Hospital(server)
        people, readers = hospital.people, make_readers(hospital)
        DeliveredCorpus(count, people, hospital.destination, readers=readers, is_read=False).fill(target())
        taken = []
        with httpx.Client(base_url=server.url, timeout=60) as client:
            client.get("/metrics").raise_for_status()  # once to warm up
            for _ in range(CALLS):
                time.sleep(FRESH_SECONDS + 0.1)
                started = time.perf_counter()
                answer = client.get("/metrics").raise_for_status()
                taken.append((time.perf_counter() - started) * 1000)
                assert "relaypacs_deliveries{" in answer.text
        return taken


def main() -> int:
    latest = 0.0
    for kind in DATABASES:
        for count in COUNTS:
            taken = run(kind, count)
            latest = max(latest, statistics.median(taken))
            print(
                f"{kind:>12} {count:>8}: {statistics.median(taken):6.1f} ms, at most {max(taken):6.1f} ms", flush=True
            )
    return 1 if latest > GOAL_MILLISECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
