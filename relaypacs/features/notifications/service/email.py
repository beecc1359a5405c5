"""E-mail: one letter for each notification that its user wants by it."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.mail.base import Mailer, MailRefused, MailUnavailable
from relaypacs.core.clock import new_id
from relaypacs.features.notifications.errors import ChannelNotOffered, NoAddress
from relaypacs.features.notifications.models import Channel, OutgoingMessage
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.service.letters import letter
from relaypacs.features.notifications.service.outgoing import queue
from relaypacs.features.notifications.service.sending import Never, NotNeeded, NotNow
from relaypacs.infrastructure import Infrastructure


class EmailCourier:
    channel: ClassVar = Channel.EMAIL
    first_pause: ClassVar = 15.0
    longest_pause: ClassVar = 1800.0
    gives_up_after: ClassVar = timedelta(hours=24)

    def __init__(self, infrastructure: Infrastructure, mailer: Mailer) -> None:
        self._settings = infrastructure.settings
        self._database = infrastructure.database
        self._mailer = mailer

    async def send(self, message: OutgoingMessage) -> None:
        async with self._database.read() as session:
            repository = OutgoingRepository(session)
            person = (await repository.recipients([message.target_id])).get(message.target_id)
            notification = await repository.notification_of(message)
        if person is None or not person.email:
            raise NotNeeded("The account has no address, or is not active any more.")
        if notification and notification.is_read:
            raise NotNeeded("It was read meanwhile.")
        try:
            await self._mailer.send(letter(self._settings, message, notification, person.email, person.language))
        except MailRefused as refusal:
            raise Never(str(refusal)) from refusal
        except MailUnavailable as fault:
            raise NotNow(str(fault)) from fault

    async def learn(self, session: AsyncSession, message: OutgoingMessage, problem: str | None) -> None:
        """Keep nothing: an address has no state of its own."""


async def send_test(infrastructure: Infrastructure, user_id: UUID) -> None:
    """Send a letter that says that e-mail works. Raises ChannelNotOffered, NoAddress."""
    if infrastructure.mailer is None:
        raise ChannelNotOffered("This gateway sends no e-mail.")
    async with infrastructure.database.write() as session:
        person = (await OutgoingRepository(session).recipients([user_id])).get(user_id)
        if person is None or not person.email:
            raise NoAddress("Your account has no e-mail address. Give one first.")
        await queue(session, infrastructure, [OutgoingMessage(id=new_id(), channel=Channel.EMAIL, target_id=user_id)])
