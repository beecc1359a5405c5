"""The rows by which uploads are found."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import ID_RANDOM_BITS, milliseconds_of
from relaypacs.features.uploads.models import Upload, UploadWord

EPOCH_BITS = 30
"""An epoch is 2**30 milliseconds, twelve days: few enough in ten years to look into each, and none of them large."""


def epoch_of(upload_id: UUID) -> int:
    """Return the epoch that an upload belongs to; a later one has a higher number."""
    return milliseconds_of(upload_id) >> EPOCH_BITS


def first_id_of(epoch: int) -> UUID:
    """Return the bound that no upload of an earlier epoch reaches, and every later one does."""
    return UUID(int=epoch << EPOCH_BITS + ID_RANDOM_BITS)


class WordRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, upload: Upload, words: Collection[str]) -> None:
        """Have the upload found by these words too; by those that it has already, nothing changes."""
        if not words:
            return
        insert = sqlite_insert if self._session.get_bind().dialect.name == "sqlite" else postgresql_insert
        epoch = epoch_of(upload.id)
        rows = [
            {
                "upload_id": upload.id,
                "word": word,
                "epoch": epoch,
                "user_id": upload.user_id,
                "site_id": upload.site_id,
            }
            for word in sorted(words)  # in one order: two that add to one upload must not wait for each other
        ]
        await self._session.execute(insert(UploadWord).values(rows).on_conflict_do_nothing())

    async def replace(self, upload: Upload, words: Collection[str]) -> None:
        """Have the upload found by these words alone."""
        await self._session.execute(delete(UploadWord).where(UploadWord.upload_id == upload.id))
        await self.add(upload, words)
