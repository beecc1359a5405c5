"""Looks up what the metrics say of deliveries that are not finished, and of destinations."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.metrics import DESTINATIONS, FAILING, OLDEST, WAITING
from relaypacs.features.deliveries.models import DeliveryState, Destination
from relaypacs.features.deliveries.queue_rows import UNFINISHED, DeliveryQueueRepository
from relaypacs.features.deliveries.schemas import Health
from relaypacs.features.deliveries.service.health import health_of
from relaypacs.features.studies.models import ServiceLevel

MOST_DESTINATIONS = 1000


async def observe_deliveries(session: AsyncSession, at: datetime) -> None:
    destinations = await DestinationRepository(session).destination_page(after=None, limit=MOST_DESTINATIONS)
    _observe_destinations(destinations, at)
    queues: dict[tuple[DeliveryState, ServiceLevel], Queue] = {}
    for key, queue in (await DeliveryQueueRepository(session).queues()).items():
        of_all = queues.get((key.state, key.service_level), Queue())
        queues[key.state, key.service_level] = of_all + queue
    for state in UNFINISHED:
        for level in ServiceLevel:
            queue = queues.get((state, level), Queue())
            WAITING.labels(state.value, level.value).set(queue.waiting)
            OLDEST.labels(state.value, level.value).set(queue.age(at))


def _observe_destinations(destinations: Sequence[Destination], at: datetime) -> None:
    health = Counter(health_of(destination) for destination in destinations)
    for kind in Health:
        DESTINATIONS.labels(kind.value).set(health[kind])
    since = [each.failing_since for each in destinations if each.enabled and each.failing_since]
    FAILING.set((at - min(since)).total_seconds() if since else 0)
