"""What follows for an upload when what was delivered is read back: a later receipt, or a warning to people."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.deliveries.judgement import Judgement
from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.deliveries.proof_rows import ProofRepository
from relaypacs.features.deliveries.service.afterwards import CONTRADICTED as REPORT_CONTRADICTED
from relaypacs.features.deliveries.service.afterwards import tell_of_report
from relaypacs.features.deliveries.service.background import read_back_next
from relaypacs.features.deliveries.service.receipts import revise_receipt
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, notify_administrators
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.models import UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.infrastructure import Infrastructure

CONTRADICTED = "A destination does not hold what it had verified of an upload. Keep your copy of the study."
log = structlog.get_logger(__name__)


async def read_back(infrastructure: Infrastructure, destination_id: UUID) -> None:
    """Read deliveries to one destination back, one after the other, while nothing is to be sent there."""
    witness = UploadWitness(infrastructure)
    while await read_back_next(infrastructure, destination_id, witness):
        pass


class UploadWitness:
    """Implements `Witness` of the deliveries."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure

    async def contradicted(self, session: AsyncSession, delivery: Delivery, judgement: Judgement) -> None:
        """Tell the sender and the administrators, and write it down. Of a report only administrators need know."""
        if delivery.upload_id is None:
            await tell_of_report(session, self._infrastructure, delivery, REPORT_CONTRADICTED)
            return
        upload = await UploadRepository(session).get(delivery.upload_id)
        if upload is None:
            return
        details = {"destination_id": str(delivery.destination_id), "found": judgement.comparison.value}
        entry = Entry(Action.UPLOAD_CONTRADICTED, SYSTEM, "upload", str(upload.id), AuditOutcome.FAILURE, details)
        AuditTrail(self._infrastructure).record(session, entry)
        infrastructure, kind = self._infrastructure, NotificationType.UPLOAD_FAILED
        await notify(session, infrastructure, upload.user_id, kind=kind, message=CONTRADICTED, related_id=upload.id)
        await notify_administrators(
            session, infrastructure, kind=kind, message=CONTRADICTED, related_id=upload.id, but_not=upload.user_id
        )

    async def end(self, session: AsyncSession, delivery: Delivery) -> None:
        """Lock the upload: a first receipt that is being issued must be seen, or see this."""
        if delivery.upload_id:
            await UploadRepository(session).lock(delivery.upload_id)

    async def ended(self, session: AsyncSession, delivery: Delivery) -> None:
        """Issue another receipt when nothing of a completed upload is to be read back any more, and it says more."""
        upload = await UploadRepository(session).get(delivery.upload_id) if delivery.upload_id else None
        if upload is None or upload.status is not UploadStatus.COMPLETED:
            return
        if await ProofRepository(session).reading_back([upload.id]):
            return
        receipt = await revise_receipt(
            session,
            self._infrastructure.signer,
            upload_id=upload.id,
            study_hash=upload.study_hash or "",
            instances=await StudyRepository(session).instances_of(upload.id),
        )
        if receipt:
            log.info("receipt_revised", upload_id=str(upload.id), count=receipt.revision)
