"""Queries for the files that the gateway keeps: which may go, and how much more has been announced."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from relaypacs.features.deliveries.models import Delivery, DeliveryState
from relaypacs.features.uploads.models import OPEN, Stage, Upload, UploadStatus

DONE_WITH = (DeliveryState.VERIFIED, DeliveryState.CANCELLED)


class KeptRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def removable(self, at: datetime, kept_since: datetime, limit: int) -> Sequence[UUID]:
        """Return uploads whose files nobody needs, and which have been kept since before `kept_since`."""
        query = select(Upload.id).where(*_removable(at, kept_since)).order_by(Upload.created_at).limit(limit)
        return (await self._session.scalars(query)).all()

    async def lock_removable(self, upload_id: UUID, at: datetime, kept_since: datetime) -> Upload | None:
        """Return the upload, if it is still such a one, with everything locked that could make it another one."""
        await self._session.get(Upload, upload_id, with_for_update=True)
        # Whoever tries a delivery again holds its row, and asks for the files after that.
        await self._session.scalars(select(Delivery.id).where(Delivery.upload_id == upload_id).with_for_update())
        query = select(Upload).where(Upload.id == upload_id, *_removable(at, kept_since))
        return await self._session.scalar(query)

    async def removed(self, upload_ids: Collection[UUID]) -> set[UUID]:
        """Return those whose files are gone, or were to go when a process died."""
        query = select(Upload.id).where(Upload.id.in_(upload_ids), Upload.files_removed_at.is_not(None))
        return set(await self._session.scalars(query))

    async def outstanding(self) -> int:
        """Return how many bytes the open uploads have announced, and not yet sent."""
        query = select(func.coalesce(func.sum(Upload.total_bytes - Upload.received_bytes), 0))
        return int(await self._session.scalar(query.where(Upload.status.in_(OPEN))) or 0)


def _removable(at: datetime, kept_since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Delivered and read back by everybody, or a duplicate that nobody forces any more; and read by no other upload.

    What was split from an upload reads its files until its own may go.
    """
    delivery, part = aliased(Delivery), aliased(Upload)
    of_upload = delivery.upload_id == Upload.id
    unfinished = exists().where(
        of_upload,
        or_(
            delivery.state.not_in(DONE_WITH),
            delivery.is_open,
            (delivery.state == DeliveryState.VERIFIED) & delivery.read_back_at.is_(None),
        ),
    )
    verified = exists().where(of_upload, delivery.state == DeliveryState.VERIFIED)
    delivered = (Upload.status == UploadStatus.COMPLETED) & (Upload.completed_at <= kept_since) & verified & ~unfinished
    duplicate = (Upload.stage == Stage.DUPLICATE) & (Upload.created_at <= kept_since) & (Upload.expires_at <= at)
    read_elsewhere = exists().where(
        part.split_from == Upload.id,
        part.files_removed_at.is_(None),
        part.status.in_((UploadStatus.PROCESSING, UploadStatus.COMPLETED)),
    )
    return (Upload.files_removed_at.is_(None), or_(delivered, duplicate), ~read_elsewhere)
