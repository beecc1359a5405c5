"""Sees to it that what is taken finds room, and that somebody hears of it in time when it does not."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.turns import take_turns
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.repository import NotificationRepository
from relaypacs.features.notifications.service import notify_administrators
from relaypacs.features.uploads.kept_rows import KeptRepository
from relaypacs.infrastructure import Infrastructure

TELL_EVERY = timedelta(hours=1)
LOW = "The gateway's disk is nearly full: uploads are refused. Nothing that is unverified is deleted to make room."
log = structlog.get_logger(__name__)


async def available_room(infrastructure: Infrastructure) -> int | None:
    """Return the bytes that uploads may still fill, None without bounds. Raises StorageFull below the reserve."""
    await infrastructure.space.require_reserve()
    return await infrastructure.space.available()


async def require_room(session: AsyncSession, infrastructure: Infrastructure, size: int, available: int | None) -> None:
    """Raise StorageFull unless `size` more bytes are available beside what open uploads have still to send.

    Nobody else can announce an upload until the transaction ends: two would not fit where each of them does.
    """
    if available is None:
        return
    await take_turns(session, "room")
    if size > available - await KeptRepository(session).outstanding():
        raise infrastructure.space.refusal()


async def watch_room(infrastructure: Infrastructure) -> None:
    """Tell the administrators that the disk is full, once an hour at most, whichever process has told them last."""
    space = infrastructure.space
    is_low, free = await space.is_low(), await space.available()
    if not (is_low or space.has_refused):
        return
    kind = NotificationType.STORAGE_ALERT
    async with infrastructure.database.write() as session:
        administrators = await IdentityRepository(session).active_with_role(Role.ADMIN)
        if await NotificationRepository(session).were_told(administrators, kind, now() - TELL_EVERY):
            return
        log.warning("storage_low", bytes=free)
        await notify_administrators(session, infrastructure, kind=kind, message=LOW, related_id=None)
    space.has_refused = False
