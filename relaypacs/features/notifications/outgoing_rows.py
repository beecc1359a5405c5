"""Queries for what has to go out, and for whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from relaypacs.core.clock import now
from relaypacs.core.leases import PROCESS, LeaseDeadline, LeaseNow, is_free
from relaypacs.core.turns import take_turns
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.notifications.models import (
    Channel,
    Language,
    MessageState,
    Notification,
    NotificationPreferences,
    OutgoingMessage,
)

FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a person is reached, and how he wants to be."""

    site_id: UUID
    email: str | None
    language: Language
    choices: Mapping[str, Mapping[str, bool]]


class OutgoingRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: OutgoingMessage | NotificationPreferences) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def preferences(self, user_id: UUID) -> NotificationPreferences | None:
        return await self._session.get(NotificationPreferences, user_id)

    async def recipients(self, user_ids: Collection[UUID]) -> dict[UUID, Recipient]:
        """Return those of the users whose accounts are active."""
        rows = await self._session.execute(
            select(User.id, User.site_id, User.email, NotificationPreferences.language, NotificationPreferences.choices)
            .outerjoin(NotificationPreferences, NotificationPreferences.user_id == User.id)
            .where(User.id.in_(user_ids), User.state == AccountState.ACTIVE)
        )
        return {
            row.id: Recipient(row.site_id, row.email, row.language or Language.ENGLISH, row.choices or {})
            for row in rows
        }

    async def notification_of(self, message: OutgoingMessage) -> Notification | None:
        return await self._session.get(Notification, message.notification_id) if message.notification_id else None

    # -- the queue ---------------------------------------------------------------------------------------------

    async def due(self, channel: Channel, at: datetime, limit: int) -> Sequence[UUID]:
        query = select(OutgoingMessage.id).where(OutgoingMessage.channel == channel, *_due(at))
        return (await self._session.scalars(query.order_by(OutgoingMessage.next_at).limit(limit))).all()

    async def claim(self, channel: Channel, at_once: int) -> OutgoingMessage | None:
        """Take the message that has waited longest, unless as many of the channel are under way as may be.

        A target gets one at a time, so that it gets them in order.
        """
        await take_turns(self._session, f"messages:{channel.value}")  # else two would claim two of one target
        at = now()
        other = aliased(OutgoingMessage)
        under_way = (other.channel == channel, other.lease_until > LeaseNow())
        if (await self._session.scalar(select(func.count()).select_from(other).where(*under_way)) or 0) >= at_once:
            return None
        message = await self._session.scalar(
            select(OutgoingMessage)
            .where(
                OutgoingMessage.channel == channel,
                *_due(at),
                OutgoingMessage.target_id.not_in(select(other.target_id).where(*under_way)),
            )
            .order_by(OutgoingMessage.next_at, OutgoingMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message:
            message.take()
        return message

    async def renew_lease(self, message_id: UUID) -> bool:
        """Return whether the claim was still there."""
        renewed = await self._session.scalar(
            update(OutgoingMessage)
            .where(OutgoingMessage.id == message_id, OutgoingMessage.lease_owner == PROCESS)
            .values(lease_until=LeaseDeadline())
            .returning(OutgoingMessage.id)
        )
        return renewed is not None

    async def release_leases(self) -> None:
        """Free what dead processes held: for one that knows that it is the only one."""
        query = update(OutgoingMessage).where(OutgoingMessage.lease_owner.is_not(None))
        await self._session.execute(query.values(lease_owner=None, lease_until=None))

    async def lock(self, message_id: UUID) -> OutgoingMessage | None:
        return await self._session.get(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)

    async def hold_back(self, channel: Channel, target_id: UUID, until: datetime) -> None:
        """Leave a target alone until then: what else waits for it does not knock either."""
        await self._session.execute(
            update(OutgoingMessage)
            .where(*_waiting_for(channel, target_id), OutgoingMessage.next_at < until)
            .values(next_at=until)
        )

    async def try_now(self, channel: Channel, target_id: UUID) -> None:
        await self._session.execute(
            update(OutgoingMessage).where(*_waiting_for(channel, target_id)).values(next_at=now())
        )

    async def drop_waiting(self, channel: Channel, target_id: UUID, reason: str) -> None:
        """Give up what waits for a target that is gone."""
        await self._session.execute(
            update(OutgoingMessage)
            .where(*_waiting_for(channel, target_id))
            .values(state=MessageState.DROPPED, last_reason=reason, ended_at=now())
        )

    async def forget(self, before: datetime) -> int:
        """Remove what ended before then, some of it; return how many that were."""
        old = select(OutgoingMessage.id).where(OutgoingMessage.ended_at < before).limit(FORGOTTEN_AT_ONCE)
        ids = (await self._session.scalars(old)).all()
        await self._session.execute(delete(OutgoingMessage).where(OutgoingMessage.id.in_(ids)))
        return len(ids)


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OutgoingMessage.state == MessageState.WAITING, OutgoingMessage.next_at <= at, is_free(OutgoingMessage))


def _waiting_for(channel: Channel, target_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """What is under way is not among it: its row is locked by who sends it, who then may want the target's."""
    return (
        OutgoingMessage.channel == channel,
        OutgoingMessage.target_id == target_id,
        OutgoingMessage.state == MessageState.WAITING,
        is_free(OutgoingMessage),
    )
