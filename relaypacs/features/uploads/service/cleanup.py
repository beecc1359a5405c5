"""Gives back the space that no upload needs any more, whatever has kept it from being given back before.

A process that dies between a row and the files it speaks of leaves files behind; so does a row that says "rejected".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from relaypacs.adapters.storage.base import StoredPrefix
from relaypacs.core.clock import now
from relaypacs.features.uploads.kept_rows import KeptRepository
from relaypacs.features.uploads.models import Stage
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.infrastructure import Infrastructure

# Whatever is still being written, or removed by somebody else, is younger.
LEFT_ALONE = timedelta(hours=1)
AT_ONCE = 200
NOT_NEEDED = (Stage.CANCELLED, Stage.EXPIRED, Stage.REJECTED)
log = structlog.get_logger(__name__)


async def clean_up(infrastructure: Infrastructure) -> Sequence[UUID]:
    """Remove the files of uploads that have failed for good, and those without an upload. Returns whose."""
    oldest = now() - LEFT_ALONE
    removed: list[UUID] = []
    found: list[StoredPrefix] = []
    async for prefix in infrastructure.storage.prefixes():
        if prefix.changed_at < oldest:
            found.append(prefix)
        if len(found) == AT_ONCE:
            removed += await _remove(infrastructure, found)
            found = []
    removed += await _remove(infrastructure, found)
    if removed:
        log.info("storage_cleaned", count=len(removed))
    return removed


async def _remove(infrastructure: Infrastructure, found: Sequence[StoredPrefix]) -> Sequence[UUID]:
    """Remove those of some prefixes that can go, and return them."""
    removed = await _not_needed(infrastructure, found) if found else []
    for upload_id in removed:
        await infrastructure.storage.delete(str(upload_id))
    return removed


async def _not_needed(infrastructure: Infrastructure, prefixes: Sequence[StoredPrefix]) -> Sequence[UUID]:
    """Return those that can go. What does not have the name of an upload is not ours.

    Files older than every upload belong to another database: nothing of it is removed because ours is new, or wrong.
    """
    changed_at = {upload_id: prefix.changed_at for prefix in prefixes if (upload_id := _upload_id(prefix.name))}
    async with infrastructure.database.read() as session:
        stages = await UploadRepository(session).stages_of(changed_at)
        begin = await UploadRepository(session).first_created_at()
        removed = await KeptRepository(session).removed(changed_at)
        still_read = await UploadRepository(session).still_read(changed_at)

    def can_go(upload_id: UUID, changed: datetime) -> bool:
        if upload_id in stages:
            return upload_id in removed or stages[upload_id] in NOT_NEEDED
        return begin is not None and begin < changed

    return [upload_id for upload_id, at in changed_at.items() if upload_id not in still_read and can_go(upload_id, at)]


def _upload_id(name: str) -> UUID | None:
    try:
        upload_id = UUID(name)
    except ValueError:
        return None
    return upload_id if str(upload_id) == name else None
