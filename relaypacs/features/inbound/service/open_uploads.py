"""The uploads that gather instances right now, each of one study that one user sends by one way.

An upload becomes a row together with its first instance, so that none is ever empty. While somebody sends to it
here, its closing is put off again and again; a process that dies puts off nothing, and the rows say what is due.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Database
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.features.inbound.repository import InboundRepository
from relaypacs.features.inbound.service.sender import Sender
from relaypacs.features.uploads.models import UploadOrigin

ORDINALS_AT_ONCE = 1000
KEPT = 1000
log = structlog.get_logger(__name__)

Key = tuple[UUID, UploadOrigin, str]


@dataclass(slots=True)
class OpenUpload:
    """One upload. A file's ordinal is never given twice, so that what a dead process left behind is never written to.

    Attributes:
        id: None until it has been looked for.
        is_stored: whether there is a row.
        next_ordinal, given: the ordinals that this process may still use.
        users: how many send to it here.
        left_at: when the last of them went, on the monotonic clock.
    """

    key: Key
    id: UUID | None = None
    is_stored: bool = False
    next_ordinal: int = 0
    given: int = 0
    users: int = 0
    left_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    first: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def until_stored(self) -> AsyncIterator[None]:
        """Let one at a time in, until one has made the upload's row."""
        if self.is_stored:
            yield
            return
        async with self.first:
            yield


class OpenUploads:
    def __init__(self, database: Database, study_idle: float) -> None:
        self._database = database
        self._idle = timedelta(seconds=study_idle)
        self._known: OrderedDict[Key, OpenUpload] = OrderedDict()
        self._keeper: asyncio.Task[None] | None = None

    def closes_at_earliest(self) -> timedelta:
        """Return how long an upload stays open after its newest instance."""
        return self._idle

    def use(self, sender: Sender, study_instance_uid: str) -> OpenUpload:
        """Return the upload that gathers this study; whoever uses it calls `leave` in the end."""
        key = (sender.user_id, sender.origin, study_instance_uid)
        upload = self._known.get(key)
        if upload is None or self._may_have_closed(upload):
            upload = self._known[key] = OpenUpload(key)
        self._known.move_to_end(key)
        upload.users += 1
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_open(), name="keep_open")
        return upload

    def _may_have_closed(self, upload: OpenUpload) -> bool:
        """Tell whether nobody has put off the closing for so long that the row must be looked at."""
        return not upload.users and time.monotonic() - upload.left_at > self._idle.total_seconds() / 2

    def leave(self, upload: OpenUpload) -> None:
        upload.users -= 1
        upload.left_at = time.monotonic()
        if len(self._known) > KEPT:
            oldest = next(iter(self._known.values()))
            if not oldest.users:
                self.forget(oldest)

    def forget(self, upload: OpenUpload) -> None:
        """Have the next instance of the study look for an upload that is open, or make one."""
        if self._known.get(upload.key) is upload:
            del self._known[upload.key]

    async def place(self, upload: OpenUpload) -> tuple[UUID, int]:
        """Return the upload's id, and an ordinal of its own for a file."""
        async with upload.lock:
            if upload.id is None or upload.next_ordinal == upload.given:
                await self._find(upload)
            assert upload.id is not None  # noqa: S101 - `_find` has set it
            upload.next_ordinal += 1
            return upload.id, upload.next_ordinal - 1

    async def _find(self, upload: OpenUpload) -> None:
        user_id, origin, study = upload.key
        async with self._database.write() as session:
            row = await InboundRepository(session).lock_open(user_id, origin, study)
            if row is not None:
                upload.next_ordinal = row.ordinals_given
                row.ordinals_given += ORDINALS_AT_ONCE
                row.closes_at = now() + self._idle
        if row is not None:
            upload.id, upload.is_stored, upload.given = row.id, True, row.ordinals_given
        elif upload.id is None:
            upload.id, upload.given = new_id(), ORDINALS_AT_ONCE
        else:  # its row is still to come, and will say that these were given
            upload.given += ORDINALS_AT_ONCE

    async def _keep_open(self) -> None:
        """Put off the closing of what is being sent to, as long as there is any."""
        while True:
            await asyncio.sleep(self._idle.total_seconds() / 3)
            ids = [upload.id for upload in self._known.values() if upload.users and upload.is_stored and upload.id]
            if not any(upload.users for upload in self._known.values()):
                self._keeper = None
                return
            try:
                async with self._database.write() as session:
                    await InboundRepository(session).keep_open(ids, now() + self._idle)
            except DatabaseUnavailable:
                log.warning("closing_not_put_off")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
