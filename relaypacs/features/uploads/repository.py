"""Queries for uploads, files and chunks."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.leases import PROCESS, LeaseDeadline, is_free
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Destination
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.models import (
    OPEN,
    CheckState,
    Stage,
    Upload,
    UploadChunk,
    UploadFile,
    UploadOrigin,
    UploadStatus,
)

UIDS_AT_ONCE = 500
T = TypeVar("T")


class UploadRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: Upload | UploadFile) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def get(self, upload_id: UUID) -> Upload | None:
        return await self._session.get(Upload, upload_id)

    async def lock(self, upload_id: UUID) -> Upload | None:
        return await self._session.get(Upload, upload_id, with_for_update=True, populate_existing=True)

    async def owner_is_active(self, upload_id: UUID) -> bool:
        """Say whether whoever opened the upload may still use the gateway; True when there is no such upload."""
        query = select(User.state).join(Upload, Upload.user_id == User.id).where(Upload.id == upload_id)
        return await self._session.scalar(query) in (None, AccountState.ACTIVE)

    async def images_of_study(self, study_id: UUID) -> tuple[int, int]:
        """Return how many different instances of a study are on their way or there, and how many have been verified."""
        instance = Instance.sop_instance_uid.distinct()
        row = await self._session.execute(
            select(func.count(instance), func.count(instance).filter(Upload.stage == Stage.VERIFIED))
            .join(Upload, Upload.id == Instance.upload_id)
            .where(
                Instance.study_id == study_id,
                Instance.verdict != Verdict.REJECTED,
                Upload.stage.in_((Stage.VALIDATED, Stage.DELIVERING, Stage.VERIFIED)),
            )
        )
        expected, verified = row.one()
        return expected, verified

    async def open_totals(self, user_id: UUID) -> tuple[int, int]:
        """Return how many uploads a user has opened and not closed, and how many bytes all of his open ones have.

        Those that came in by DICOM close by themselves, and are not counted.
        """
        by_hand = func.count().filter(Upload.origin == UploadOrigin.WEB)
        row = await self._session.execute(
            select(by_hand, func.coalesce(func.sum(Upload.total_bytes), 0)).where(
                Upload.user_id == user_id, Upload.status.in_(OPEN)
            )
        )
        count, total = row.one()
        return count, int(total)

    async def files_of(self, upload_ids: Collection[UUID]) -> Sequence[UploadFile]:
        query = select(UploadFile).where(UploadFile.upload_id.in_(upload_ids))
        return (await self._session.scalars(query.order_by(UploadFile.upload_id, UploadFile.ordinal))).all()

    async def chunks_of(self, file_ids: Collection[UUID]) -> dict[UUID, list[int]]:
        """Return the acknowledged chunk indexes of each file, ascending."""
        rows = await self._session.execute(
            select(UploadChunk.file_id, UploadChunk.chunk_index)
            .where(UploadChunk.file_id.in_(file_ids))
            .order_by(UploadChunk.file_id, UploadChunk.chunk_index)
        )
        found: dict[UUID, list[int]] = {file_id: [] for file_id in file_ids}
        for file_id, index in rows:
            found[file_id].append(index)
        return found

    async def last_byte_at(self, upload_id: UUID) -> datetime | None:
        """Return when the upload's last chunk became durable; None when it has none."""
        query = select(func.max(UploadChunk.received_at)).join(UploadFile, UploadFile.id == UploadChunk.file_id)
        return await self._session.scalar(query.where(UploadFile.upload_id == upload_id))

    # -- background work -----------------------------------------------------------------------------------

    async def claim_due_files(self, upload_id: UUID, limit: int) -> Sequence[UploadFile]:
        """Take files of an upload that wait to be checked."""
        query = (
            select(UploadFile)
            .where(UploadFile.upload_id == upload_id, *_due())
            .order_by(UploadFile.ordinal)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        files = (await self._session.scalars(query)).all()
        for file in files:
            file.take()
        return files

    async def renew_leases(self, file_ids: Collection[UUID]) -> bool:
        """Return whether all the claims were still there."""
        query = update(UploadFile).where(UploadFile.id.in_(file_ids), UploadFile.lease_owner == PROCESS)
        renewed = await self._session.scalars(query.values(lease_until=LeaseDeadline()).returning(UploadFile.id))
        return len(renewed.all()) == len(file_ids)

    async def give_back(self, file_ids: Collection[UUID]) -> None:
        """Free files that this process has claimed."""
        query = update(UploadFile).where(UploadFile.id.in_(file_ids), UploadFile.lease_owner == PROCESS)
        await self._session.execute(query.values(lease_owner=None, lease_until=None))

    async def release_leases(self) -> None:
        """Free what dead processes held: for one that knows that it is the only one."""
        query = update(UploadFile).where(UploadFile.lease_owner.is_not(None))
        await self._session.execute(query.values(lease_owner=None, lease_until=None))

    async def lock_claimed(self, file_ids: Collection[UUID]) -> dict[UUID, UploadFile]:
        """Return those of the files whose claims are still this process's; nobody else can take them meanwhile."""
        query = select(UploadFile).where(UploadFile.id.in_(file_ids), UploadFile.lease_owner == PROCESS)
        query = query.order_by(UploadFile.id).with_for_update(key_share=True).execution_options(populate_existing=True)
        return {file.id: file for file in await self._session.scalars(query)}

    async def any_unchecked(self, upload_id: UUID) -> bool:
        query = select(UploadFile.id).where(
            UploadFile.upload_id == upload_id, UploadFile.check_state != CheckState.DONE
        )
        return await self._session.scalar(query.limit(1)) is not None

    async def uploads_to_check(self) -> Sequence[UUID]:
        return (await self._session.scalars(select(UploadFile.upload_id).where(*_due()).distinct())).all()

    async def uploads_to_settle(self) -> Sequence[UUID]:
        """Return uploads whose next step waits for nobody."""
        return (await self._session.scalars(select(Upload.id).where(*next_step_is_due()))).all()

    async def earlier_with_hash(self, upload: Upload) -> UUID | None:
        """Return another upload of the site that brought exactly the same study, and did not fail."""
        return await self._session.scalar(
            select(Upload.id)
            .where(
                Upload.study_hash == upload.study_hash,
                Upload.site_id == upload.site_id,
                Upload.id != upload.id,
                Upload.status.in_((UploadStatus.PROCESSING, UploadStatus.COMPLETED)),
            )
            .order_by(Upload.created_at)
            .limit(1)
        )

    async def earlier_instances(self, upload: Upload, uids: Collection[str]) -> list[Instance]:
        """Return what other uploads of the site, forwarded or on their way, have brought under these UIDs."""
        found: list[Instance] = []
        for some in batched(sorted(uids), UIDS_AT_ONCE):
            query = (
                select(Instance)
                .join(Upload, Upload.id == Instance.upload_id)
                .where(
                    Instance.sop_instance_uid.in_(some),
                    Instance.verdict != Verdict.REJECTED,
                    Upload.site_id == upload.site_id,
                    Upload.id != upload.id,
                    Upload.stage.in_((Stage.DELIVERING, Stage.VERIFIED)),
                )
            )
            found += (await self._session.scalars(query)).all()
        return found

    async def stages_of(self, upload_ids: Collection[UUID]) -> dict[UUID, Stage]:
        """Return the stage of each of the uploads that exist."""
        rows = await self._session.execute(select(Upload.id, Upload.stage).where(Upload.id.in_(upload_ids)))
        return {row.id: row.stage for row in rows}

    async def still_read(self, upload_ids: Collection[UUID]) -> set[UUID]:
        """Return those whose files another upload, which was split from them, has still to deliver."""
        query = select(Upload.split_from).where(
            Upload.split_from.in_(upload_ids), Upload.status == UploadStatus.PROCESSING
        )
        return {upload_id for upload_id in await self._session.scalars(query) if upload_id}

    async def first_created_at(self) -> datetime | None:
        """Return when the oldest upload was opened."""
        return await self._session.scalar(select(func.min(Upload.created_at)))

    async def lock_expired(self, at: datetime, limit: int) -> Sequence[Upload]:
        """Return open uploads whose time is over, locked, so that no chunk can slip in meanwhile.

        Never one that closes by itself: what it has was acknowledged instance by instance.
        """
        query = (
            select(Upload)
            .where(Upload.status.in_(OPEN), Upload.expires_at <= at, Upload.closes_at.is_(None))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.scalars(query)).all()


def next_step_is_due() -> tuple[ColumnElement[bool], ...]:
    """Of uploads that the gateway can take a step further, whoever else waits for something."""
    unchecked = exists().where(UploadFile.upload_id == Upload.id, UploadFile.check_state != CheckState.DONE)
    under_way = exists().where(Delivery.upload_id == Upload.id, Delivery.state == DeliveryState.WAITING)
    needs_attention = exists().where(Delivery.upload_id == Upload.id, Delivery.state == DeliveryState.ATTENTION)
    any_destination = exists().where(Destination.enabled, Destination.removed_at.is_(None))
    return (
        Upload.status == UploadStatus.PROCESSING,
        or_(
            (Upload.stage == Stage.RECEIVED) & ~unchecked,
            (Upload.stage == Stage.VALIDATED) & any_destination,
            (Upload.stage == Stage.DELIVERING) & ~under_way & ~needs_attention,
        ),
    )


def _due() -> tuple[ColumnElement[bool], ...]:
    """Whole and unchecked, of an upload that still wants to know: the files of a failed one are gone."""
    return (
        UploadFile.check_state == CheckState.DUE,
        exists().where(Upload.id == UploadFile.upload_id, Upload.status != UploadStatus.FAILED),
        is_free(UploadFile),
    )


def batched(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def missing_ranges(received: Sequence[int], chunk_count: int) -> list[tuple[int, int]]:
    """Return the inclusive ranges of indexes below `chunk_count` that are not in `received` (ascending)."""
    ranges = []
    expected = 0
    for index in [*received, chunk_count]:
        if index > expected:
            ranges.append((expected, index - 1))
        expected = index + 1
    return ranges
