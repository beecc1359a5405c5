"""Calls to the webhooks of sites, signed as Standard Webhooks 1.0 says."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.outbound.base import AddressNotAllowed, OutboundUnavailable
from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.core.tracing import carrier
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.notifications.models import (
    Channel,
    MessageState,
    NotificationType,
    OutgoingMessage,
    Webhook,
)
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.service import notify_administrators
from relaypacs.features.notifications.service.links import ABOUT, page_of
from relaypacs.features.notifications.service.sending import NotNeeded, NotNow
from relaypacs.features.notifications.webhook_rows import WebhookRepository
from relaypacs.infrastructure import Infrastructure

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every such secret begins
TEST = "test"
WITHDRAWN = "The webhook was removed, turned off or parked."
log = structlog.get_logger(__name__)


class WebhookCourier:
    channel: ClassVar = Channel.WEBHOOK
    first_pause: ClassVar = 5.0
    longest_pause: ClassVar = 6 * 3600.0
    gives_up_after: ClassVar = timedelta(days=3)

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database

    async def send(self, message: OutgoingMessage) -> None:
        async with self._database.read() as session:
            webhook = await WebhookRepository(session).get(message.target_id)
        if webhook is None or not webhook.enabled or webhook.parked_at:
            raise NotNeeded(WITHDRAWN)
        body = call_body(self._infrastructure.settings, webhook, message.type, message.related_id, message.created_at)
        retry_after, problem = await call(self._infrastructure, webhook, message.id, body)
        if problem:
            raise NotNow(problem, retry_after)

    async def learn(self, session: AsyncSession, message: OutgoingMessage, problem: str | None) -> None:
        webhook = await WebhookRepository(session).lock(message.target_id)
        if webhook is None:
            return
        if problem is None:
            was_failing = webhook.failing_since is not None
            note_success(webhook)
            if was_failing:
                await OutgoingRepository(session).try_now(Channel.WEBHOOK, webhook.id)
            return
        webhook.failing_since, webhook.last_error = webhook.failing_since or now(), problem[:300]
        if message.state is MessageState.FAILED and webhook.parked_at is None:
            await self._park(session, webhook)

    async def _park(self, session: AsyncSession, webhook: Webhook) -> None:
        """Leave it alone until somebody has looked, and say so once."""
        webhook.parked_at = now()
        await session.flush()
        await OutgoingRepository(session).drop_waiting(Channel.WEBHOOK, webhook.id, WITHDRAWN)
        site = await IdentityRepository(session).site(webhook.site_id)
        name = site.name if site else ""
        await notify_administrators(
            session,
            self._infrastructure,
            kind=NotificationType.WEBHOOK_ALERT,
            message=f"A webhook of “{name}” has taken nothing for three days, and is called no more.",
            related_id=webhook.id,
        )
        log.warning("webhook_parked", key=str(webhook.id), reason=webhook.last_error)


async def call(
    infrastructure: Infrastructure, webhook: Webhook, message_id: UUID, body: bytes
) -> tuple[float | None, str]:
    """Call a webhook. Returns what is wrong, empty where it has taken the message, and how long it wants to be left."""
    secret = infrastructure.vault.unseal(webhook.secret, secret_context(webhook.id))
    headers = {"Content-Type": "application/json", **signed(secret, str(message_id), now(), body), **carrier()}
    try:
        answer = await infrastructure.outbound.post(webhook.url, headers, body)
    except (OutboundUnavailable, AddressNotAllowed) as fault:
        return None, str(fault)
    if answer.is_success:
        return None, ""
    return answer.retry_after, f"it answers with HTTP {answer.status}"


def note_success(webhook: Webhook) -> None:
    """It has taken something: it is called again, also one that was parked."""
    webhook.failing_since = webhook.parked_at = None
    webhook.last_error, webhook.last_success_at = "", now()


def call_body(
    settings: Settings, webhook: Webhook, kind: NotificationType | None, related_id: UUID | None, at: datetime
) -> bytes:
    """Return the same bytes for the same message, however often it is sent."""
    data = {"site_id": str(webhook.site_id), "page": settings.public_url + page_of(kind, related_id)}
    if related_id and (about := ABOUT.get(kind)):
        data[f"{about}_id"] = str(related_id)
    content = {"type": kind.value if kind else TEST, "timestamp": at.isoformat(), "data": data}
    return json.dumps(content, separators=(",", ":")).encode()


def signed(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove who has sent a body, and when (Standard Webhooks, "Webhook metadata")."""
    moment = str(int(at.timestamp()))
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, b".".join((message_id.encode(), moment.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


def secret_context(webhook_id: UUID) -> str:
    return f"webhook:{webhook_id}"
