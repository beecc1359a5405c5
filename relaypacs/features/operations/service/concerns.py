"""What needs somebody, told from the facts: the first thing that an administrator reads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from relaypacs.features.deliveries.schemas import Health
from relaypacs.features.operations.schemas import (
    CertificateView,
    Concern,
    ConcernCode,
    DatabaseView,
    DestinationState,
    JobView,
    Part,
    QueueView,
    Severity,
    StorageView,
    SystemView,
    Unanswered,
)
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage

URGENT, WARNING = Severity.URGENT, Severity.WARNING
SLOW_READ_MILLISECONDS = 500
SLOW_WRITE_MILLISECONDS = 2000
CLOCK_MAY_DIFFER_SECONDS = 5.0
CHECKS_WAIT = timedelta(minutes=10)
MESSAGES_WAIT = timedelta(hours=1)
CERTIFICATES_LAST = timedelta(days=30)
OFTEN_SECONDS = 600.0
# A delivery that waits for longer is late, whatever it waits for.
DELIVERIES_WAIT: Mapping[ServiceLevel, timedelta] = {
    ServiceLevel.STAT: timedelta(minutes=10),
    ServiceLevel.EMERGENCY: timedelta(minutes=15),
    ServiceLevel.ROUTINE: timedelta(hours=1),
    ServiceLevel.SUBSPECIALTY: timedelta(hours=1),
}
SILENT_PARTS = {
    Part.DATABASE: (ConcernCode.DATABASE_SILENT, URGENT),
    Part.WRITING: (ConcernCode.WRITING_SILENT, URGENT),
    Part.STORAGE: (ConcernCode.STORAGE_FAILS, URGENT),
    Part.REDIS: (ConcernCode.REDIS_SILENT, URGENT),
}
WAITING_FOR_SOMEBODY = {
    Stage.VALIDATED: (ConcernCode.NO_DESTINATION, URGENT),
    Stage.HELD: (ConcernCode.STUDIES_HELD, WARNING),
}


def concerns_of(view: SystemView) -> list[Concern]:
    """Return what is wrong, the urgent first, then by kind and by how long it has been so."""
    found = [
        *_unanswered(view.unanswered),
        *_storage(view.storage),
        *_destinations(view.destinations or ()),
        *(_queue(view.queue, view.at) if view.queue else ()),
        *_jobs(view.jobs or ()),
        *_database(view.database),
        *_certificates(view.certificates or (), view.at),
    ]
    kinds, severities = list(ConcernCode), list(Severity)
    return sorted(
        found,
        key=lambda each: (severities.index(each.severity), kinds.index(each.code), each.since or view.at, each.name),
    )


def _unanswered(parts: Sequence[Unanswered]) -> Iterator[Concern]:
    for silent in parts:
        code, severity = SILENT_PARTS.get(silent.part, (ConcernCode.PART_SILENT, WARNING))
        yield Concern(
            code=code, severity=severity, name=silent.part.value, since=silent.asked_at, detail=silent.problem
        )


def _storage(storage: StorageView) -> Iterator[Concern]:
    if storage.is_low:
        yield Concern(code=ConcernCode.STORAGE_LOW, severity=URGENT)


def _destinations(destinations: Sequence[DestinationState]) -> Iterator[Concern]:
    for each in destinations:
        if each.health is Health.FAILING:
            yield Concern(
                code=ConcernCode.DESTINATION_FAILING,
                severity=URGENT,
                name=each.name,
                subject_id=each.id,
                count=each.waiting,
                since=each.failing_since,
                detail=each.last_error,
            )
        if each.health is Health.DISABLED and each.waiting:
            yield Concern(
                code=ConcernCode.DESTINATION_OFF,
                severity=WARNING,
                name=each.name,
                subject_id=each.id,
                count=each.waiting,
                since=each.oldest_waiting,
            )
        if each.refused:
            yield Concern(
                code=ConcernCode.DELIVERIES_REFUSED,
                severity=URGENT,
                name=each.name,
                subject_id=each.id,
                count=each.refused,
            )


def _queue(queue: QueueView, at: datetime) -> Iterator[Concern]:
    yield from _deliveries(queue, at)
    yield from _uploads(queue, at)
    yield from _messages(queue, at)


def _deliveries(queue: QueueView, at: datetime) -> Iterator[Concern]:
    for waiting in queue.deliveries:
        if waiting.oldest and at - waiting.oldest > DELIVERIES_WAIT[waiting.service_level]:
            yield Concern(
                code=ConcernCode.DELIVERIES_LATE,
                severity=URGENT,
                service_level=waiting.service_level,
                count=waiting.waiting,
                since=waiting.oldest,
            )


def _uploads(queue: QueueView, at: datetime) -> Iterator[Concern]:
    late = [each for each in queue.checks if each.oldest and at - each.oldest > CHECKS_WAIT]
    if late:
        yield Concern(
            code=ConcernCode.CHECKS_LATE,
            severity=URGENT,
            count=sum(each.waiting for each in late),
            since=min(each.oldest for each in late if each.oldest),
        )
    for uploads in queue.uploads:
        if uploads.waiting and uploads.stage in WAITING_FOR_SOMEBODY:
            code, severity = WAITING_FOR_SOMEBODY[uploads.stage]
            yield Concern(code=code, severity=severity, count=uploads.waiting, since=uploads.oldest)


def _messages(queue: QueueView, at: datetime) -> Iterator[Concern]:
    for messages in queue.messages:
        if messages.oldest and at - messages.oldest > MESSAGES_WAIT:
            yield Concern(
                code=ConcernCode.MESSAGES_LATE,
                severity=WARNING,
                name=messages.channel.value,
                count=messages.waiting,
                since=messages.oldest,
            )
    if queue.parked_webhooks:
        yield Concern(code=ConcernCode.WEBHOOKS_PARKED, severity=WARNING, count=queue.parked_webhooks)


def _jobs(jobs: Sequence[JobView]) -> Iterator[Concern]:
    often = [job for job in jobs if job.interval_seconds <= OFTEN_SECONDS]
    if often and all(job.is_late and job.running_since is None for job in often):
        last = max((job.ended_at for job in often if job.ended_at), default=None)
        yield Concern(code=ConcernCode.WORKER_SILENT, severity=URGENT, since=last)
        return
    for job in jobs:
        if job.is_late:
            code = ConcernCode.JOB_STUCK if job.running_since else ConcernCode.JOB_LATE
            since = job.running_since or job.ended_at
            yield Concern(code=code, severity=URGENT, name=job.name, since=since)
        elif job.failures:
            yield Concern(
                code=ConcernCode.JOB_FAILED,
                severity=WARNING,
                name=job.name,
                count=job.failures,
                since=job.failing_since,
                detail=job.error,
            )


def _database(database: DatabaseView) -> Iterator[Concern]:
    slowest = max(
        (database.read_milliseconds or 0) / SLOW_READ_MILLISECONDS,
        (database.write_milliseconds or 0) / SLOW_WRITE_MILLISECONDS,
    )
    if slowest > 1:
        yield Concern(code=ConcernCode.DATABASE_SLOW, severity=WARNING)
    if abs(database.clock_offset_seconds or 0) > CLOCK_MAY_DIFFER_SECONDS:
        yield Concern(code=ConcernCode.CLOCK_DIFFERS, severity=WARNING)


def _certificates(certificates: Sequence[CertificateView], at: datetime) -> Iterator[Concern]:
    for each in certificates:
        if each.ends_at - at > CERTIFICATES_LAST:
            continue
        ended = each.ends_at <= at
        yield Concern(
            code=ConcernCode.CERTIFICATE_ENDED if ended else ConcernCode.CERTIFICATE_ENDING,
            severity=URGENT if ended else WARNING,
            name=each.name,
            subject_id=each.subject_id,
            since=each.ends_at,
            detail=each.use.value,
        )
