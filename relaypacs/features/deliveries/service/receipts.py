"""The custody receipt: which instance is where, and how we know."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.signing import ReceiptSigner
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, Destination, Outcome, Receipt
from relaypacs.features.deliveries.proof_rows import counting
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.studies.models import Instance

FORMAT = "relaypacs-custody-receipt/1"
LOST = "lost"  # was verified, and is not there any more
# What makes a later revision worth issuing. The time at which it is issued does not.
FINDINGS = ("instances", "destinations", "safe_to_delete")


async def issue_receipt(
    session: AsyncSession,
    signer: ReceiptSigner,
    *,
    upload_id: UUID,
    study_hash: str,
    instances: Sequence[Instance],
) -> Receipt:
    """Return the upload's latest receipt; sign and store the first one when there is none.

    The document holds UIDs, digests, outcomes and times; no patient data.
    """
    if receipt := await DeliveryRepository(session).receipt_of(upload_id):
        return receipt
    identifier = new_id()
    payload = {
        "format": FORMAT,
        "receipt_id": str(identifier),
        "revision": 1,
        "upload_id": str(upload_id),
        "study_hash": study_hash,
        "issued_at": now().isoformat(),
        **await _findings(session, upload_id, instances),
    }
    receipt = Receipt(id=identifier, upload_id=upload_id, revision=1, document=signer.sign(payload))
    await DeliveryRepository(session).add(receipt)
    return receipt


async def revise_receipt(
    session: AsyncSession,
    signer: ReceiptSigner,
    *,
    upload_id: UUID,
    study_hash: str,
    instances: Sequence[Instance],
) -> Receipt | None:
    """Issue another revision if there is a receipt and it no longer says all that is known; else return None.

    Earlier revisions are kept as they are. All of them have the identifier of the first.
    """
    latest = await DeliveryRepository(session).receipt_of(upload_id)
    if latest is None:
        return None
    findings = await _findings(session, upload_id, instances)
    said = latest.document["receipt"]
    if all(said.get(name) == findings[name] for name in FINDINGS):
        return None
    revision = latest.revision + 1
    payload = {
        "format": FORMAT,
        "receipt_id": said["receipt_id"],
        "revision": revision,
        "upload_id": str(upload_id),
        "study_hash": study_hash,
        "issued_at": now().isoformat(),
        **findings,
    }
    receipt = Receipt(upload_id=upload_id, revision=revision, document=signer.sign(payload))
    await DeliveryRepository(session).add(receipt)
    return receipt


async def _findings(session: AsyncSession, upload_id: UUID, instances: Sequence[Instance]) -> dict[str, Any]:
    """Return what is known now, destinations that need not have the study included."""
    repository = DeliveryRepository(session)
    deliveries = await repository.deliveries_of([upload_id])
    by_id = {delivery.id: (delivery, destination) for delivery, destination in deliveries}
    outcomes = await repository.outcomes_of_instances([instance.id for instance in instances])
    rows = [row for instance in instances for row in outcomes.get(instance.id, [])]
    return {
        "safe_to_delete": _all_read_back(instances, outcomes, {delivery.id for delivery in counting(deliveries)}),
        "destinations": [
            _summary(delivery, destination, [row for row in rows if row.delivery_id == delivery.id])
            for delivery, destination in deliveries
        ],
        "instances": [_entry(instance, outcomes.get(instance.id, []), by_id) for instance in instances],
    }


def _summary(delivery: Delivery, destination: Destination, rows: Sequence[DeliveryInstance]) -> dict[str, Any]:
    counts = Counter(_outcome(row, delivery) for row in rows)
    return {
        "name": destination.name,
        "kind": destination.kind.value,
        "required": destination.required,
        "state": delivery.state.value,
        "instances": len(rows),
        **{outcome: counts[outcome] for outcome in ("listed", "read_back", "refused", LOST)},
        "verified_at": delivery.verified_at.isoformat() if delivery.verified_at else None,
        "read_back_at": delivery.read_back_at.isoformat() if delivery.read_back_at else None,
    }


def _entry(
    instance: Instance, outcomes: Sequence[DeliveryInstance], by_id: dict[UUID, tuple[Delivery, Destination]]
) -> dict[str, Any]:
    return {
        "study_instance_uid": instance.study_instance_uid,
        "series_instance_uid": instance.series_instance_uid,
        "sop_instance_uid": instance.sop_instance_uid,
        "sha256": instance.sha256,
        "pixel_sha256": instance.pixel_sha256,
        "size": instance.size,
        "verdict": instance.verdict.value,
        "reasons": [reason["code"] for reason in instance.reasons],
        "destinations": [
            {
                "name": by_id[row.delivery_id][1].name,
                "kind": by_id[row.delivery_id][1].kind.value,
                "outcome": _outcome(row, by_id[row.delivery_id][0]),
                "at": row.changed_at.isoformat(),
            }
            for row in outcomes
        ],
    }


def _outcome(row: DeliveryInstance, delivery: Delivery) -> str:
    return LOST if row.outcome is Outcome.WAITING and delivery.verified_at else row.outcome.value


def _all_read_back(
    instances: Sequence[Instance], outcomes: dict[UUID, list[DeliveryInstance]], counting_ones: set[UUID]
) -> bool:
    """Say whether the sender may delete its copy.

    Every instance was accepted, and every destination that counts has given it back; there must be one. What becomes
    of it at a destination that need not have it changes nothing.
    """
    for instance in instances:
        needed = [row.outcome for row in outcomes.get(instance.id, []) if row.delivery_id in counting_ones]
        if instance.verdict is Verdict.REJECTED or any(outcome is not Outcome.READ_BACK for outcome in needed):
            return False
        if not needed and not instance.is_repeat:
            return False
    return True
