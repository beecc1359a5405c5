"""Sends what waits: claimed row by row, again and again until it is taken, refused, or nobody needs it any more."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.leases import LeaseLost, heartbeat
from relaypacs.features.notifications.metrics import SENT
from relaypacs.features.notifications.models import Channel, MessageState, OutgoingMessage
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.push_rows import PushRepository
from relaypacs.infrastructure import Infrastructure

AT_ONCE = 4  # messages of a channel under way, over all processes
MAX_REASON = 300
KEPT_FOR = timedelta(days=30)

log = structlog.get_logger(__name__)


class NotNow(Exception):
    """It was not taken; the same message may be sent again later. The words are for the administrator.

    `retry_after`: the seconds for which the other side wants to be left alone, where it said so.
    """

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class Never(Exception):
    """It will never be taken."""


class NotNeeded(Exception):
    """Nobody needs it any more."""


class Courier(Protocol):
    """A channel's way of sending."""

    channel: ClassVar[Channel]
    first_pause: ClassVar[float]  # seconds after the first failure; doubled after each further one
    longest_pause: ClassVar[float]
    gives_up_after: ClassVar[timedelta]

    async def send(self, message: OutgoingMessage) -> None:
        """Return once it was taken. Raises NotNow, Never, NotNeeded."""
        ...

    async def learn(self, session: AsyncSession, message: OutgoingMessage, problem: str | None) -> None:
        """Write down what an attempt has shown of the target; None: it took the message."""
        ...


async def send_due(infrastructure: Infrastructure, courier: Courier) -> None:
    """Send what is due until nothing is, or something was not taken: the rest is due again at the next interval."""
    goes_on = True
    while goes_on:
        async with infrastructure.database.write() as session:
            message = await OutgoingRepository(session).claim(courier.channel, AT_ONCE)
        if message is None:
            return
        goes_on = await Sending(infrastructure, courier, message).run()


async def due_messages(infrastructure: Infrastructure, channel: Channel) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await OutgoingRepository(session).due(channel, now(), AT_ONCE)


async def forget_messages(infrastructure: Infrastructure) -> None:
    """Remove messages that ended a month ago, and the browsers of sessions that were ended."""
    forgotten = True
    while forgotten:
        async with infrastructure.database.write() as session:
            forgotten = bool(await OutgoingRepository(session).forget(now() - KEPT_FOR))
    async with infrastructure.database.write() as session:
        await PushRepository(session).forget_ended()


class Sending:
    """Sends one claimed message, and gives the claim back whatever happens."""

    def __init__(self, infrastructure: Infrastructure, courier: Courier, message: OutgoingMessage) -> None:
        self._database = infrastructure.database
        self._courier = courier
        self._message = message
        self._log = log.bind(task=courier.channel.value, key=str(message.id))

    async def run(self) -> bool:
        """Return whether the channel may go on at once."""
        try:
            async with heartbeat(self._renew):
                await self._courier.send(self._message)
        except NotNeeded as reason:
            await self._end(MessageState.DROPPED, str(reason))
        except Never as reason:
            self._log.warning("message_refused", reason=str(reason))
            await self._end(MessageState.FAILED, str(reason))
        except NotNow as reason:
            await self._try_later(str(reason), reason.retry_after or 0.0)
            return False
        except LeaseLost:
            return False
        except asyncio.CancelledError:
            await self._release()
            raise
        except Exception:  # noqa: BLE001
            # The gateway's own fault, and no reason to drop the message: it stays due.
            self._log.exception("message_failed")
            await self._try_later("The gateway could not send this; its log says why.")
            return False
        else:
            await self._end(MessageState.SENT)
        return True

    async def _end(self, state: MessageState, reason: str = "") -> None:
        async with self._database.write() as session:
            message = await OutgoingRepository(session).lock(self._message.id)
            if message is None or not message.is_mine:
                return
            message.release()
            message.state, message.ended_at, message.last_reason = state, now(), reason[:MAX_REASON]
            if state is not MessageState.DROPPED:
                message.attempts += 1
                await self._courier.learn(session, message, reason or None)
        SENT.labels(self._courier.channel.value, state.value).inc()

    async def _try_later(self, reason: str, at_least: float = 0.0) -> None:
        if now() - self._message.created_at >= self._courier.gives_up_after:
            self._log.warning("message_given_up", reason=reason)
            await self._end(MessageState.FAILED, reason)
            return
        pause = max(at_least, self._pause(self._message.attempts))
        async with self._database.write() as session:
            repository = OutgoingRepository(session)
            message = await repository.lock(self._message.id)
            if message is None or not message.is_mine:
                return
            message.release()
            message.attempts += 1
            message.next_at, message.last_reason = now() + timedelta(seconds=pause), reason[:MAX_REASON]
            await session.flush()
            await self._courier.learn(session, message, reason)
            await repository.hold_back(message.channel, message.target_id, message.next_at)
        self._log.info("message_postponed", reason=reason, retry_in=round(pause))

    def _pause(self, failures: int) -> float:
        """Return the seconds to wait after this many earlier failures: doubled each time, with jitter of a quarter."""
        pause = min(self._courier.longest_pause, self._courier.first_pause * 2.0 ** min(failures, 30))
        return pause * random.uniform(0.75, 1.0)  # noqa: S311 - spreads retries, guards nothing

    async def _release(self) -> None:
        async with self._database.write() as session:
            message = await OutgoingRepository(session).lock(self._message.id)
            if message and message.is_mine:
                message.release()

    async def _renew(self) -> bool:
        async with self._database.write() as session:
            return await OutgoingRepository(session).renew_lease(self._message.id)
