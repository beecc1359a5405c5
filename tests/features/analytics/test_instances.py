"""Counting the instances of an upload holds up nobody who sends more of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.features.analytics.models import InstanceCount
from relaypacs.features.identity.models import Site, User
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.chunk_rows import Came, ChunkRows
from relaypacs.features.uploads.models import Upload, UploadFile
from relaypacs.infrastructure import Infrastructure
from tests.migrations.test_lists import instance


async def checked(session: AsyncSession, file: UploadFile) -> None:
    """Store what a check has found in a file."""
    session.add_all(instance(file, verdict, "1.2.3", {}) for verdict in (Verdict.ACCEPTED, Verdict.REJECTED))
    await session.flush()


@pytest.fixture
async def files(infrastructure: Infrastructure) -> list[UploadFile]:
    """Two files of one upload."""
    site = Site(id=new_id(), name="Here")
    user = User(id=new_id(), site_id=site.id, username="ada", password_hash="x")
    form = {"modality": "CT", "service_level": "routine"}
    size = dict.fromkeys(("chunk_size", "chunk_count", "total_bytes"), 1)
    upload = Upload(id=new_id(), user_id=user.id, site_id=site.id, study_metadata=form, priority=2, **size)
    upload.expires_at = now() + timedelta(days=1)
    found = [
        UploadFile(id=new_id(), upload_id=upload.id, ordinal=n, file_id=str(n), name="f", size=1, chunk_count=1)
        for n in range(2)
    ]
    async with infrastructure.database.write() as session:
        for rows in ([site], [user], [upload], found):
            session.add_all(rows)
            await session.flush()
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_chunks_do_not_wait_for_what_a_check_stores(
    infrastructure: Infrastructure, files: list[UploadFile]
) -> None:
    database, upload_id = infrastructure.database, files[0].upload_id
    until = now() + timedelta(days=1)
    async with database.write() as session:
        await checked(session, files[0])
        async with asyncio.timeout(20), database.write_rows() as connection:
            assert await ChunkRows(connection).count_bytes(upload_id, Came(1, 7), at=now(), until=until) == 7


async def test_what_several_checks_find_adds_up(infrastructure: Infrastructure, files: list[UploadFile]) -> None:
    for file in (*files, files[0]):  # the last one in place of the first
        async with infrastructure.database.write() as session:
            await StudyRepository(session).replace_instances(file.id, [])
            await checked(session, file)
    async with infrastructure.database.read() as session:
        assert (await session.get_one(InstanceCount, files[0].upload_id)).number == 2
