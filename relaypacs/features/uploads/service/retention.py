"""Deletes the gateway's own copy of what is proven to be kept elsewhere, once its retention time is over.

The row says first that the files are gone, then they go: whoever reads the row in between leaves them alone, and what
a dying process leaves behind is found by the clean-up. The other way round a delivery could be begun without files.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.uploads.kept_rows import KeptRepository
from relaypacs.features.uploads.metrics import FILES_REMOVED
from relaypacs.infrastructure import Infrastructure

AT_ONCE = 100
log = structlog.get_logger(__name__)


async def remove_kept_files(infrastructure: Infrastructure) -> int:
    """Delete the files of uploads whose time is over. Returns of how many."""
    at = now()
    kept_since = at - timedelta(hours=infrastructure.settings.retention_hours)
    count = 0
    while True:
        async with infrastructure.database.read() as session:
            found = await KeptRepository(session).removable(at, kept_since, AT_ONCE)
        removed = [upload_id for upload_id in found if await _remove(infrastructure, upload_id, at, kept_since)]
        count += len(removed)
        if not removed:
            return count


async def _remove(infrastructure: Infrastructure, upload_id: UUID, at: datetime, kept_since: datetime) -> bool:
    async with infrastructure.database.write() as session:
        upload = await KeptRepository(session).lock_removable(upload_id, at, kept_since)
        if upload is None:
            return False
        upload.files_removed_at = now()
        entry = Entry(Action.UPLOAD_FILES_REMOVED, SYSTEM, "upload", str(upload_id))
        AuditTrail(infrastructure).record(session, entry)
    await infrastructure.storage.delete(str(upload_id))
    FILES_REMOVED.inc()
    log.info("upload_files_removed", upload_id=str(upload_id), bytes=upload.received_bytes)
    return True
