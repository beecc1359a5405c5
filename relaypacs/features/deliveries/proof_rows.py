"""Queries for the proof that follows a delivery: what is still to be read back, and what is proven."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, column, exists, or_, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import now
from relaypacs.core.leases import PROCESS, is_free, is_taken
from relaypacs.features.deliveries.judgement import NOT_COMPARABLE
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Destination, Outcome
from relaypacs.features.studies.models import Instance

# What has just arrived is left alone for a moment: more often comes right after it.
QUIET = timedelta(seconds=10)


# Uploads are above deliveries; all that is to be known of them here is whether their files are there.
UPLOADS = table("uploads", column("id", Uuid), column("files_removed_at"))


class ProofRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def destinations_to_read_back(self, at: datetime) -> Sequence[UUID]:
        """Return the destinations from which something may be read back now."""
        query = select(Delivery.destination_id).join(Destination, Destination.id == Delivery.destination_id)
        return (
            await self._session.scalars(query.where(*_pending(at), is_free(Delivery), *_asked(at)).distinct())
        ).all()

    async def claim(self, destination_id: UUID) -> Delivery | None:
        """Take the delivery that was verified first, unless the destination has something else to do.

        One at a time for each destination; whatever waits to be sent there goes first.
        """
        at = now()
        query = select(Destination).where(Destination.id == destination_id, *_asked(at)).with_for_update()
        if await self._session.scalar(query) is None:
            return None
        running = select(Delivery.id).where(
            Delivery.destination_id == destination_id, *_pending(at), is_taken(Delivery)
        )
        if await self._session.scalar(running.limit(1)):
            return None
        delivery = await self._session.scalar(
            select(Delivery)
            .where(Delivery.destination_id == destination_id, *_pending(at), is_free(Delivery))
            .order_by(Delivery.verified_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if delivery:
            delivery.take()
        return delivery

    async def may_go_on(self, delivery: Delivery) -> bool:
        """Say whether the claim still holds, and the destination still has nothing else to do."""
        at = now()
        mine = exists().where(Delivery.id == delivery.id, *_pending(at), Delivery.lease_owner == PROCESS)
        query = select(Destination.id).where(Destination.id == delivery.destination_id, mine, *_asked(at))
        return await self._session.scalar(query) is not None

    async def untried(self, delivery_id: UUID) -> Sequence[Instance]:
        """Return what is only listed, and was not found to be beyond comparison."""
        query = (
            select(Instance)
            .join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
            .where(
                DeliveryInstance.delivery_id == delivery_id,
                DeliveryInstance.outcome == Outcome.LISTED,
                DeliveryInstance.reason.not_in(NOT_COMPARABLE),
            )
            .order_by(Instance.id)
        )
        return (await self._session.scalars(query)).all()

    async def lock_delivery(self, delivery_id: UUID) -> Delivery | None:
        return await self._session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)

    async def are_files_removed(self, delivery_id: UUID) -> bool:
        """Say whether what would be sent is gone. The files may be those of another upload, from which it was split.

        What was signed is kept for ever.
        """
        query = select(Instance.blob_key).join(DeliveryInstance, DeliveryInstance.instance_id == Instance.id)
        query = query.where(DeliveryInstance.delivery_id == delivery_id, Instance.upload_id.is_not(None))
        keys = await self._session.scalars(query.distinct())
        owners = {UUID(key.partition("/")[0]) for key in keys}
        gone = select(UPLOADS.c.id).where(UPLOADS.c.id.in_(owners), UPLOADS.c.files_removed_at.is_not(None))
        return await self._session.scalar(gone.limit(1)) is not None

    async def release(self, delivery_id: UUID, *, pause: timedelta = timedelta(), failed: bool = False) -> None:
        """Give a claim back; nobody reads back before the pause is over. A failure counts towards giving up."""
        values = {"lease_owner": None, "lease_until": None, "next_attempt_at": now() + pause}
        query = update(Delivery).where(Delivery.id == delivery_id, Delivery.lease_owner == PROCESS)
        await self._session.execute(query.values(values | ({"attempts": Delivery.attempts + 1} if failed else {})))

    async def reading_back(self, upload_ids: Collection[UUID]) -> set[UUID]:
        """Return the uploads of which something verified is still to be read back."""
        query = select(Delivery.upload_id).where(
            Delivery.upload_id.in_(upload_ids),
            Delivery.state == DeliveryState.VERIFIED,
            Delivery.read_back_at.is_(None),
        )
        return {upload_id for upload_id in await self._session.scalars(query) if upload_id}

    async def unproven(self, upload_ids: Collection[UUID]) -> set[UUID]:
        """Return the uploads with an instance that was rejected, or not given back by a destination that counts."""
        found = await self._session.execute(
            select(Delivery, Destination)
            .join(Destination, Destination.id == Delivery.destination_id)
            .where(Delivery.upload_id.in_(upload_ids))
        )
        of_upload: dict[UUID, list[tuple[Delivery, Destination]]] = {}
        for delivery, destination in found:
            if delivery.upload_id:  # there is one: they were asked for by it
                of_upload.setdefault(delivery.upload_id, []).append((delivery, destination))
        needed = {upload_id: {delivery.id for delivery in counting(rows)} for upload_id, rows in of_upload.items()}
        every = [delivery_id for some in needed.values() for delivery_id in some]
        lacking = await self._among(_lacking(every)) | {each for each in upload_ids if not needed.get(each)}
        return (
            await self._among(_rejected(upload_ids))
            | await self._among(_not_read_back(every))
            | await self._among(_unsent(lacking, [each for upload_id in lacking for each in needed.get(upload_id, ())]))
        )

    async def _among(self, query: Select[UUID | None]) -> set[UUID]:
        return {upload_id for upload_id in await self._session.scalars(query) if upload_id}


def _rejected(upload_ids: Collection[UUID]) -> Select[UUID | None]:
    query = select(Instance.upload_id).where(Instance.upload_id.in_(upload_ids))
    return query.where(Instance.verdict == Verdict.REJECTED).distinct()


def _not_read_back(delivery_ids: Collection[UUID]) -> Select[UUID | None]:
    """Each other outcome is looked up for itself: nearly all has been read back, and none of that need be touched."""
    others = [outcome for outcome in Outcome if outcome is not Outcome.READ_BACK]
    some = exists().where(DeliveryInstance.delivery_id == Delivery.id, DeliveryInstance.outcome.in_(others))
    return select(Delivery.upload_id).where(Delivery.id.in_(delivery_ids), some).distinct()


def _lacking(delivery_ids: Collection[UUID]) -> Select[UUID | None]:
    """Find the uploads of deliveries without some instance. It may be in another delivery; mostly there is only one."""
    sent = (
        exists()
        .where(DeliveryInstance.delivery_id == Delivery.id, DeliveryInstance.instance_id == Instance.id)
        .correlate(Delivery, Instance)
    )
    query = select(Delivery.upload_id).join(Instance, Instance.upload_id == Delivery.upload_id)
    return query.where(Delivery.id.in_(delivery_ids), Instance.is_repeat.is_(False), ~sent).distinct()


def _unsent(upload_ids: Collection[UUID], delivery_ids: Collection[UUID]) -> Select[UUID | None]:
    sent = exists().where(DeliveryInstance.instance_id == Instance.id, DeliveryInstance.delivery_id.in_(delivery_ids))
    query = select(Instance.upload_id).where(Instance.upload_id.in_(upload_ids), Instance.is_repeat.is_(False), ~sent)
    return query.distinct()


def counting(rows: Sequence[tuple[Delivery, Destination]]) -> list[Delivery]:
    """Return which of an upload's deliveries count for what is said of it.

    Those to required destinations, or to all where none is required, but for what an administrator has cancelled.
    """
    required = [row for row in rows if row[1].required] or rows
    return [delivery for delivery, _ in required if delivery.state is not DeliveryState.CANCELLED]


def _pending(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Verified, and not yet read back; also when that has found a contradiction: the rest is of interest all the more.

    `next_attempt_at` means nothing else once a delivery is verified.
    """
    return (
        Delivery.state.in_((DeliveryState.VERIFIED, DeliveryState.ATTENTION)),
        Delivery.verified_at <= at - QUIET,
        Delivery.read_back_at.is_(None),
        Delivery.next_attempt_at <= at,
    )


def _asked(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Nothing is waiting to be sent to the destination, and it is well. One that was removed is never asked again."""
    other = Delivery.__table__.alias("other")
    unsent = DeliveryInstance.__table__.alias("unsent")
    sending = exists().where(
        other.c.destination_id == Destination.id,
        other.c.state == DeliveryState.WAITING,
        other.c.next_attempt_at <= at,
        unsent.c.delivery_id == other.c.id,
        unsent.c.outcome == Outcome.WAITING,
    )
    is_well = Destination.enabled & or_(Destination.retry_at.is_(None), Destination.retry_at <= at) & ~sending
    return (or_(Destination.removed_at.is_not(None), is_well),)
