"""Moves an upload on, one step after the other, whenever something it waited for has happened.

    receiving, received -> (rejected | duplicate | held | validated) -> delivering -> verified

While an urgent upload is still received, what has been checked of it is delivered already. `validated` lasts only
where no destination takes the upload.

Each call looks at the rows under the upload's lock and takes the steps that are possible now, so that calling it
once too often does nothing, and a crash between two steps is made up for by the next call.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.plan import DeliveryPlan, Shipment
from relaypacs.features.deliveries.service.progress import DeliveryProgress, delivery_progress
from relaypacs.features.deliveries.service.receipts import issue_receipt
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, notify_administrators, worklist_changed
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.service.assign import ReadingRequest, assign_report
from relaypacs.features.studies.models import Instance, ServiceLevel
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.metrics import VERIFIED_SECONDS, count_stage
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service.complete import channel
from relaypacs.features.uploads.service.judge import (
    about_the_form,
    by_patient,
    conflicting_uids,
    conflicting_with,
    differences_from_form,
    mark_repeats,
    study_hash,
)
from relaypacs.infrastructure import Infrastructure

ENDED = (UploadStatus.COMPLETED, UploadStatus.FAILED)
COUNTED = (Stage.VALIDATED, Stage.DELIVERING, Stage.VERIFIED)
NEEDS_ATTENTION = "needs-attention"
log = structlog.get_logger(__name__)


async def settle(infrastructure: Infrastructure, upload_id: UUID) -> None:
    """Take every step that the upload can take now."""
    async with infrastructure.database.write() as session:
        upload = await UploadRepository(session).lock(upload_id)
        if upload is None or upload.status in ENDED:
            return
        before = upload.stage
        await Settlement(infrastructure, session, upload).advance()
        if upload.stage is not before:
            entry = Entry(
                Action.UPLOAD_SETTLED, SYSTEM, "upload", str(upload_id), details={"stage": upload.stage.value}
            )
            AuditTrail(infrastructure).record(session, entry)
            count_stage(session, upload)
        after_commit(session, partial(infrastructure.events.signal, channel(upload_id)))
    if upload.stage is not before:
        log.info("upload_settled", upload_id=str(upload_id), stage=upload.stage.value)


class Settlement:
    """One transaction's view of an upload."""

    def __init__(self, infrastructure: Infrastructure, session: AsyncSession, upload: Upload) -> None:
        self._infrastructure = infrastructure
        self._session = session
        self._upload = upload
        self._studies = StudyRepository(session)
        self._uploads = UploadRepository(session)
        self._plan = DeliveryPlan(session, infrastructure.wakeups)

    async def advance(self) -> None:
        stage = self._upload.stage
        if self._upload.is_open or (stage is Stage.RECEIVED and await self._uploads.any_unchecked(self._upload.id)):
            await self._deliver_early()
        elif stage in (Stage.RECEIVED, Stage.VALIDATED):
            await self._judge()
        if self._upload.stage is Stage.DELIVERING:
            await self._conclude()
        if self._upload.stage is not stage and self._upload.stage in COUNTED:
            await self._session.flush()
            await self._count_images()

    async def _deliver_early(self) -> None:
        """Send what can be judged already: one patient so far, and nothing that contradicts what came before."""
        level = ServiceLevel(self._upload.study_metadata["service_level"])
        if not await self._plan.any_early(level):
            return
        accepted = [i for i in await self._studies.instances_of(self._upload.id) if i.is_acceptable]
        if await self._reasons_to_hold(accepted):
            await self._plan.pause(self._upload.id)
        elif accepted:
            await self._plan.begin(await self._shipment(accepted))

    async def _judge(self) -> None:
        """Every file has been checked: decide about the upload as a whole."""
        instances = await self._studies.instances_of(self._upload.id)
        accepted = [instance for instance in instances if instance.is_acceptable]
        if not accepted:
            await self._fail(Stage.REJECTED, "An upload was refused: none of its files can be forwarded.")
            return
        await self._assign_studies(accepted)
        self._upload.study_hash = study_hash(accepted)
        duplicate_of = await self._uploads.earlier_with_hash(self._upload)
        if duplicate_of and not self._upload.is_forced:
            self._upload.duplicate_of = duplicate_of
            await self._fail(Stage.DUPLICATE, "An upload was refused: exactly this study was sent before.")
            return
        self._upload.warnings = [
            *about_the_form(self._upload.warnings),
            *differences_from_form(self._upload.study_metadata, accepted),
        ]
        if reasons := await self._reasons_to_hold(accepted):
            await self._hold(reasons)
            return
        if await self._plan.complete(await self._shipment(accepted)):
            self._upload.stage = Stage.DELIVERING
            return
        if self._upload.stage is not Stage.VALIDATED:
            await self._alert("No destination takes an upload: its study waits until one does.")
        self._upload.stage = Stage.VALIDATED
        detail = "No destination takes this study. It waits until an administrator has set one up."
        self._upload.warnings = [*self._upload.warnings, {"code": "no-destination", "detail": detail}]

    async def _shipment(self, accepted: Sequence[Instance]) -> Shipment:
        planned = await self._plan.planned_instances(self._upload.id)
        return Shipment(
            upload_id=self._upload.id,
            site_id=self._upload.site_id,
            service_level=ServiceLevel(self._upload.study_metadata["service_level"]),
            instances=mark_repeats(accepted, planned),
        )

    async def _assign_studies(self, accepted: Sequence[Instance]) -> None:
        """Tie instances to their studies. Locks those, which keeps two uploads of one study apart."""
        for uid in sorted({instance.study_instance_uid for instance in accepted}):
            members = [instance for instance in accepted if instance.study_instance_uid == uid]
            study = await self._studies.lock_or_add(self._upload.site_id, uid, members[0].attributes)
            for instance in members:
                instance.study_id = study.id

    async def _reasons_to_hold(self, accepted: Sequence[Instance]) -> list[dict[str, str]]:
        reasons = []
        if len(found := by_patient(accepted)) > 1 and not self._upload.is_confirmed:
            detail = f"The files are of {len(found)} different patients. Nothing was forwarded."
            reasons.append({"code": "several-patients", "detail": detail})
        if uids := conflicting_uids(accepted):
            detail = f"{len(uids)} SOPInstanceUIDs stand for different content. Nothing was forwarded."
            reasons.append({"code": "uid-conflict", "detail": detail})
        earlier = await self._uploads.earlier_instances(self._upload, {i.sop_instance_uid for i in accepted})
        if uids := conflicting_with(accepted, earlier):
            detail = f"{len(uids)} SOPInstanceUIDs were sent before, with other pixels. Nothing was forwarded."
            reasons.append({"code": "uid-conflict-earlier", "detail": detail})
        return reasons

    async def _hold(self, reasons: list[dict[str, str]]) -> None:
        self._upload.stage = Stage.HELD
        await self._plan.pause(self._upload.id)
        self._upload.warnings = [*self._upload.warnings, *reasons]
        await self._tell(NotificationType.UPLOAD_HELD, "An upload is held: somebody must look at it first.")

    async def _fail(self, stage: Stage, message: str) -> None:
        self._upload.status, self._upload.stage = UploadStatus.FAILED, stage
        await self._plan.pause(self._upload.id)
        await self._tell(NotificationType.UPLOAD_FAILED, message)

    async def _conclude(self) -> None:
        """Complete the upload once every destination that must have it has proven that it does."""
        progress = (await delivery_progress(self._session, [self._upload.id]))[self._upload.id]
        if not progress.is_verified:
            await self._tell_of_trouble(progress)
            return
        coerced = [
            {"code": "attributes-coerced", "detail": f"{name} on {count} of the instances that it has: {words}."}
            for name, words, count in await DeliveryRepository(self._session).coercions(self._upload.id)
        ]
        others = [warning for warning in self._upload.warnings if warning["code"] != NEEDS_ATTENTION]
        self._upload.warnings = others + coerced
        instances = await self._studies.instances_of(self._upload.id)
        receipt = await issue_receipt(
            self._session,
            self._infrastructure.signer,
            upload_id=self._upload.id,
            study_hash=self._upload.study_hash or "",
            instances=instances,
        )
        await self._open_reports(instances, str(receipt.id))
        self._upload.status, self._upload.stage = UploadStatus.COMPLETED, Stage.VERIFIED
        self._upload.completed_at = now()
        after_commit(self._session, partial(_measure, self._infrastructure, self._upload))
        await self._tell(NotificationType.UPLOAD_COMPLETE, "An upload is complete: the PACS has every instance.")

    async def _tell_of_trouble(self, progress: DeliveryProgress) -> None:
        """Tell the sender and the administrators, once, that a destination will not take all of it."""
        told = any(warning["code"] == NEEDS_ATTENTION for warning in self._upload.warnings)
        if told or not progress.needs_attention:
            return
        detail = f"{progress.refused} instances were refused by a destination. An administrator has been told."
        self._upload.warnings = [*self._upload.warnings, {"code": "needs-attention", "detail": detail}]
        await self._tell(NotificationType.UPLOAD_FAILED, "A destination refuses a part of an upload.")
        await self._alert("A destination refuses a part of an upload: its delivery needs attention.")

    async def _count_images(self) -> None:
        """Say in the reports how much of their studies there is, and how much is still on its way."""
        ids = {i.study_id for i in await self._studies.instances_of(self._upload.id) if i.study_id}
        for study_id in sorted(ids):
            expected, verified = await self._uploads.images_of_study(study_id)
            if await ReportRepository(self._session).count_images(study_id, expected=expected, verified=verified):
                worklist_changed(self._session, self._infrastructure.events)

    async def _open_reports(self, instances: Sequence[Instance], receipt_id: str) -> None:
        """Have a report for each study; the upload links to that of its first one."""
        for uid in sorted({instance.study_instance_uid for instance in instances if instance.study_id}):
            study = await self._studies.lock_or_add(self._upload.site_id, uid, {})
            request = ReadingRequest(
                study=study,
                upload_id=self._upload.id,
                sender_id=self._upload.user_id,
                opened_at=self._upload.created_at,
                form=self._upload.study_metadata,
                pacs_receipt_id=receipt_id,
                answers=self._upload.answers_report_id,
            )
            report = await assign_report(self._session, self._infrastructure, request)
            self._upload.report_id = self._upload.report_id or report.id

    async def _tell(self, kind: NotificationType, message: str) -> None:
        await notify(
            self._session,
            self._infrastructure,
            self._upload.user_id,
            kind=kind,
            message=message,
            related_id=self._upload.id,
        )

    async def _alert(self, message: str) -> None:
        await notify_administrators(
            self._session,
            self._infrastructure,
            kind=NotificationType.DELIVERY_ALERT,
            message=message,
            related_id=self._upload.id,
        )


async def _measure(infrastructure: Infrastructure, upload: Upload) -> None:
    """Note how long it took from the last byte to the proof. An upload that was split off has no bytes of its own."""
    async with infrastructure.database.read() as session:
        last = await UploadRepository(session).last_byte_at(upload.id)
    if last and upload.completed_at:
        level = ServiceLevel(upload.study_metadata["service_level"])
        VERIFIED_SECONDS.labels(level.value).observe(max(0.0, (upload.completed_at - last).total_seconds()))
