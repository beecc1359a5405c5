"""A claim on a row's work: a lease with a heartbeat, which a dead process cannot keep.

A worker takes a row by writing its own name and a deadline into it, and moves the deadline on while it
works. Whoever finds a deadline passed may take the row, so what a dead process held goes on elsewhere within
`LEASE_SECONDS`. Deadlines are set and judged by the database's clock alone: with each process's own, one whose
clock is ahead would take away what others are at.

Two workers can therefore meet on one row only when one of them was silent for longer than that. It finds out with its
next heartbeat, and stops; and what it has found out is not written down unless the claim is still its own. What it did
before is in rows that the next one reads first.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import ColumnElement, String, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from relaypacs.core.clock import new_id
from relaypacs.core.database import UtcDateTime
from relaypacs.core.errors import DatabaseUnavailable

LEASE_SECONDS = 15
HEARTBEAT_SECONDS = 5
log = structlog.get_logger(__name__)

PROCESS = str(new_id())
"""The name under which this process takes leases."""


class LeaseLost(Exception):
    """Somebody else has the claim: this process was silent for too long."""


class LeaseNow(FunctionElement[datetime]):
    """The present moment by the database's clock."""

    type = UtcDateTime()
    inherit_cache = True


class LeaseDeadline(FunctionElement[datetime]):
    """The moment until which a lease holds that is taken or renewed now, by the database's clock."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(LeaseNow, "postgresql")
def _postgres_now(_element: LeaseNow, _compiler: Any, **_options: Any) -> str:
    return "statement_timestamp()"


@compiles(LeaseDeadline, "postgresql")
def _postgres_deadline(_element: LeaseDeadline, _compiler: Any, **_options: Any) -> str:
    return f"clock_timestamp() + interval '{LEASE_SECONDS} seconds'"  # after the wait for the row's lock, not before


@compiles(LeaseNow, "sqlite")
def _sqlite_now(_element: LeaseNow, _compiler: Any, **_options: Any) -> str:
    return _sqlite_moment("now")


@compiles(LeaseDeadline, "sqlite")
def _sqlite_deadline(_element: LeaseDeadline, _compiler: Any, **_options: Any) -> str:
    return _sqlite_moment("now", f"+{LEASE_SECONDS} seconds")


def _sqlite_moment(*arguments: str) -> str:
    """Return the expression for a moment in the form in which columns hold them: texts that are compared."""
    given = ", ".join(f"'{argument}'" for argument in arguments)
    return f"(strftime('%Y-%m-%d %H:%M:%f', {given}) || '000')"


class Leased:
    """Columns of a row whose work is claimed. Free means: no deadline, or one that has passed."""

    lease_owner: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None]

    @property
    def is_mine(self) -> bool:
        """Whether this process has the claim."""
        return self.lease_owner == PROCESS

    def take(self) -> None:
        """Take the claim. `lease_until` is the database's to say, and not known here."""
        self.lease_owner = PROCESS
        self.lease_until = cast("datetime", LeaseDeadline())  # computed when it is written

    def release(self) -> None:
        self.lease_owner = self.lease_until = None


def is_free(row: type[Leased]) -> ColumnElement[bool]:
    """Return the condition of a row that nobody works on."""
    return or_(row.lease_until.is_(None), row.lease_until <= LeaseNow())


def is_taken(row: type[Leased]) -> ColumnElement[bool]:
    """Return the condition of a row that somebody works on."""
    return row.lease_until > LeaseNow()


@asynccontextmanager
async def heartbeat(renew: Callable[[], Awaitable[bool]]) -> AsyncIterator[None]:
    """Call `renew` every few seconds while the block runs; it says whether the claim was still there.

    When it was not, the block is cancelled, and LeaseLost raised. A database that is away for a moment costs neither
    the work in the block nor the beats after it.
    """

    async def beat(life: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                if not await renew():
                    life.reschedule(asyncio.get_running_loop().time())
                    return
            except DatabaseUnavailable:
                log.warning("lease_not_renewed")

    life = asyncio.timeout(None)
    try:
        async with life:
            task = asyncio.create_task(beat(life))
            try:
                yield
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
    except TimeoutError:
        if life.expired():
            log.warning("lease_lost")
            raise LeaseLost from None
        raise
