"""Writes what has to go out for a notification, in the transaction that writes the notification."""

from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id
from relaypacs.core.database import after_commit, before_commit
from relaypacs.features.notifications.models import Channel, Notification, OutgoingMessage
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.wishes import is_wanted
from relaypacs.infrastructure import Infrastructure

GATHERED = "relaypacs.notifications"
TASKS = {Channel.EMAIL: Task.SEND_EMAIL}


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
    return frozenset([Channel.EMAIL] if infrastructure.mailer else [])


async def queue(session: AsyncSession, infrastructure: Infrastructure, messages: Sequence[OutgoingMessage]) -> None:
    """Write messages; each channel that has some is woken after the commit."""
    await OutgoingRepository(session).add(*messages)
    for channel, message_id in {message.channel: message.id for message in messages}.items():
        after_commit(session, partial(infrastructure.wakeups.wake, TASKS[channel], message_id))


async def _write(session: AsyncSession, infrastructure: Infrastructure) -> None:
    news: list[Notification] = session.info.pop(GATHERED)
    messages = list(await _letters(session, news)) if infrastructure.mailer else []
    await queue(session, infrastructure, messages)


async def _letters(session: AsyncSession, news: Sequence[Notification]) -> Iterator[OutgoingMessage]:
    people = await OutgoingRepository(session).recipients({each.user_id for each in news})
    return (
        about(each, Channel.EMAIL, each.user_id)
        for each in news
        if (person := people.get(each.user_id)) and person.email
        if is_wanted(each.type, Channel.EMAIL, person.choices)
    )


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
