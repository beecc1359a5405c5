"""Days are counted while others change them: whatever comes in between, no number is older than the rows."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Database
from relaypacs.features.analytics.models import DayChange, DayTally, Kind, Part
from relaypacs.features.analytics.repository import SeenChanges
from relaypacs.features.analytics.schemas import Period
from relaypacs.features.analytics.service import summarise as job
from relaypacs.features.analytics.service.counting import Counting
from relaypacs.features.analytics.service.periods import span_of
from relaypacs.features.analytics.subjects import Subject
from relaypacs.features.identity.models import Site, User
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus
from relaypacs.infrastructure import Infrastructure

Happens = Callable[[], Awaitable[Any]]
YESTERDAY = timedelta(days=1)


@pytest.fixture
async def uploads(infrastructure: Infrastructure) -> list[UUID]:
    """Three uploads of yesterday, on their way."""
    site = Site(id=new_id(), name="Here")
    user = User(id=new_id(), site_id=site.id, username="ada", password_hash="x")
    form = {"modality": "CT", "service_level": "routine"}
    size = dict.fromkeys(("chunk_size", "chunk_count", "total_bytes"), 1)
    rows = [
        Upload(
            id=new_id(), user_id=user.id, site_id=site.id, study_metadata=form, priority=2, **size,
            status=UploadStatus.PROCESSING, stage=Stage.RECEIVED, created_at=now() - YESTERDAY, expires_at=now(),
        )
        for _ in range(3)
    ]  # fmt: skip
    async with infrastructure.database.write() as session:
        for some in ([site], [user], rows):
            session.add_all(some)
            await session.flush()
    return [row.id for row in rows]


async def fail(session: AsyncSession, upload_id: UUID) -> None:
    change = update(Upload).where(Upload.id == upload_id)
    await session.execute(change.values(status=UploadStatus.FAILED, stage=Stage.EXPIRED))


async def failed(database: Database) -> int:
    """Return how many uploads the numbers say have failed, and hold it against the rows."""
    at = now()
    span = span_of(Period.ONE_WEEK, at)
    assert span
    async with database.snapshot() as session:
        counted = await Counting(session, Subject(Kind.REGION), at).by_day(Part.UPLOADS, span, is_full=True)
        in_rows = await session.scalar(select(func.count()).where(Upload.status == UploadStatus.FAILED))
    assert sum(tally.counts["failed"] for tally in counted.values()) == in_rows
    return in_rows or 0


async def uncounted(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).where(DayChange.day < now().date())) or 0


def after_counting(monkeypatch: pytest.MonkeyPatch, happens: Happens) -> None:
    """Have something happen, once, when a job has counted days and not yet written what it found."""
    count_days = job.count_days

    async def counted(session: AsyncSession, seen: Sequence[SeenChanges]) -> Any:
        found = await count_days(session, seen)
        monkeypatch.setattr(job, "count_days", count_days)
        await happens()
        return found

    monkeypatch.setattr(job, "count_days", counted)


async def test_a_day_is_counted_once_and_again_when_it_changes(
    infrastructure: Infrastructure, uploads: list[UUID]
) -> None:
    database = infrastructure.database
    assert await job.summarise(infrastructure) == 1
    assert (await uncounted(database), await job.summarise(infrastructure)) == (0, 0)
    assert await failed(database) == 0
    async with database.write() as session:
        await fail(session, uploads[0])
    assert await failed(database) == 1  # from the rows
    assert await job.summarise(infrastructure) == 1
    assert (await failed(database), await uncounted(database)) == (1, 0)
    async with database.read() as session:
        kinds = sorted(await session.scalars(select(DayTally.kind)))
    assert kinds == [Kind.REGION, Kind.SENDER, Kind.SITE]


async def test_a_change_after_counting_is_not_lost(
    infrastructure: Infrastructure, uploads: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change() -> None:
        async with infrastructure.database.write() as session:
            await fail(session, uploads[0])

    after_counting(monkeypatch, change)
    await job.summarise(infrastructure)
    assert await failed(infrastructure.database) == 1
    await job.summarise(infrastructure)
    assert (await failed(infrastructure.database), await uncounted(infrastructure.database)) == (1, 0)


async def test_a_slower_job_does_not_overwrite_what_another_has_counted_since(
    infrastructure: Infrastructure, uploads: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change_and_count() -> None:
        async with infrastructure.database.write() as session:
            await fail(session, uploads[0])
        assert await job.summarise(infrastructure) == 1

    after_counting(monkeypatch, change_and_count)
    assert await job.summarise(infrastructure) == 0
    assert (await failed(infrastructure.database), await uncounted(infrastructure.database)) == (1, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_not_committed_yet_is_counted_when_it_is(
    infrastructure: Infrastructure, database_url: str, uploads: list[UUID]
) -> None:
    """Its change has a lower number than those that the job sees, and comes later all the same."""
    other = Database(database_url, pool=1)
    async with other.write() as slow:
        await fail(slow, uploads[0])
        async with infrastructure.database.write() as session:
            await fail(session, uploads[1])  # waits for nobody, though it is the same day
        assert await job.summarise(infrastructure) == 1
        assert await failed(infrastructure.database) == 1
    assert await failed(infrastructure.database) == 2
    assert await job.summarise(infrastructure) == 1
    assert (await failed(infrastructure.database), await uncounted(infrastructure.database)) == (2, 0)
    await other.close()


async def test_acknowledging_chunks_notes_nothing(infrastructure: Infrastructure, uploads: list[UUID]) -> None:
    async with infrastructure.database.write() as session:
        await session.execute(update(Upload).values(status=UploadStatus.PENDING, stage=Stage.RECEIVING))
    await job.summarise(infrastructure)
    async with infrastructure.database.write() as session:
        values = {"received_bytes": 5, "saved_bytes": 2, "status": UploadStatus.UPLOADING, "first_byte_at": now()}
        await session.execute(update(Upload).where(Upload.id == uploads[0]).values(values))
    assert await uncounted(infrastructure.database) == 0
