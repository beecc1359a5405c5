"""How the gateway is doing, as administrators read it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from relaypacs.core.settings import Environment
from relaypacs.features.deliveries.models import DestinationKind
from relaypacs.features.deliveries.schemas import Health
from relaypacs.features.notifications.models import Channel
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage


class Part(StrEnum):
    """What is asked, each by itself: one that hangs keeps nobody from hearing of the others."""

    DATABASE = "database"
    WRITING = "writing"  # a transaction of the database that writes
    STORAGE = "storage"
    REDIS = "redis"
    QUEUE = "queue"
    DESTINATIONS = "destinations"
    JOBS = "jobs"
    CERTIFICATES = "certificates"


class Severity(StrEnum):
    URGENT = "urgent"  # studies do not get where they have to be, or soon will not
    WARNING = "warning"


class ConcernCode(StrEnum):
    """What needs somebody; of those that are as severe, the first one first."""

    DATABASE_SILENT = "database-silent"
    WRITING_SILENT = "writing-silent"
    STORAGE_FAILS = "storage-fails"
    STORAGE_LOW = "storage-low"
    REDIS_SILENT = "redis-silent"
    DESTINATION_FAILING = "destination-failing"
    DELIVERIES_REFUSED = "deliveries-refused"
    DELIVERIES_LATE = "deliveries-late"
    NO_DESTINATION = "no-destination"
    CHECKS_LATE = "checks-late"
    WORKER_SILENT = "worker-silent"  # no job runs any more
    JOB_FAILED = "job-failed"
    JOB_LATE = "job-late"
    JOB_STUCK = "job-stuck"
    STUDIES_HELD = "studies-held"
    DESTINATION_OFF = "destination-off"
    DATABASE_SLOW = "database-slow"
    MESSAGES_LATE = "messages-late"
    WEBHOOKS_PARKED = "webhooks-parked"
    CERTIFICATE_ENDED = "certificate-ended"
    CERTIFICATE_ENDING = "certificate-ending"
    CLOCK_DIFFERS = "clock-differs"
    PART_SILENT = "part-silent"


class Concern(BaseModel):
    """`name` is what it is about, such as a destination or a job, `subject_id` its identifier."""

    code: ConcernCode
    severity: Severity
    name: str = ""
    subject_id: UUID | None = None
    service_level: ServiceLevel | None = None
    count: int | None = None
    since: datetime | None = Field(None, description="Of certificates: when it ends.")
    detail: str = Field("", description="The code of an error, or a destination's own words.")


class Unanswered(BaseModel):
    """`problem` is the code of an error; `timed-out` when there was no answer in time."""

    part: Part
    problem: str
    asked_at: datetime


class ProcessView(BaseModel):
    started_at: datetime
    listeners: int = Field(description="Open streams of notifications, of the process that answers.")


class DatabaseKind(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class DatabaseView(BaseModel):
    """What is null is not known: it was not answered."""

    kind: DatabaseKind
    version: str | None = None
    revision: str | None = Field(None, description="Of the schema.")
    size_bytes: int | None = None
    free_bytes: int | None = Field(None, description="Of its disk; null where that is another machine's.")
    read_milliseconds: int | None = None
    write_milliseconds: int | None = None
    clock_offset_seconds: float | None = Field(None, description="Its clock less ours; null where they are the same.")


class StorageKind(StrEnum):
    FOLDER = "folder"
    BUCKET = "bucket"  # of an object store


class StorageView(BaseModel):
    """`free_bytes` and `total_bytes` are null where there are no bounds, and where nothing was answered."""

    kind: StorageKind
    milliseconds: int | None = Field(None, description="For a small file that was written; null: it could not be.")
    free_bytes: int | None = None
    total_bytes: int | None = None
    reserve_bytes: int
    is_low: bool | None = None
    sealed_by: int | None = Field(description="The number of the key that seals new files; null: they are not sealed.")


class RedisView(BaseModel):
    """What is null was not answered."""

    milliseconds: int | None = Field(None, description="For a question and its answer.")
    version: str | None = None
    used_bytes: int | None = None
    wakeups: int | None = Field(None, description="That no worker has ended with; the work itself waits in the rows.")


class Waiting(BaseModel):
    waiting: int
    oldest: datetime | None


class WaitingDeliveries(Waiting):
    """`refused` needs attention: a destination will never take some instance."""

    service_level: ServiceLevel
    refused: int


class WaitingChecks(Waiting):
    service_level: ServiceLevel


class WaitingUploads(Waiting):
    stage: Stage


class WaitingMessages(Waiting):
    channel: Channel


class QueueView(BaseModel):
    """What waits, what is under way included. `oldest` of uploads is when it was opened."""

    deliveries: list[WaitingDeliveries]
    checks: list[WaitingChecks]
    uploads: list[WaitingUploads]
    settlements: int = Field(description="Uploads whose next step waits for the gateway alone.")
    messages: list[WaitingMessages]
    parked_webhooks: int


class DestinationState(BaseModel):
    id: UUID
    name: str
    kind: DestinationKind
    required: bool
    health: Health
    failing_since: datetime | None
    last_error: str = Field(description="In the destination's own words.")
    last_success_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None
    refused: int


class JobStanding(StrEnum):
    NEVER = "never"  # it has not run yet
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class JobView(BaseModel):
    """`started_at` to `error` are of the last run that ended."""

    name: str
    interval_seconds: float
    standing: JobStanding
    is_late: bool = Field(description="It should have run long ago, or ended.")
    running_since: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    milliseconds: int | None
    error: str = Field(description="The code of the error, or the name of its kind.")
    failures: int = Field(description="In a row.")
    failing_since: datetime | None
    succeeded_at: datetime | None
    next_run_at: datetime | None


class CertificateUse(StrEnum):
    DESTINATION = "destination"  # ours, that a destination demands
    DESTINATION_CA = "destination_ca"
    LISTENER = "listener"
    LISTENER_CA = "listener_ca"
    SYSLOG_CA = "syslog_ca"


class CertificateView(BaseModel):
    """`name` is the destination's. Of authorities it is the last one that ends."""

    use: CertificateUse
    name: str
    subject_id: UUID | None
    ends_at: datetime


class SystemView(BaseModel):
    """What is null was not answered; `unanswered` says why."""

    at: datetime
    version: str
    environment: Environment
    concerns: list[Concern]
    unanswered: list[Unanswered]
    process: ProcessView | None = Field(description="Null where the gateway itself is not asked.")
    database: DatabaseView
    storage: StorageView
    redis: RedisView | None = Field(description="Null where there is none: one process is the whole gateway.")
    queue: QueueView | None
    destinations: list[DestinationState] | None
    jobs: list[JobView] | None
    certificates: list[CertificateView] | None
