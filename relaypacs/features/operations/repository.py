"""Queries for the runs of jobs, and for what the database says about itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.jobs import JobState
from relaypacs.core.leases import PROCESS, LeaseDeadline, is_free
from relaypacs.features.operations.models import JobRun

COLUMNS = tuple(column.name for column in fields(JobState))


class JobRunRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[JobState]:
        return [_state(row) for row in await self._session.scalars(select(JobRun).order_by(JobRun.name))]

    async def get(self, name: str) -> JobState | None:
        row = await self._session.get(JobRun, name)
        return _state(row) if row else None

    async def claim(self, name: str, at: datetime) -> bool:
        """Take a job whose next run has come, unless somebody runs it. Returns whether it is this process's now."""
        due = (JobRun.name == name, JobRun.next_run_at <= at, is_free(JobRun))
        values = {"lease_owner": PROCESS, "lease_until": LeaseDeadline(), "running_since": at}
        query = update(JobRun).where(*due).values(values).returning(JobRun.name)
        return await self._session.scalar(query) is not None

    async def renew_lease(self, name: str) -> bool:
        """Return whether the claim was still there."""
        return await self._change(name, {"lease_until": LeaseDeadline()})

    async def end(self, state: JobState) -> bool:
        """Write down how a claimed job ended, and give it back. Returns whether the claim was still there."""
        return await self._change(state.name, {**asdict(state), "lease_owner": None, "lease_until": None})

    async def _change(self, name: str, values: Mapping[str, Any]) -> bool:
        query = update(JobRun).where(JobRun.name == name, JobRun.lease_owner == PROCESS).values(values)
        return await self._session.scalar(query.returning(JobRun.name)) is not None

    async def put(self, *states: JobState) -> None:
        """Write down how jobs are doing, in place of what was known of them."""
        for state in states:
            await self._session.merge(JobRun(**asdict(state)))
        await self._session.flush()

    async def forget_others(self, names: Collection[str], before: datetime | None = None) -> None:
        """Forget the jobs that this version has no more; with a time those that should have run before it."""
        query = delete(JobRun).where(JobRun.name.not_in(names))
        await self._session.execute(query.where(JobRun.next_run_at < before) if before else query)


def _state(row: JobRun) -> JobState:
    return JobState(**{name: getattr(row, name) for name in COLUMNS})


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
