"""Looks up what the metrics say of messages that wait to leave."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.notifications.metrics import OLDEST, PARKED, WAITING
from relaypacs.features.notifications.models import Channel
from relaypacs.features.notifications.queue_rows import MessageQueueRepository


async def observe_messages(session: AsyncSession, at: datetime) -> None:
    repository = MessageQueueRepository(session)
    messages = await repository.messages()
    for channel in Channel:
        queue = messages.get(channel, Queue())
        WAITING.labels(channel.value).set(queue.waiting)
        OLDEST.labels(channel.value).set(queue.age(at))
    PARKED.set(await repository.parked_webhooks())
