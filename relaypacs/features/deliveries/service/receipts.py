"""The custody receipt: which instance is where, and how we know."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.signing import ReceiptSigner
from relaypacs.features.deliveries.models import DeliveryInstance, Destination, Outcome, Receipt
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.studies.models import Instance

FORMAT = "relaypacs-custody-receipt/1"


async def issue_receipt(
    session: AsyncSession,
    signer: ReceiptSigner,
    *,
    upload_id: UUID,
    study_hash: str,
    instances: Sequence[Instance],
) -> Receipt:
    """Return the upload's receipt, signed and stored when it is the first time.

    The document holds UIDs, digests, outcomes and times; no patient data.
    """
    repository = DeliveryRepository(session)
    if receipt := await repository.receipt_of(upload_id):
        return receipt
    destinations = {delivery.id: destination for delivery, destination in await repository.deliveries_of([upload_id])}
    outcomes = await repository.outcomes_of_instances([instance.id for instance in instances])
    entries = [_entry(instance, outcomes.get(instance.id, []), destinations) for instance in instances]
    identifier = new_id()
    payload = {
        "format": FORMAT,
        "receipt_id": str(identifier),
        "upload_id": str(upload_id),
        "study_hash": study_hash,
        "issued_at": now().isoformat(),
        "safe_to_delete": _all_read_back(instances, outcomes),
        "instances": entries,
    }
    receipt = Receipt(id=identifier, upload_id=upload_id, document=signer.sign(payload))
    await repository.add(receipt)
    return receipt


def _entry(
    instance: Instance, outcomes: Sequence[DeliveryInstance], destinations: dict[UUID, Destination]
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
                "name": destinations[row.delivery_id].name,
                "outcome": row.outcome.value,
                "at": row.changed_at.isoformat(),
            }
            for row in outcomes
        ],
    }


def _all_read_back(instances: Sequence[Instance], outcomes: dict[UUID, list[DeliveryInstance]]) -> bool:
    """Say whether the sender may delete its copy: every instance was accepted, and read back everywhere."""
    return all(
        instance.verdict is not Verdict.REJECTED
        and (instance.is_repeat or bool(outcomes.get(instance.id)))
        and all(row.outcome is Outcome.READ_BACK for row in outcomes.get(instance.id, []))
        for instance in instances
    )
