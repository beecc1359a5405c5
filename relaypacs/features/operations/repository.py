"""Queries for the runs of jobs, and for what the database says about itself."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.jobs import JobState
from relaypacs.features.operations.models import JobRun

COLUMNS = tuple(column.name for column in fields(JobState))


class JobRunRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[JobState]:
        rows = (await self._session.scalars(select(JobRun).order_by(JobRun.name))).all()
        return [JobState(**{name: getattr(row, name) for name in COLUMNS}) for row in rows]

    async def put(self, *states: JobState) -> None:
        """Write down how jobs are doing, in place of what was known of them."""
        for state in states:
            await self._session.merge(JobRun(**asdict(state)))
        await self._session.flush()

    async def forget_others(self, names: Collection[str]) -> None:
        """Forget the jobs that this version has no more."""
        await self._session.execute(delete(JobRun).where(JobRun.name.not_in(names)))


class DatabaseFacts:
    """What the database says about itself. On SQLite that is a library and files."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._is_sqlite = session.get_bind().dialect.name == "sqlite"

    async def version(self) -> str:
        query = "SELECT sqlite_version()" if self._is_sqlite else "SHOW server_version"
        return str(await self._session.scalar(text(query)))

    async def size(self) -> int:
        """Return the bytes that the database takes, on SQLite without what is only in its log yet."""
        if self._is_sqlite:
            pages = await self._session.scalar(text("PRAGMA page_count")) or 0
            return int(pages) * int(await self._session.scalar(text("PRAGMA page_size")) or 0)
        return int(await self._session.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    async def clock(self) -> datetime | None:
        """Return the time of the database's machine; None where it is this one."""
        if self._is_sqlite:
            return None
        found: datetime | None = await self._session.scalar(select(func.clock_timestamp()))
        return found
