"""Fills a database with the uploads of three years: ten sites, a few names that many share, and a bad first year."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from relaypacs.core.clock import ID_RANDOM_BITS, now
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel
from relaypacs.features.uploads.asked import STAGES_OF
from relaypacs.features.uploads.models import Stage
from relaypacs.features.uploads.word_rows import epoch_of
from relaypacs.features.uploads.words import study_word, words_of_form

YEARS = timedelta(days=3 * 365)
AT_ONCE = 20_000
DETAILED = 500  # the newest uploads have their instances and deliveries too: the first pages show them
INSTANCES = 300
SIZE = 1000
Row = dict[str, Any]
RARE_NAME, RARE_EVERY = "QUINCUNX^ZOE", 2000
STARTS = ("MA", "SCH", "KO", "GAR", "BE")
SURNAMES = [f"{a}{b}{c}" for a in STARTS for b in ("RI", "LO", "UN", "E") for c in ("A", "NEZ", "SKI")]
GIVEN = ("MARIA", "JOSÉ", "ANNA", "JOHN", "FATIMA", "WEI", "OLGA", "ANDRÉ", "AMINA", "YUKI")
STATUS_OF = {stage: status for status, stages in STAGES_OF.items() for stage in stages}


@dataclass(frozen=True)
class People:
    """The sites, the clinicians of each, and how often each site sends; the first site has more than all others."""

    sites: Sequence[UUID]
    clinicians: Sequence[Sequence[UUID]]


class Target(Protocol):
    """Takes rows of a table, all with the same columns."""

    def insert(self, table: str, rows: Sequence[Row]) -> None: ...
    def finish(self) -> None: ...


class SqliteTarget:
    """Rows as our column types store them there."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA cache_size = -400000")

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        places = ",".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table} ({','.join(rows[0])}) VALUES ({places})"  # noqa: S608 - of our own names
        self._connection.execute("BEGIN")
        self._connection.executemany(statement, ([_sqlite_value(value) for value in row.values()] for row in rows))
        self._connection.execute("COMMIT")

    def finish(self) -> None:
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


class PostgresTarget:
    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(asyncpg.connect(url))

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        records = [tuple(row.values()) for row in rows]
        self._loop.run_until_complete(
            self._connection.copy_records_to_table(table, columns=list(rows[0]), records=records)
        )

    def finish(self) -> None:
        self._loop.run_until_complete(self._connection.execute("VACUUM ANALYZE"))
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


@dataclass
class Corpus:
    """`count` uploads, the same ones each time."""

    count: int
    people: People
    destination: UUID
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same each time

    def fill(self, target: Target) -> None:
        end = now() - timedelta(minutes=1)
        uploads = (self._upload(number, end) for number in range(self.count))
        while batch := list(islice(uploads, AT_ONCE)):
            target.insert("uploads", batch)
            target.insert("upload_files", [self._file(upload, 0) for upload in batch])
            target.insert("upload_words", [word for upload in batch for word in _words(upload)])
            newest = batch[-DETAILED:]
        for upload in newest:
            self._details(target, upload)
        target.finish()

    def _id(self, moment: datetime) -> UUID:
        time = int(moment.timestamp() * 1000) << ID_RANDOM_BITS
        return UUID(int=time | 7 << 76 | self.chance.getrandbits(12) << 64 | 2 << 62 | self.chance.getrandbits(62))

    def _upload(self, number: int, end: datetime) -> Row:
        age = 1 - number / self.count
        made = end - age * YEARS
        site = self.chance.choices(range(len(self.people.sites)), [10, *[1] * (len(self.people.sites) - 1)])[0]
        level = self.chance.choices(list(ServiceLevel), [5, 10, 80, 5])[0]
        group = self.chance.choices(list(ModalityGroup), [40, 20, 20, 10, 4, 1, 1, 2, 1, 1])[0]
        stage = self._stage(age)
        ended = made if stage is Stage.VERIFIED else None
        return {
            "id": self._id(made),
            "user_id": self.chance.choice(self.people.clinicians[site]),
            "site_id": self.people.sites[site],
            "metadata": json.dumps(self._form(number, made, level, group)),
            "status": STATUS_OF[stage],
            "stage": stage,
            "priority": level.priority,
            "modality_group": group,
            **dict.fromkeys(("chunk_size", "total_bytes", "received_bytes"), SIZE),
            **dict.fromkeys(("chunk_count", "received_chunks"), 1),
            "warnings": "[]",
            **dict.fromkeys(("is_forced", "is_confirmed"), False),
            **dict.fromkeys(("created_at", "expires_at"), made),
            **dict.fromkeys(("completed_at", "files_removed_at"), ended),
        }

    def _stage(self, age: float) -> Stage:
        """Return how it ended: nearly always well. In the oldest tenth an outage let many expire, and never again."""
        if age > 0.9 and self.chance.random() < 0.3:
            return Stage.EXPIRED
        return self.chance.choices([Stage.VERIFIED, Stage.CANCELLED, Stage.REJECTED, Stage.HELD], [970, 20, 9, 1])[0]

    def _form(self, number: int, made: datetime, level: ServiceLevel, group: ModalityGroup) -> Row:
        surname = self.chance.choices(SURNAMES, [1 / (rank + 1) for rank in range(len(SURNAMES))])[0]
        name = f"{surname}^{self.chance.choice(GIVEN)}"
        return {
            "patient_name": RARE_NAME if number % RARE_EVERY == RARE_EVERY // 2 else name,
            "study_date": made.strftime("%Y%m%d"),
            "modality": group.value,
            "service_level": level.value,
            "clinical_history": "Pain since yesterday.",
            "patient_id": f"PAT{self.chance.randrange(10**7):07}",
            "accession_number": f"ACC{made.year}{number:08}",
        }

    def _file(self, upload: Row, ordinal: int) -> Row:
        return {
            "id": self._id(upload["created_at"]),
            "upload_id": upload["id"],
            "ordinal": ordinal,
            "file_id": str(ordinal),
            "name": f"{ordinal}.zip",
            "size": SIZE,
            **dict.fromkeys(("chunk_count", "received_chunks"), 1),
            "check_state": "done",
            "skipped": 0,
        }

    def _details(self, target: Target, upload: Row) -> None:
        """Add what a list says of an upload beyond its own row."""
        file, made = self._file(upload, 1), upload["created_at"]
        instances = [_instance(self._id(made), file) for _ in range(INSTANCES)]
        delivery = {
            "id": self._id(made),
            "upload_id": upload["id"],
            "destination_id": self.destination,
            "state": "verified",
            "priority": upload["priority"],
            "is_open": False,
            "attempts": 0,
            "last_reason": "",
            **dict.fromkeys(("next_attempt_at", "verified_at", "read_back_at"), made),
        }
        of_delivery = {"delivery_id": delivery["id"], "outcome": "read_back", "reason": "", "changed_at": made}
        target.insert("upload_files", [file])
        target.insert("instances", instances)
        target.insert("deliveries", [delivery])
        target.insert("delivery_instances", [{"instance_id": each["id"], **of_delivery} for each in instances])
        target.insert("receipts", [{"id": self._id(made), "upload_id": upload["id"], "revision": 1, "document": "{}"}])


def study_of(upload_id: UUID) -> str:
    """Return the UID of the study that an upload has brought."""
    return f"2.25.{upload_id.int}"


def _words(upload: Row) -> Iterator[Row]:
    words = words_of_form(json.loads(upload["metadata"])) | {study_word(study_of(upload["id"]))}
    whose = {name: upload[name] for name in ("user_id", "site_id")}
    for word in words:
        yield {"upload_id": upload["id"], "word": word, "epoch": epoch_of(upload["id"]), **whose}


def _instance(identifier: UUID, file: Row) -> Row:
    study, digest = study_of(file["upload_id"]), f"{identifier.int:064x}"
    said = {"PatientName": "SOMEBODY^ELSE", "PatientID": "1", "StudyDate": "20240229", "Modality": "CT"}
    return {
        "id": identifier,
        "upload_id": file["upload_id"],
        "file_id": file["id"],
        "blob_key": f"{file['upload_id']}/{file['ordinal']}",
        "file_name": file["name"],
        "offset": 0,
        **dict.fromkeys(("length", "size"), SIZE),
        "encoding": "stored",
        "neutralise_preamble": False,
        **dict.fromkeys(("study_instance_uid", "series_instance_uid"), study),
        "sop_instance_uid": f"2.25.{identifier.int}",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
        **dict.fromkeys(("sha256", "pixel_sha256"), digest),
        "attributes": json.dumps(said),
        "verdict": "accepted",
        "reasons": "[]",
        "is_repeat": False,
    }
