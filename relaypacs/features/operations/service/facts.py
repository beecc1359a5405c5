"""What each part of the gateway says of itself. Every function is one question, and may hang as that part may."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from relaypacs.core.clock import now
from relaypacs.core.errors import RedisSilent
from relaypacs.core.jobs import JobState
from relaypacs.core.queues import Queue
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.models import DeliveryState, Destination
from relaypacs.features.deliveries.queue_rows import DeliveryQueue, DeliveryQueueRepository
from relaypacs.features.deliveries.service.health import health_of
from relaypacs.features.notifications.models import Channel
from relaypacs.features.notifications.queue_rows import MessageQueueRepository
from relaypacs.features.operations.repository import DatabaseFacts, JobRunRepository
from relaypacs.features.operations.schemas import (
    DestinationState,
    QueueView,
    WaitingChecks,
    WaitingDeliveries,
    WaitingMessages,
    WaitingUploads,
)
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage
from relaypacs.features.uploads.queue_rows import UNFINISHED, UploadQueueRepository
from relaypacs.infrastructure import Infrastructure
from relaypacs.migrations.run import revision_of

MOST_DESTINATIONS = 500
Queues = Mapping[DeliveryQueue, Queue]


@dataclass(frozen=True, slots=True)
class Places:
    """The destinations in use, and what waits for each."""

    rows: Sequence[Destination]
    queues: Queues = field(default_factory=dict)

    def states(self) -> Sequence[DestinationState]:
        return [self._state(row) for row in self.rows]

    def _state(self, row: Destination) -> DestinationState:
        waiting = total(self.queues, destination_id=row.id, state=DeliveryState.WAITING)
        return DestinationState(
            id=row.id,
            name=row.name,
            kind=row.kind,
            required=row.required,
            health=health_of(row),
            failing_since=row.failing_since,
            last_error=row.last_error if row.failures else "",
            last_success_at=row.last_success_at,
            waiting=waiting.waiting,
            oldest_waiting=waiting.oldest,
            refused=total(self.queues, destination_id=row.id, state=DeliveryState.ATTENTION).waiting,
        )


def total(queues: Queues, **wanted: object) -> Queue:
    """Return all queues together that have these members."""
    found = [queue for key, queue in queues.items() if all(getattr(key, name) == each for name, each in wanted.items())]
    return sum(found, Queue())


async def ask_database(infrastructure: Infrastructure) -> Mapping[str, Any]:
    """Return members of DatabaseView."""
    began = time.monotonic()
    async with infrastructure.database.read() as session:
        facts = DatabaseFacts(session)
        version = await facts.version()
        milliseconds = round((time.monotonic() - began) * 1000)
        size, clock = await facts.size(), await facts.clock()
        at = now()
    return {
        "version": version,
        "read_milliseconds": milliseconds,
        "size_bytes": size,
        "clock_offset_seconds": round((clock - at).total_seconds(), 1) if clock else None,
        "revision": await revision_of(infrastructure.database),
        "free_bytes": await infrastructure.space.beside_database(),
    }


async def ask_for_a_write(infrastructure: Infrastructure) -> None:
    """Wait for the turn to write, and write nothing."""
    async with infrastructure.database.write() as session:
        await session.execute(text("SELECT 1"))


async def ask_storage(infrastructure: Infrastructure) -> Mapping[str, Any]:
    """Write a small file, and return members of StorageView. Raises StorageFull, StorageUnavailable."""
    await infrastructure.storage.check()
    return {
        "free_bytes": await infrastructure.storage.free_bytes(),
        "total_bytes": await infrastructure.storage.total_bytes(),
        "is_low": await infrastructure.space.is_low(),
    }


async def ask_redis(infrastructure: Infrastructure) -> Mapping[str, Any]:
    """Return members of RedisView; none where there is no Redis. Raises RedisSilent."""
    if infrastructure.redis is None:
        return {}
    standing = await infrastructure.redis.standing()
    if standing is None:
        raise RedisSilent("Redis does not answer.")
    return {"version": standing.version, "used_bytes": standing.used_bytes, "wakeups": standing.wakeups}


async def ask_destinations(infrastructure: Infrastructure) -> Places:
    async with infrastructure.database.read() as session:
        rows = await DestinationRepository(session).destination_page(after=None, limit=MOST_DESTINATIONS)
        return Places(rows, await DeliveryQueueRepository(session).queues())


async def ask_queue(infrastructure: Infrastructure) -> QueueView:
    async with infrastructure.database.read() as session:
        deliveries = await DeliveryQueueRepository(session).queues()
        uploads = UploadQueueRepository(session)
        stages, checks, settlements = await uploads.stages(), await uploads.checks(), await uploads.settlements()
        channels = await MessageQueueRepository(session).messages()
        parked = await MessageQueueRepository(session).parked_webhooks()
    return QueueView(
        deliveries=[_deliveries(deliveries, level) for level in ServiceLevel],
        checks=[WaitingChecks(service_level=level, **_of(checks.get(level, Queue()))) for level in ServiceLevel],
        uploads=[_uploads(stages, stage) for stage in UNFINISHED],
        settlements=settlements.waiting,
        messages=[WaitingMessages(channel=each, **_of(channels.get(each, Queue()))) for each in Channel],
        parked_webhooks=parked,
    )


async def ask_jobs(infrastructure: Infrastructure) -> Sequence[JobState]:
    """Return what this process knows of its jobs; what the rows say where it runs none."""
    if book := infrastructure.jobs.states:
        return sorted(book.values(), key=lambda state: state.name)
    async with infrastructure.database.read() as session:
        return await JobRunRepository(session).all()


def _deliveries(queues: Queues, level: ServiceLevel) -> WaitingDeliveries:
    waiting = total(queues, service_level=level, state=DeliveryState.WAITING)
    refused = total(queues, service_level=level, state=DeliveryState.ATTENTION)
    return WaitingDeliveries(service_level=level, refused=refused.waiting, **_of(waiting))


def _uploads(stages: Mapping[tuple[Stage, ServiceLevel], Queue], stage: Stage) -> WaitingUploads:
    of_stage = sum((queue for (each, _), queue in stages.items() if each is stage), Queue())
    return WaitingUploads(stage=stage, **_of(of_stage))


def _of(queue: Queue) -> dict[str, Any]:
    return {"waiting": queue.waiting, "oldest": queue.oldest}
