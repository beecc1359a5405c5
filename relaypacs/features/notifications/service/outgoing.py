"""Writes what has to go out for a notification, in the transaction that writes the notification."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id
from relaypacs.core.database import after_commit, before_commit
from relaypacs.features.notifications.models import Channel, Notification, OutgoingMessage
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.push_rows import PushRepository
from relaypacs.features.notifications.wishes import is_wanted
from relaypacs.infrastructure import Infrastructure

GATHERED = "relaypacs.notifications"
TASKS = {Channel.EMAIL: Task.SEND_EMAIL, Channel.PUSH: Task.SEND_PUSH}


def tell_outside(session: AsyncSession, infrastructure: Infrastructure, notification: Notification) -> None:
    """Have a notification go out by the channels that its user wants.

    Those of a transaction are gathered, and written as its last thing: fifty people are then as many queries as one.
    """
    if GATHERED not in session.info:
        session.info[GATHERED] = []
        before_commit(session, partial(_write, session, infrastructure))
    session.info[GATHERED].append(notification)


def offered(infrastructure: Infrastructure) -> frozenset[Channel]:
    """Return the channels for which this gateway is set up."""
    ways = {Channel.EMAIL: infrastructure.mailer, Channel.PUSH: infrastructure.push}
    return frozenset(channel for channel, way in ways.items() if way)


async def queue(session: AsyncSession, infrastructure: Infrastructure, messages: Sequence[OutgoingMessage]) -> None:
    """Write messages; each channel that has some is woken after the commit."""
    await OutgoingRepository(session).add(*messages)
    for channel, message_id in {message.channel: message.id for message in messages}.items():
        after_commit(session, partial(infrastructure.wakeups.wake, TASKS[channel], message_id))


async def _write(session: AsyncSession, infrastructure: Infrastructure) -> None:
    news: list[Notification] = session.info.pop(GATHERED)
    channels = offered(infrastructure)
    if not channels:
        return
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
    await queue(session, infrastructure, messages)


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
