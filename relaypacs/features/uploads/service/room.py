"""Sees to it that what is taken finds room, and that somebody hears of it in time when it does not."""

import time

import structlog

from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify_administrators
from relaypacs.features.uploads.kept_rows import KeptRepository
from relaypacs.infrastructure import Infrastructure

TELL_EVERY_SECONDS = 3600.0
LOW = "The gateway's disk is nearly full: uploads are refused. Nothing that is unverified is deleted to make room."
log = structlog.get_logger(__name__)


async def require_room(infrastructure: Infrastructure, size: int) -> None:
    """Raise StorageFull unless `size` more bytes fit beside the reserve, and what open uploads have still to send."""
    space = infrastructure.space
    await space.require_reserve()
    available = await space.available()
    if available is None:
        return
    async with infrastructure.database.read() as session:
        outstanding = await KeptRepository(session).outstanding()
    if size > available - outstanding:
        raise space.refusal()


class RoomWatch:
    """Tells the administrators that the disk is full, once an hour at most."""

    def __init__(self) -> None:
        self._told_at = float("-inf")

    async def look(self, infrastructure: Infrastructure) -> None:
        space = infrastructure.space
        is_low, free = await space.is_low(), await space.available()
        if not (is_low or space.has_refused) or time.monotonic() - self._told_at < TELL_EVERY_SECONDS:
            return
        self._told_at, space.has_refused = time.monotonic(), False
        log.warning("storage_low", bytes=free)
        async with infrastructure.database.write() as session:
            await notify_administrators(
                session, infrastructure, kind=NotificationType.STORAGE_ALERT, message=LOW, related_id=None
            )
