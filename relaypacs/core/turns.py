"""Turns: of all transactions that want to do the same thing, one does it at a time."""

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def take_turns(session: AsyncSession, *names: str) -> None:
    """Return when no other transaction has one of these turns; it is this one's until it ends.

    Who wants several gets them in the same order as everybody else, so that nobody waits in a circle. With SQLite one
    transaction writes at a time anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    for key in sorted({lock_of(name) for name in names}):
        await session.execute(select(func.pg_advisory_xact_lock(key)))


def lock_of(name: str) -> int:
    """Return the advisory lock (signed, 64 bits) of a turn; two names that share one only wait for each other."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
