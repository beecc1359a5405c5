"""What a delivery has come to, when nothing is left to be done for now."""

from collections.abc import Mapping
from datetime import timedelta

from relaypacs.core.clock import now
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Outcome
from relaypacs.features.deliveries.repository import DeliveryRepository

IDLE = timedelta(hours=1)  # an open delivery with nothing to do sleeps until somebody extends it


async def conclude(repository: DeliveryRepository, delivery: Delivery) -> Mapping[Outcome, int]:
    """Move a delivery on according to the outcomes of its instances, which are returned as they are counted."""
    counts = (await repository.outcome_counts([delivery.id])).get(delivery.id, {})
    refused = counts.get(Outcome.REFUSED, 0)
    unfinished = counts.get(Outcome.WAITING, 0) + counts.get(Outcome.DELIVERED, 0)
    delivery.attempts, delivery.failing_since = 0, None
    delivery.last_reason = f"{refused} instances were refused." if refused else ""
    delivery.last_cause = await repository.main_cause(delivery.id) if refused else None
    if unfinished or delivery.is_open:  # extended meanwhile, or about to be
        delivery.next_attempt_at = now() if unfinished else now() + IDLE
    else:
        delivery.state = DeliveryState.ATTENTION if refused else DeliveryState.VERIFIED
        delivery.verified_at = None if refused else now()
    return counts
