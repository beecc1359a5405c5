"""How far an upload's instances have come, over all destinations that must have them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Destination, Outcome
from relaypacs.features.deliveries.proof_rows import counting
from relaypacs.features.deliveries.repository import DeliveryRepository

VERIFIED = (Outcome.LISTED, Outcome.READ_BACK)
DELIVERED = (Outcome.DELIVERED, *VERIFIED)


@dataclass(frozen=True, slots=True)
class DeliveryProgress:
    """Counts of instances that every required destination has; 0 while nothing is planned.

    Where only best-effort destinations take the upload, all of them count as required. One that an administrator has
    taken it from counts no more, as long as another one has it.
    """

    delivered: int = 0
    verified: int = 0
    refused: int = 0
    is_planned: bool = False
    is_verified: bool = False  # by every required destination
    needs_attention: bool = False
    is_cancelled: bool = False  # by an administrator, everywhere
    left_behind: Mapping[str, int] = field(default_factory=dict)  # by destination: sent early, and nothing follows
    reasons: tuple[str, ...] = ()  # why a destination keeps us waiting, in its own words


async def delivery_progress(session: AsyncSession, upload_ids: Collection[UUID]) -> dict[UUID, DeliveryProgress]:
    """Return the progress of each upload, also of those that have no delivery yet."""
    repository = DeliveryRepository(session)
    found: dict[UUID, list[tuple[Delivery, Destination]]] = {upload_id: [] for upload_id in upload_ids}
    for delivery, destination in await repository.deliveries_of(upload_ids):
        if delivery.upload_id in found:  # it is: they were asked for by it
            found[delivery.upload_id].append((delivery, destination))
    counts = await repository.outcome_counts([d.id for rows in found.values() for d, _ in rows])
    return {upload_id: _progress(rows, counts) for upload_id, rows in found.items()}


def _progress(
    rows: Sequence[tuple[Delivery, Destination]], counts: Mapping[UUID, Mapping[Outcome, int]]
) -> DeliveryProgress:
    going = counting(rows)
    left_behind = {
        destination.name: count
        for delivery, destination in rows
        if delivery.state is DeliveryState.PAUSED and (count := _count(counts, delivery, DELIVERED))
    }
    if not going:
        return DeliveryProgress(is_planned=bool(rows), is_cancelled=bool(rows), left_behind=left_behind)
    return DeliveryProgress(
        delivered=min(_count(counts, d, DELIVERED) for d in going),
        verified=min(_count(counts, d, VERIFIED) for d in going),
        refused=max(_count(counts, d, (Outcome.REFUSED,)) for d in going),
        is_planned=True,
        is_verified=all(d.state is DeliveryState.VERIFIED for d in going),
        needs_attention=any(d.state is DeliveryState.ATTENTION for d in going),
        left_behind=left_behind,
        reasons=tuple(d.last_reason for d in going if d.last_reason and d.state is DeliveryState.WAITING),
    )


def _count(counts: Mapping[UUID, Mapping[Outcome, int]], delivery: Delivery, outcomes: Collection[Outcome]) -> int:
    of_delivery = counts.get(delivery.id, {})
    return sum(of_delivery.get(outcome, 0) for outcome in outcomes)


def combined(rows: Sequence[DeliveryInstance]) -> tuple[str, str]:
    """Return one outcome for an instance over the destinations of `rows`, and what one of them has said of it.

    The outcome is the API's word: waiting, delivered, verified or refused.
    """
    refused = next((row for row in rows if row.outcome is Outcome.REFUSED), None)
    if refused:
        return "refused", refused.reason
    words = next((row.reason for row in rows if row.reason), "")
    if rows and all(row.outcome in VERIFIED for row in rows):
        return "verified", words
    if rows and all(row.outcome in DELIVERED for row in rows):
        return "delivered", words
    return "waiting", words
