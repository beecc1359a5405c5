"""How far an upload's instances have come, over all destinations that must have them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, DeliveryState, Outcome
from relaypacs.features.deliveries.repository import DeliveryRepository

VERIFIED = (Outcome.LISTED, Outcome.READ_BACK)
DELIVERED = (Outcome.DELIVERED, *VERIFIED)


@dataclass(frozen=True, slots=True)
class DeliveryProgress:
    """Counts of instances that every required destination has; 0 while nothing is planned."""

    delivered: int = 0
    verified: int = 0
    refused: int = 0
    is_planned: bool = False
    is_verified: bool = False  # by every required destination
    reasons: tuple[str, ...] = ()  # why a destination keeps us waiting, in its own words


async def delivery_progress(session: AsyncSession, upload_ids: Collection[UUID]) -> dict[UUID, DeliveryProgress]:
    """Return the progress of each upload, also of those that have no delivery yet."""
    repository = DeliveryRepository(session)
    required: dict[UUID, list[Delivery]] = {upload_id: [] for upload_id in upload_ids}
    for delivery, destination in await repository.deliveries_of(upload_ids):
        if destination.required:
            required[delivery.upload_id].append(delivery)
    counts = await repository.outcome_counts([d.id for deliveries in required.values() for d in deliveries])
    return {upload_id: _progress(deliveries, counts) for upload_id, deliveries in required.items()}


def _progress(deliveries: Sequence[Delivery], counts: dict[UUID, dict[Outcome, int]]) -> DeliveryProgress:
    if not deliveries:
        return DeliveryProgress()

    def fewest(outcomes: Collection[Outcome]) -> int:
        return min(sum(counts.get(d.id, {}).get(outcome, 0) for outcome in outcomes) for d in deliveries)

    return DeliveryProgress(
        delivered=fewest(DELIVERED),
        verified=fewest(VERIFIED),
        refused=max(counts.get(d.id, {}).get(Outcome.REFUSED, 0) for d in deliveries),
        is_planned=True,
        is_verified=all(d.state is DeliveryState.VERIFIED for d in deliveries),
        reasons=tuple(d.last_reason for d in deliveries if d.last_reason),
    )


def combined(rows: Sequence[DeliveryInstance]) -> tuple[str, str]:
    """Return one outcome for an instance over all destinations, and the reason for a refusal.

    The outcome is the API's word: waiting, delivered, verified or refused.
    """
    refused = next((row for row in rows if row.outcome is Outcome.REFUSED), None)
    if refused:
        return "refused", refused.reason
    if rows and all(row.outcome in VERIFIED for row in rows):
        return "verified", ""
    if rows and all(row.outcome in DELIVERED for row in rows):
        return "delivered", ""
    return "waiting", next((row.reason for row in rows if row.reason), "")
