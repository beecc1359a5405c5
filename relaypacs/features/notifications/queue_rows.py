"""How many messages wait to leave. Costs what waits, not what has left."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.notifications.models import Channel, MessageState, OutgoingMessage, Webhook


class MessageQueueRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def messages(self) -> Mapping[Channel, Queue]:
        """Count what is to leave by each channel, since it was written."""
        query = (
            select(OutgoingMessage.channel, func.count(), func.min(OutgoingMessage.created_at))
            .where(OutgoingMessage.channel.in_(tuple(Channel)), OutgoingMessage.state == MessageState.WAITING)
            .group_by(OutgoingMessage.channel)
        )
        rows = await self._session.execute(query)
        return {channel: Queue(count, oldest) for channel, count, oldest in rows}

    async def parked_webhooks(self) -> int:
        """Return how many webhooks are left alone because they have taken nothing for too long."""
        query = select(func.count()).where(Webhook.enabled, Webhook.parked_at.is_not(None))
        return await self._session.scalar(query) or 0
