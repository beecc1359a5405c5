"""Web Push: short messages to the browsers that people have let do that."""

import hashlib
import json
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.push.base import (
    PushGone,
    PushRefused,
    PushSender,
    PushUnavailable,
    Subscription,
    SubscriptionWrong,
)
from relaypacs.core.clock import new_id
from relaypacs.core.security import Vault
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.errors import (
    ChannelNotOffered,
    PushSubscriptionNotFound,
    PushSubscriptionWrong,
)
from relaypacs.features.notifications.models import (
    Channel,
    Notification,
    NotificationType,
    OutgoingMessage,
    PushSubscription,
)
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.push_rows import PushRepository
from relaypacs.features.notifications.schemas import PushSubscriptionNew
from relaypacs.features.notifications.service.links import SETTINGS_PAGE, page_of
from relaypacs.features.notifications.service.outgoing import queue
from relaypacs.features.notifications.service.sending import Never, NotNeeded, NotNow
from relaypacs.infrastructure import Infrastructure

MOST_BROWSERS = 20
URGENT = frozenset({NotificationType.CRITICAL_RESULT, NotificationType.ADDITIONAL_DATA_REQUIRED})
WITHDRAWN = "The browser is not to be told any more."


class PushCourier:
    channel: ClassVar = Channel.PUSH
    first_pause: ClassVar = 5.0
    longest_pause: ClassVar = 900.0
    gives_up_after: ClassVar = timedelta(hours=24)

    def __init__(self, infrastructure: Infrastructure, sender: PushSender) -> None:
        self._database = infrastructure.database
        self._vault = infrastructure.vault
        self._sender = sender

    async def send(self, message: OutgoingMessage) -> None:
        async with self._database.read() as session:
            row = await PushRepository(session).reachable(message.target_id)
            notification = await OutgoingRepository(session).notification_of(message)
        if row is None:
            raise NotNeeded(WITHDRAWN)
        if notification and notification.is_read:
            raise NotNeeded("It was read meanwhile.")
        try:
            await self._sender.send(
                opened(row, self._vault),
                push_body(message, notification),
                topic=message.id.hex,
                is_urgent=message.type in URGENT,
                seconds=round(self.gives_up_after.total_seconds()),
            )
        except PushGone:
            await self._forget(row.id)
            raise NotNeeded("The push service knows this browser no more.") from None
        except PushRefused as refusal:
            raise Never(str(refusal)) from refusal
        except PushUnavailable as fault:
            raise NotNow(str(fault), fault.retry_after) from fault

    async def learn(self, session: AsyncSession, message: OutgoingMessage, problem: str | None) -> None:
        """Keep nothing: a browser that is gone is removed at once."""

    async def _forget(self, subscription_id: UUID) -> None:
        async with self._database.write() as session:
            await PushRepository(session).remove(subscription_id)


def push_body(message: OutgoingMessage, notification: Notification | None) -> bytes:
    """Return what the browser's worker gets, which has the words for it: what happened, and which page is about it.

    `tag` is what a repeated message is known by: the browser shows one notification for each.
    """
    return json.dumps(
        {
            "tag": str(message.notification_id or message.id),
            "type": message.type.value if message.type else "test",
            "page": page_of(message.type, message.related_id) if message.type else SETTINGS_PAGE,
            "message": notification.message if notification else "",
            "at": message.created_at.isoformat(),
        },
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


class PushSubscriptions:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._vault = infrastructure.vault

    async def add(self, request: PushSubscriptionNew, caller: Caller) -> PushSubscription:
        """Tell the caller by this browser from now on; one that is known already is his now, with these keys.

        Raises ChannelNotOffered, PushSubscriptionWrong.
        """
        if self._infrastructure.push is None:
            raise ChannelNotOffered("This gateway sends no push messages.")
        given = Subscription(request.endpoint, request.keys.p256dh, request.keys.auth)
        try:
            self._infrastructure.push.check(given)
        except SubscriptionWrong as wrong:
            raise PushSubscriptionWrong(str(wrong)) from None
        digest = hashlib.sha256(given.endpoint.encode()).hexdigest()
        async with self._database.write() as session:
            repository = PushRepository(session)
            await IdentityRepository(session).lock_user(caller.user_id)
            row = await repository.by_endpoint(digest) or PushSubscription(id=new_id(), endpoint_hash=digest)
            row.user_id, row.session_id = caller.user_id, caller.session_id
            row.endpoint, row.p256dh = given.endpoint, given.p256dh
            row.auth = self._vault.seal(given.auth, _context(row.id))
            await repository.add(row)
            await repository.keep_newest(caller.user_id, MOST_BROWSERS)
        return row

    async def remove(self, subscription_id: UUID, caller: Caller) -> None:
        """Tell the caller by this browser no more. Raises PushSubscriptionNotFound."""
        async with self._database.write() as session:
            if not await PushRepository(session).remove(subscription_id, of_user=caller.user_id):
                raise PushSubscriptionNotFound("There is no such browser.")

    async def test(self, subscription_id: UUID, caller: Caller) -> None:
        """Send a message that says that push works. Raises PushSubscriptionNotFound, ChannelNotOffered."""
        async with self._database.write() as session:
            row = await PushRepository(session).get(subscription_id)
            if row is None or row.user_id != caller.user_id:
                raise PushSubscriptionNotFound("There is no such browser.")
            if self._infrastructure.push is None:
                raise ChannelNotOffered("This gateway sends no push messages.")
            message = OutgoingMessage(id=new_id(), channel=Channel.PUSH, target_id=row.id)
            await queue(session, self._infrastructure, [message])


def opened(row: PushSubscription, vault: Vault) -> Subscription:
    return Subscription(row.endpoint, row.p256dh, vault.unseal(row.auth, _context(row.id)))


def _context(subscription_id: UUID) -> str:
    return f"push-subscription:{subscription_id}"
