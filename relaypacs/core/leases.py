"""A claim on a row's work: a lease with a heartbeat, which a dead process cannot keep.

A worker takes a row by writing its own name and a deadline into it, and moves the deadline on while it
works. Whoever finds a deadline passed may take the row. Two workers can therefore meet on one row only
when one of them was silent for longer than `LEASE_SECONDS`, and every task bears that: what it did is in
rows that the next one reads first.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.errors import DatabaseUnavailable

LEASE_SECONDS = 15
HEARTBEAT_SECONDS = 5
log = structlog.get_logger(__name__)

PROCESS = str(new_id())
"""The name under which this process takes leases."""


class Leased:
    """Columns of a row whose work is claimed. Free means: no deadline, or one that has passed."""

    lease_owner: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None]

    def take(self) -> None:
        self.lease_owner, self.lease_until = PROCESS, lease_deadline()

    def release(self) -> None:
        self.lease_owner = self.lease_until = None


def lease_deadline() -> datetime:
    """Return the moment until which a lease taken or renewed now holds."""
    return now() + timedelta(seconds=LEASE_SECONDS)


@asynccontextmanager
async def heartbeat(renew: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Call `renew` every few seconds while the block runs.

    A database that is away for a moment costs neither the work in the block nor the beats after it.
    """

    async def beat() -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await renew()
            except DatabaseUnavailable:
                log.warning("lease_not_renewed")

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
