"""Queries for the webhooks of sites, and what was sent to them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.notifications.models import Channel, OutgoingMessage, Webhook


class WebhookRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, webhook: Webhook) -> None:
        self._session.add(webhook)
        await self._session.flush()

    async def get(self, webhook_id: UUID) -> Webhook | None:
        return await self._session.get(Webhook, webhook_id)

    async def lock(self, webhook_id: UUID) -> Webhook | None:
        return await self._session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)

    async def page(self, *, site_id: UUID | None, after: UUID | None, limit: int) -> Sequence[Webhook]:
        query = select(Webhook)
        if site_id:
            query = query.where(Webhook.site_id == site_id)
        if after:
            query = query.where(Webhook.id > after)
        return (await self._session.scalars(query.order_by(Webhook.id).limit(limit))).all()

    async def listening(self, site_ids: Collection[UUID]) -> Sequence[Webhook]:
        """Return those of the sites that are on, and not parked."""
        query = select(Webhook).where(Webhook.site_id.in_(site_ids), Webhook.enabled, Webhook.parked_at.is_(None))
        return (await self._session.scalars(query.order_by(Webhook.id))).all()

    async def messages(self, webhook_id: UUID, *, before: UUID | None, limit: int) -> Sequence[OutgoingMessage]:
        """Return what was to be sent there, the newest first."""
        query = select(OutgoingMessage).where(OutgoingMessage.target_id == webhook_id)
        query = query.where(OutgoingMessage.channel == Channel.WEBHOOK)
        if before:
            query = query.where(OutgoingMessage.id < before)
        return (await self._session.scalars(query.order_by(OutgoingMessage.id.desc()).limit(limit))).all()

    async def remove(self, webhook_id: UUID) -> None:
        await self._session.execute(delete(Webhook).where(Webhook.id == webhook_id))
