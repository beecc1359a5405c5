"""What the gateway remembers of its own work."""

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.database import Base, enum_column
from relaypacs.core.jobs import JobOutcome
from relaypacs.core.leases import Leased


class JobRun(Leased, Base):
    """The last run of a job and its next one, for other processes and for after a restart, and who runs it now.

    See `core.jobs.JobState` for the columns.
    """

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    interval_seconds: Mapped[float] = mapped_column(Float)
    next_run_at: Mapped[datetime | None]
    running_since: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    milliseconds: Mapped[int | None]
    outcome: Mapped[JobOutcome | None] = mapped_column(enum_column(JobOutcome))
    error: Mapped[str] = mapped_column(String(64), default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]


class SchemaFloor(Base):
    """The earliest program that can work with the schema, as its newest revision; one row. See `migrations.run`."""

    __tablename__ = "schema_floor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[str] = mapped_column(String(32))
