"""Looks up what the metrics say of uploads that are under way."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.metrics import CHECKS, CHECKS_OLDEST, OLDEST, OPEN, SETTLEMENTS
from relaypacs.features.uploads.queue_rows import UNFINISHED, UploadQueueRepository


async def observe_uploads(session: AsyncSession, at: datetime) -> None:
    repository = UploadQueueRepository(session)
    stages, checks, settlements = await repository.stages(), await repository.checks(), await repository.settlements()
    for level in ServiceLevel:
        for stage in UNFINISHED:
            queue = stages.get((stage, level), Queue())
            OPEN.labels(stage.value, level.value).set(queue.waiting)
            OLDEST.labels(stage.value, level.value).set(queue.age(at))
        queue = checks.get(level, Queue())
        CHECKS.labels(level.value).set(queue.waiting)
        CHECKS_OLDEST.labels(level.value).set(queue.age(at))
    SETTLEMENTS.set(settlements.waiting)
