"""How the jobs of this process are doing that come again at an interval."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobOutcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # the gateway ended; the job goes on after the next start


@dataclass(frozen=True, slots=True)
class JobState:
    """One job: its last run that ended, the one that is under way, and the next one."""

    name: str
    interval_seconds: float
    next_run_at: datetime | None = None
    running_since: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    milliseconds: int | None = None
    outcome: JobOutcome | None = None  # None: it has never run
    error: str = ""  # the code of the error with which the last run failed
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    succeeded_at: datetime | None = None


@dataclass(slots=True)
class JobBook:
    """The jobs that this process runs; empty in one that runs none."""

    states: dict[str, JobState] = field(default_factory=dict)
