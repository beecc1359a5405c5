"""How much room there is, known without asking the disk for each chunk."""

import asyncio
import contextlib
import time
from pathlib import Path

from relaypacs.adapters.metrics import DATABASE_FREE_BYTES, FREE_BYTES
from relaypacs.adapters.storage.base import Storage
from relaypacs.adapters.storage.local import free_bytes
from relaypacs.core.errors import StorageFull, StorageUnavailable

FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 1.0
NO_ROOM = "The gateway has no room for more at the moment. What has been acknowledged is safe. Try again later."


class FreeSpace:
    """The free bytes of the storage, and of the disk that the database is on; measured once a second at most.

    A disk that hangs keeps nobody waiting for long: what was known before counts on.
    """

    def __init__(self, storage: Storage, database_folder: Path | None, reserve: int) -> None:
        self._storage = storage
        self._database_folder = database_folder
        self._reserve = reserve
        self._storage_free: int | None = None
        self._database_free: int | None = None
        self._measured_at = float("-inf")
        self._measuring: asyncio.Task[None] | None = None
        self.has_refused = False
        """Somebody was refused since this was last set to False."""

    async def available(self) -> int | None:
        """Return the bytes that uploads may still fill: without the reserve; None when the storage has no bounds."""
        await self._refresh()
        return None if self._storage_free is None else max(0, self._storage_free - self._reserve)

    async def beside_database(self) -> int | None:
        """Return the free bytes of the disk that the database is on; None where that is another machine's."""
        await self._refresh()
        return self._database_free

    async def is_low(self) -> bool:
        """Say whether less than the reserve is left, for files or for the database."""
        await self._refresh()
        known = [free for free in (self._storage_free, self._database_free) if free is not None]
        return any(free < self._reserve for free in known)

    async def require_reserve(self) -> None:
        """Raise StorageFull when less than the reserve is left."""
        if await self.is_low():
            raise self.refusal()

    def refusal(self) -> StorageFull:
        """Return what to raise for who is refused; the administrators will hear of it."""
        self.has_refused = True
        return StorageFull(NO_ROOM, headers={"Retry-After": "60"})

    async def _refresh(self) -> None:
        if time.monotonic() - self._measured_at < FRESH_SECONDS:
            return
        if self._measuring is None or self._measuring.done():
            self._measuring = asyncio.create_task(self._measure())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.shield(self._measuring)

    async def _measure(self) -> None:
        with contextlib.suppress(StorageUnavailable, OSError):  # whoever writes there will say it
            self._storage_free = await self._storage.free_bytes()
            if self._database_folder:
                self._database_free = await asyncio.to_thread(free_bytes, self._database_folder)
        if self._storage_free is not None:
            FREE_BYTES.set(self._storage_free)
        if self._database_free is not None:
            DATABASE_FREE_BYTES.set(self._database_free)
        self._measured_at = time.monotonic()
