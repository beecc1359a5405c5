"""What an upload looks like from outside."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.deliveries.errors import ReceiptNotReady
from relaypacs.features.deliveries.models import Receipt
from relaypacs.features.deliveries.proof_rows import ProofRepository, counting
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.progress import (
    DeliveryProgress,
    combined,
    delivery_progress,
)
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.studies.models import Instance
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.errors import UploadNotFound
from relaypacs.features.uploads.models import CheckState, Stage, Upload, UploadFile
from relaypacs.features.uploads.repository import UploadRepository, missing_ranges
from relaypacs.features.uploads.schemas import (
    Counts,
    FileStatus,
    InstanceOutcome,
    InstancePage,
    InstanceView,
    UploadView,
    UploadWarning,
)
from relaypacs.features.uploads.service.held import held_view
from relaypacs.infrastructure import Infrastructure


def may_see(caller: Caller, upload: Upload) -> bool:
    """Say whether the upload is the caller's own, or of the site that a radiographer sees; an admin sees all."""
    own_site = caller.role is Role.RADIOGRAPHER and upload.site_id == caller.site_id
    return caller.role is Role.ADMIN or own_site or upload.user_id == caller.user_id


def is_owner(caller: Caller, upload: Upload) -> bool:
    return upload.user_id == caller.user_id


def may_decide(caller: Caller, upload: Upload) -> bool:
    return is_owner(caller, upload) or caller.role is Role.ADMIN


class UploadStatusReader:
    """Every look at what a study says about a patient is written down in the audit trail."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def allowed(self, upload_id: UUID, caller: Caller, rule: Callable[[Caller, Upload], bool]) -> Upload:
        """Return the upload. Raises UploadNotFound also when the rule says that it is not the caller's business."""
        async with self._database.read() as session:
            upload = await UploadRepository(session).get(upload_id)
        if upload is None or not rule(caller, upload):
            raise UploadNotFound("There is no such upload.")
        return upload

    async def owner_is_active(self, upload_id: UUID) -> bool:
        async with self._database.read() as session:
            return await UploadRepository(session).owner_is_active(upload_id)

    async def view(self, upload_id: UUID, actor: Actor) -> UploadView:
        await self._trail.note_look(Entry(Action.UPLOAD_VIEWED, actor, "upload", str(upload_id)))
        async with self._database.read() as session:
            upload = await UploadRepository(session).get(upload_id)
            if upload is None:
                raise UploadNotFound("There is no such upload.")
            view = (await upload_views(session, [upload]))[0]
            if upload.stage is Stage.HELD:
                view.held = await held_view(session, upload)
            return view

    async def instances(self, upload_id: UUID, actor: Actor, *, after: UUID | None, limit: int) -> InstancePage:
        await self._trail.note_look(Entry(Action.INSTANCES_LISTED, actor, "upload", str(upload_id)))
        async with self._database.read() as session:
            rows = await StudyRepository(session).instance_page(upload_id, after=after, limit=limit)
            deliveries = DeliveryRepository(session)
            outcomes = await deliveries.outcomes_of_instances([row.id for row in rows])
            count = {delivery.id for delivery in counting(await deliveries.deliveries_of([upload_id]))}
        that_matter = {key: [o for o in some if o.delivery_id in count] for key, some in outcomes.items()}
        items = [_instance_view(row, *combined(that_matter.get(row.id, []))) for row in rows]
        return InstancePage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)

    async def receipt(self, upload_id: UUID, actor: Actor) -> Receipt:
        async with self._database.read() as session:
            receipt = await DeliveryRepository(session).receipt_of(upload_id)
        if receipt is None:
            raise ReceiptNotReady("There is a receipt as soon as the study is verified in the PACS.")
        await self._trail.note_look(Entry(Action.RECEIPT_DOWNLOADED, actor, "upload", str(upload_id)))
        return receipt


async def upload_views(session: AsyncSession, uploads: Sequence[Upload]) -> list[UploadView]:
    """Build the views of a page of uploads with one query for each kind of row, however many uploads there are."""
    ids = [upload.id for upload in uploads]
    repository = UploadRepository(session)
    files: dict[UUID, list[UploadFile]] = {upload_id: [] for upload_id in ids}
    for file in await repository.files_of(ids):
        files[file.upload_id].append(file)
    lacking = [f.id for members in files.values() for f in members if f.received_chunks < f.chunk_count]
    received = await repository.chunks_of(lacking)
    verdicts = await StudyRepository(session).verdict_counts(ids)
    progress = await delivery_progress(session, ids)
    receipts = await DeliveryRepository(session).receipt_ids(ids)
    senders = await IdentityRepository(session).names({upload.user_id for upload in uploads})
    sites = await IdentityRepository(session).site_names({upload.site_id for upload in uploads})
    unproven = await ProofRepository(session).unproven(receipts)
    return [
        _view(
            upload,
            files=[_file_status(file, received.get(file.id)) for file in files[upload.id]],
            expected_instances=_expected(verdicts.get(upload.id, {}), files[upload.id]),
            counts=_counts(verdicts.get(upload.id, {}), progress[upload.id]),
            warnings=_warnings(upload, verdicts.get(upload.id, {}), progress[upload.id]),
            sender=senders[upload.user_id],
            site=sites[upload.site_id],
            receipt_id=receipts.get(upload.id),
            safe_to_delete=upload.id in receipts and upload.id not in unproven,
        )
        for upload in uploads
    ]


def _file_status(file: UploadFile, received: Sequence[int] | None) -> FileStatus:
    return FileStatus(
        file_id=file.file_id,
        file_name=file.name,
        size=file.size,
        chunk_count=file.chunk_count,
        missing=[] if received is None else missing_ranges(received, file.chunk_count),
    )


def _expected(verdicts: dict[Verdict, int], files: Sequence[UploadFile]) -> int:
    """Return how many instances there will be at least: a file that is not checked yet holds one or more."""
    acceptable = sum(count for verdict, count in verdicts.items() if verdict is not Verdict.REJECTED)
    return acceptable + sum(file.check_state is not CheckState.DONE for file in files)


def _counts(verdicts: dict[Verdict, int], progress: DeliveryProgress) -> Counts:
    total, rejected = sum(verdicts.values()), verdicts.get(Verdict.REJECTED, 0)
    return Counts(
        instances=total,
        accepted=total - rejected,
        rejected=rejected,
        delivered=progress.delivered,
        verified=progress.verified,
    )


def _warnings(upload: Upload, verdicts: dict[Verdict, int], progress: DeliveryProgress) -> list[UploadWarning]:
    warnings = [UploadWarning(**warning) for warning in upload.warnings]
    if rejected := verdicts.get(Verdict.REJECTED, 0):
        warnings.append(
            UploadWarning(code="instances-rejected", detail=f"{rejected} of {sum(verdicts.values())} were rejected.")
        )
    if progress.is_cancelled:
        detail = "An administrator has taken this upload from every destination. Nothing is being sent."
        warnings.append(UploadWarning(code="delivery-cancelled", detail=detail))
    for name, count in progress.left_behind.items():
        detail = f"{count} of its instances are in {name} already: an incomplete study, to be cleared up there."
        warnings.append(UploadWarning(code="incomplete-study", detail=detail))
    if not progress.is_verified:
        warnings += [UploadWarning(code="delivery-waits", detail=reason) for reason in progress.reasons]
    return warnings


def _view(
    upload: Upload,
    *,
    files: list[FileStatus],
    expected_instances: int,
    counts: Counts,
    warnings: list[UploadWarning],
    sender: str,
    site: str,
    receipt_id: UUID | None,
    safe_to_delete: bool,
) -> UploadView:
    return UploadView(
        upload_id=upload.id,
        status=upload.status,
        stage=upload.stage,
        created_at=upload.created_at,
        completed_at=upload.completed_at,
        expires_at=upload.expires_at,
        study_hash=upload.study_hash,
        chunk_count=upload.chunk_count,
        uploaded_chunks=upload.received_chunks,
        total_bytes=upload.total_bytes,
        uploaded_bytes=upload.received_bytes,
        chunk_size=upload.chunk_size,
        files=files,
        expected_instances=expected_instances,
        counts=counts,
        warnings=warnings,
        duplicate_of=upload.duplicate_of,
        split_from=upload.split_from,
        sender=sender,
        site=site,
        origin=upload.origin,
        source=upload.source,
        report_id=upload.report_id,
        answers_report_id=upload.answers_report_id,
        pacs_receipt_id=str(receipt_id) if receipt_id else None,
        safe_to_delete=safe_to_delete,
        files_removed_at=upload.files_removed_at,
        metadata=upload.study_metadata,
    )


def _instance_view(instance: Instance, outcome: str, refusal: str) -> InstanceView:
    sentences = [reason["sentence"] for reason in instance.reasons]
    return InstanceView(
        file_name=instance.file_name,
        member=instance.member,
        sop_instance_uid=instance.sop_instance_uid,
        sop_class_uid=instance.sop_class_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        sha256=instance.sha256,
        size=instance.size,
        verdict=instance.verdict,
        reason=" ".join([*sentences, refusal]).strip(),
        reason_codes=[reason["code"] for reason in instance.reasons],
        outcome=InstanceOutcome(outcome),
    )
