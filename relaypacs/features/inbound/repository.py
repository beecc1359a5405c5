"""Queries for uploads that come in by DICOM."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.models import OPEN, Upload, UploadChunk, UploadOrigin


class InboundRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_chunk(self, chunk: UploadChunk) -> None:
        self._session.add(chunk)
        await self._session.flush()

    async def lock_open(self, user_id: UUID, origin: UploadOrigin, study_instance_uid: str) -> Upload | None:
        """Return the upload that gathers this study of this user, locked."""
        query = (
            select(Upload)
            .where(
                Upload.user_id == user_id,
                Upload.origin == origin,
                Upload.study_instance_uid == study_instance_uid,
                Upload.status.in_(OPEN),
            )
            .order_by(Upload.id.desc())
            .limit(1)
        )
        return await self._session.scalar(query.with_for_update())

    async def is_active(self, user_id: UUID) -> bool:
        return await self._session.scalar(select(User.state).where(User.id == user_id)) is AccountState.ACTIVE

    async def same_instance(self, upload_id: UUID, sop_instance_uid: str, sha256: str) -> Instance | None:
        """Return what an upload already has of an instance with exactly these bytes, None until it has been checked."""
        query = select(Instance).where(
            Instance.upload_id == upload_id, Instance.sop_instance_uid == sop_instance_uid, Instance.sha256 == sha256
        )
        return await self._session.scalar(query.limit(1))

    async def uploads_to_close(self, at: datetime) -> Sequence[UUID]:
        query = select(Upload.id).where(Upload.status.in_(OPEN), Upload.closes_at <= at)
        return (await self._session.scalars(query)).all()

    async def keep_open(self, upload_ids: Collection[UUID], until: datetime) -> None:
        """Put off the closing of uploads that are open."""
        await self._session.execute(
            update(Upload).where(Upload.id.in_(upload_ids), Upload.status.in_(OPEN)).values(closes_at=until)
        )
