"""Tells users what happened: a row first, then a signal to whoever looks right now, and what goes out to others."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.events.base import Events
from relaypacs.core.clock import id_after
from relaypacs.core.database import after_commit, before_commit
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.ending import user_channel
from relaypacs.features.notifications.errors import NotificationNotFound
from relaypacs.features.notifications.metrics import NOTIFICATIONS
from relaypacs.features.notifications.models import Notification, NotificationType
from relaypacs.features.notifications.repository import NotificationRepository
from relaypacs.features.notifications.schemas import NotificationPage, NotificationView
from relaypacs.features.notifications.service.outgoing import tell_outside
from relaypacs.infrastructure import Infrastructure

GATHERED = "relaypacs.notifications"
LOOK_AGAIN_SECONDS = 15
SOONEST = 0.7  # of that: those who came together after a break look again at different times
REPLAY_PAGE = 100
WORKLIST = "worklist"  # the channel on which readers learn that something about some study has changed
WORKLIST_PAUSE = 1.0  # seconds in which several changes are one: images are counted while they come in


class WorklistChanged:
    """Says to look at the worklist again, and nothing else: what has changed is in the rows."""


async def notify(
    session: AsyncSession,
    infrastructure: Infrastructure,
    user_id: UUID,
    *,
    kind: NotificationType,
    message: str,
    related_id: UUID | None,
) -> None:
    """Write a notification as the last thing of the caller's transaction; listeners are signalled after the commit.

    Streams go on behind the last id that they have sent. So a person's ids must become visible in their order: those of
    a transaction are gathered, and made when nobody else can write one for the same person any more.
    """
    if GATHERED not in session.info:
        session.info[GATHERED] = []
        before_commit(session, partial(_write, session, infrastructure), is_first=True)
    session.info[GATHERED].append(Notification(user_id=user_id, type=kind, message=message, related_id=related_id))
    after_commit(session, partial(infrastructure.events.signal, user_channel(user_id)))


async def _write(session: AsyncSession, infrastructure: Infrastructure) -> None:
    """Write what was gathered, and what goes out of it: fifty people are as many queries as one."""
    news: list[Notification] = session.info.pop(GATHERED)
    repository = NotificationRepository(session)
    user_ids = {each.user_id for each in news}
    await repository.take_turns(user_ids)
    newest = await repository.newest_of(user_ids)  # perhaps of another process, by another clock
    for each in news:
        each.id = newest[each.user_id] = id_after(newest.get(each.user_id))
    await repository.add(*news)
    await tell_outside(session, infrastructure, news)
    after_commit(session, partial(_count, [each.type for each in news]))


async def _count(kinds: Sequence[NotificationType]) -> None:
    for kind in kinds:
        NOTIFICATIONS.labels(kind.value).inc()


async def notify_administrators(
    session: AsyncSession,
    infrastructure: Infrastructure,
    *,
    kind: NotificationType,
    message: str,
    related_id: UUID | None,
    but_not: UUID | None = None,
) -> None:
    """Notify everybody who can do something about the gateway itself, as `notify` does; not who was told otherwise."""
    for user_id in await IdentityRepository(session).active_with_role(Role.ADMIN):
        if user_id != but_not:
            await notify(session, infrastructure, user_id, kind=kind, message=message, related_id=related_id)


def worklist_changed(session: AsyncSession, events: Events) -> None:
    """Have everybody who reads look at the worklist again, once the caller's transaction is committed."""
    after_commit(session, partial(events.signal, WORKLIST))


class NotificationService:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._turn = infrastructure.stream_looks

    async def page(self, user_id: UUID, *, before: UUID | None, limit: int) -> NotificationPage:
        async with self._database.read() as session:
            repository = NotificationRepository(session)
            rows = await repository.page(user_id, before=before, limit=limit)
            unread = await repository.unread(user_id)
        return NotificationPage(
            items=[NotificationView.model_validate(row) for row in rows],
            next_cursor=str(rows[-1].id) if len(rows) == limit else None,
            unread=unread,
        )

    async def mark_read(self, user_id: UUID, notification_id: UUID) -> None:
        async with self._database.write() as session:
            if not await NotificationRepository(session).mark_read(user_id, notification_id):
                raise NotificationNotFound("There is no such notification.")

    async def mark_all_read(self, user_id: UUID) -> None:
        async with self._database.write() as session:
            await NotificationRepository(session).mark_all_read(user_id)

    async def follow(
        self,
        user_id: UUID,
        last: UUID | None,
        may_listen: Callable[[], Awaitable[bool]],
        *,
        with_worklist: bool = False,
    ) -> AsyncIterator[NotificationView | WorklistChanged | None]:
        """Yield what came after `last` (unread ones without it), then what comes, as long as the user may listen.

        That is asked again before each look but the first, and None comes then. A look is taken when something about
        the user has changed, and at least every 15 s. Who reads is told of a change of the worklist too, at most once
        in WORKLIST_PAUSE; nothing of that is kept for later.
        """
        channels = [user_channel(user_id), *([WORKLIST] if with_worklist else [])]
        async with self._events.subscribe(*channels) as news:
            while True:
                rows = await self._look(user_id, last)
                for row in rows:
                    last = row.id
                    yield NotificationView.model_validate(row)
                signalled: frozenset[str] = frozenset()
                if len(rows) < REPLAY_PAGE:
                    patience = LOOK_AGAIN_SECONDS * random.uniform(SOONEST, 1)  # noqa: S311 - no secret
                    signalled = await news.wait(patience)
                async with self._turn:
                    if not await may_listen():
                        return
                if WORKLIST in signalled:
                    yield WorklistChanged()
                    await asyncio.sleep(WORKLIST_PAUSE)
                if signalled != {WORKLIST}:
                    yield None

    async def _look(self, user_id: UUID, last: UUID | None) -> Sequence[Notification]:
        async with self._turn, self._database.read() as session:
            return await NotificationRepository(session).since(user_id, last, REPLAY_PAGE)
