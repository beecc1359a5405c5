"""What is counted of days that are over, and of which days something has changed since."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.database import Base, enum_column

NOBODY = UUID(int=0)  # stands in keys, which hold no null, for "any site" and "anybody"


class Part(StrEnum):
    """What is counted by itself: uploads by their opening, reports by what happened to them."""

    UPLOADS = "uploads"
    REPORTS = "reports"


class Change(StrEnum):
    """What of a day has changed. Whoever only begins to read a study changes nothing for others than readers."""

    UPLOADS = "uploads"
    REPORTS = "reports"
    READING = "reading"


class Kind(StrEnum):
    """Of whose uploads and reports a row is."""

    REGION = "region"
    SITE = "site"
    SENDER = "sender"  # what somebody has sent, and the reports on it
    READER = "reader"  # what a radiologist reads, and the uploads that brought it


class DayTally(Base):
    """One part of one UTC day, of one subject; nothing at all is no row.

    `site_id` narrows a sender and a reader to a site; of a site it is the subject, of the region nobody. A reader, who
    reads for all sites, has a row without a site too: the sum. `seconds` are 32-bit integers, little-endian: all
    durations of one series after the other (see `tally`).
    """

    __tablename__ = "stats_days"

    kind: Mapped[Kind] = mapped_column(enum_column(Kind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(enum_column(Part), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    seconds: Mapped[bytes] = mapped_column(LargeBinary)

    # SQLite then keeps the days of one subject side by side: they are read together.
    __table_args__ = (Index("idx_stats_days_day", "day"), {"sqlite_with_rowid": False})


class InstanceCount(Base):
    """How many instances of an upload are not rejected. Kept by triggers of the database: migration 0024."""

    __tablename__ = "stats_instances"

    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]


class DayChange(Base):
    """Something of a day has changed since it was last counted.

    Written by triggers of the database, in the transaction that changes it: migration 0024.
    """

    __tablename__ = "stats_changes"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    change: Mapped[Change] = mapped_column(String(16))
    day: Mapped[date]

    # A number is never given twice, so that nobody takes a later change for the one that he has seen.
    __table_args__ = (Index("idx_stats_changes_day", "day", "change"), {"sqlite_autoincrement": True})
