"""What the calls of analytics take and give. docs/api.md says what exactly each number counts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from relaypacs.features.studies.models import ModalityGroup, ServiceLevel


class Period(StrEnum):
    """How far back: whole UTC days, the last of which is today as far as it has come."""

    ONE_WEEK = "1w"
    TWO_WEEKS = "2w"
    ONE_MONTH = "1m"  # 30 days
    THREE_MONTHS = "3m"  # 13 weeks
    SIX_MONTHS = "6m"  # 26 weeks
    ALL = "all"

    @property
    def days(self) -> int | None:
        return {"1w": 7, "2w": 14, "1m": 30, "3m": 91, "6m": 182}.get(self.value)


class Scope(StrEnum):
    """Whose numbers they are."""

    OWN = "own"  # what the caller has sent
    SITE = "site"  # what the caller's site has sent
    READING = "reading"  # what the caller reads
    ALL = "all"


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"  # seven days each; the last one ends with today
    MONTH = "month"  # of the calendar


class Table(StrEnum):
    SUMMARY = "summary"
    TREND = "trend"
    TURNAROUND = "turnaround"


class FailureKind(StrEnum):
    """What has failed: a whole upload, one of its instances, or its way to one destination."""

    UPLOAD = "upload"
    INSTANCE = "instance"
    DELIVERY = "delivery"


class StatsQuery(BaseModel):
    """Administrators filter by site and user, radiographers by a user of their own site, others by nothing."""

    model_config = ConfigDict(extra="forbid")

    period: Period = Period.ONE_MONTH
    site_id: UUID | None = None
    user_id: UUID | None = Field(None, description="A radiologist's numbers are of what he reads.")


class ExportQuery(StatsQuery):
    table: Table = Table.SUMMARY


class ModalityCount(BaseModel):
    key: ModalityGroup
    count: int


class LevelCount(BaseModel):
    key: ServiceLevel
    count: int


class FailureCount(BaseModel):
    """`reason` is a stable code: a stage, a verdict's code, or what a destination's refusal comes to."""

    kind: FailureKind
    reason: str
    count: int


class Durations(BaseModel):
    """Percentiles by the nearest rank: each is one of the durations. Null when there is none."""

    count: int
    p50_seconds: int | None
    p95_seconds: int | None


class Figures(BaseModel):
    """Uploads count in the period in which they were opened, reports in that in which they became ready."""

    uploads: int
    instances: int = Field(description="Of these uploads, without those that were rejected.")
    bytes: int = Field(description="Received, as the files are.")
    bytes_saved: int = Field(description="By how much less came over the wire.")
    completed: int
    failed: int
    under_way: int
    success_rate: float | None = Field(description="Completed of those that have ended; null when none has.")
    by_modality: list[ModalityCount]
    by_service_level: list[LevelCount]
    failures: list[FailureCount]
    to_verified: Durations = Field(description="From an upload's first byte to its proof.")
    reports_ready: int
    reports_open: int = Field(description="Of studies that came in the period; as it is now.")


class Answer(BaseModel):
    """`start` is in the period, `end` is not; the period before has the same length and ends at `before_end`."""

    period: Period
    start: datetime
    end: datetime
    scope: Scope
    generated_at: datetime


class Compared(Answer):
    before_start: datetime | None
    before_end: datetime | None


class Summary(Compared):
    now: Figures
    before: Figures | None


class TrendPoint(BaseModel):
    start: datetime
    uploads: int
    completed: int
    failed: int
    bytes: int
    reports_ready: int


class Trend(Answer):
    """Days, weeks or months without holes, the oldest first."""

    grain: Grain
    points: list[TrendPoint]


class LevelTurnaround(Durations):
    """From the moment when the study was there to be read to its report, by the report's service level."""

    service_level: ServiceLevel
    target_seconds: int
    within_target: int


class Turnaround(Compared):
    levels: list[LevelTurnaround]
    before: list[LevelTurnaround] | None
