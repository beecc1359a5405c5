"""Writes what has to go out for a notification, in the transaction that writes the notification."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id
from relaypacs.core.database import after_commit
from relaypacs.features.notifications.models import Channel, Notification, OutgoingMessage
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository, Recipient
from relaypacs.features.notifications.push_rows import PushRepository
from relaypacs.features.notifications.webhook_rows import WebhookRepository
from relaypacs.features.notifications.wishes import is_wanted
from relaypacs.infrastructure import Infrastructure

TASKS = {
    Channel.EMAIL: Task.SEND_EMAIL,
    Channel.PUSH: Task.SEND_PUSH,
    Channel.WEBHOOK: Task.CALL_WEBHOOK,
}


def offered(infrastructure: Infrastructure) -> frozenset[Channel]:
    """Return the channels to persons for which this gateway is set up."""
    ways = {Channel.EMAIL: infrastructure.mailer, Channel.PUSH: infrastructure.push}
    return frozenset(channel for channel, way in ways.items() if way)


async def queue(session: AsyncSession, infrastructure: Infrastructure, messages: Sequence[OutgoingMessage]) -> None:
    """Write messages; each channel that has some is woken after the commit."""
    await OutgoingRepository(session).add(*messages)
    for channel, message_id in {message.channel: message.id for message in messages}.items():
        after_commit(session, partial(infrastructure.wakeups.wake, TASKS[channel], message_id))


async def tell_outside(session: AsyncSession, infrastructure: Infrastructure, news: Sequence[Notification]) -> None:
    """Have notifications go out by the channels that their users want."""
    channels = offered(infrastructure)
    user_ids = {each.user_id for each in news}
    people = await OutgoingRepository(session).recipients(user_ids)
    browsers = await PushRepository(session).of_users(user_ids) if Channel.PUSH in channels else {}
    messages = []
    for each in news:
        if person := people.get(each.user_id):
            wanted = {channel for channel in channels if is_wanted(each.type, channel, person.choices)}
            if Channel.EMAIL in wanted and person.email:
                messages.append(about(each, Channel.EMAIL, each.user_id))
            if Channel.PUSH in wanted:
                messages += [about(each, Channel.PUSH, browser) for browser in browsers.get(each.user_id, ())]
    messages += await _calls(session, news, people)
    await queue(session, infrastructure, messages)


async def _calls(
    session: AsyncSession, news: Sequence[Notification], people: Mapping[UUID, Recipient]
) -> list[OutgoingMessage]:
    """Return a call for each webhook and thing that happened, however many of its site's people are told of it."""
    happened = {
        (person.site_id, each.type, each.related_id): each for each in news if (person := people.get(each.user_id))
    }
    webhooks = await WebhookRepository(session).listening({site_id for site_id, *_ in happened})
    calls = []
    for (site_id, kind, _), notification in happened.items():
        for webhook in webhooks:
            if webhook.site_id == site_id and kind in webhook.types:
                call = about(notification, Channel.WEBHOOK, webhook.id)
                call.notification_id = None  # it is not one person's
                calls.append(call)
    return calls


def about(notification: Notification, channel: Channel, target_id: UUID) -> OutgoingMessage:
    """Return a message that brings a notification to a target."""
    return OutgoingMessage(
        id=new_id(),
        channel=channel,
        target_id=target_id,
        notification_id=notification.id,
        type=notification.type,
        related_id=notification.related_id,
    )
