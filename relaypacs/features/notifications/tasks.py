"""Background work of notifications: what goes out."""

from collections.abc import Sequence
from uuid import UUID

from relaypacs.features.notifications.models import Channel
from relaypacs.features.notifications.service.email import EmailCourier
from relaypacs.features.notifications.service.push import PushCourier
from relaypacs.features.notifications.service.sending import due_messages, send_due
from relaypacs.features.notifications.service.webhook_calls import WebhookCourier
from relaypacs.infrastructure import Infrastructure


async def send_email(infrastructure: Infrastructure, _message_id: UUID) -> None:
    """Send the e-mails that are due."""
    if infrastructure.mailer:
        await send_due(infrastructure, EmailCourier(infrastructure, infrastructure.mailer))


async def due_emails(infrastructure: Infrastructure) -> Sequence[UUID]:
    return await due_messages(infrastructure, Channel.EMAIL) if infrastructure.mailer else ()


async def send_push(infrastructure: Infrastructure, _message_id: UUID) -> None:
    """Send the push messages that are due."""
    if infrastructure.push:
        await send_due(infrastructure, PushCourier(infrastructure, infrastructure.push))


async def due_pushes(infrastructure: Infrastructure) -> Sequence[UUID]:
    return await due_messages(infrastructure, Channel.PUSH) if infrastructure.push else ()


async def call_webhooks(infrastructure: Infrastructure, _message_id: UUID) -> None:
    """Make the calls that are due."""
    await send_due(infrastructure, WebhookCourier(infrastructure))


async def due_calls(infrastructure: Infrastructure) -> Sequence[UUID]:
    return await due_messages(infrastructure, Channel.WEBHOOK)
