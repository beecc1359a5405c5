"""Metrics of uploads: what comes in, and how far it gets."""

from functools import partial

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.database import after_commit
from relaypacs.core.metrics import LOOKED_UP, OF_STUDIES
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage, Upload

LEVELS = tuple(ServiceLevel)
STORED, REPEATED, FAILED, CLIENT_GONE = "stored", "repeated", "failed", "client-gone"

CHUNKS = Counter(
    "relaypacs_chunks_total", "Requests that brought a chunk, by what became of it: an error's code is one", ["outcome"]
)
CHUNK_BYTES = Counter("relaypacs_chunk_bytes_total", "Bytes of chunks that were stored, decoded")
CHUNK_WIRE_BYTES = Counter("relaypacs_chunk_wire_bytes_total", "Bytes of acknowledged chunk bodies, as sent")
VERDICTS = Counter("relaypacs_instance_verdicts_total", "Instances checked, by verdict", ["verdict"])
STAGES = Counter("relaypacs_upload_stages_total", "Uploads that reached a stage", ["stage", "service_level"])
VERIFIED_SECONDS = Histogram(
    "relaypacs_upload_verified_seconds",
    "From the last byte of an upload to the proof that every required destination has it",
    ["service_level"],
    buckets=OF_STUDIES,
)
FILES_REMOVED = Counter("relaypacs_upload_files_removed_total", "Uploads whose files were deleted after their time")

OPEN = Gauge(
    "relaypacs_uploads",
    "Uploads that are neither completed nor failed",
    ["stage", "service_level"],
    registry=LOOKED_UP,
)
OLDEST = Gauge(
    "relaypacs_upload_oldest_age_seconds",
    "Since when the oldest upload in a stage is open",
    ["stage", "service_level"],
    registry=LOOKED_UP,
)
CHECKS = Gauge(
    "relaypacs_checks_waiting",
    "Files that are whole and not checked yet",
    ["service_level"],
    registry=LOOKED_UP,
)
CHECKS_OLDEST = Gauge(
    "relaypacs_check_oldest_age_seconds",
    "How long the longest waiting of them has been whole",
    ["service_level"],
    registry=LOOKED_UP,
)
SETTLEMENTS = Gauge(
    "relaypacs_settlements_waiting",
    "Uploads that the gateway could take a step further now",
    registry=LOOKED_UP,
)


def count_stage(session: AsyncSession, upload: Upload) -> None:
    """Count the stage that an upload has reached, once the caller's transaction is durable."""
    after_commit(session, partial(_count, upload.stage, LEVELS[upload.priority]))


async def _count(stage: Stage, level: ServiceLevel) -> None:
    STAGES.labels(stage.value, level.value).inc()
