"""A person decides what becomes of a held upload. The upload is then judged again, like one that has just arrived."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Reason, Verdict
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id
from relaypacs.core.database import after_commit
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.studies.models import Instance
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.errors import DecisionImpossible, UploadNotFound, UploadNotHeld
from relaypacs.features.uploads.metrics import count_stage
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.schemas import Decision, DecisionAction
from relaypacs.features.uploads.service.judge import by_patient, conflicting_uids, conflicting_with
from relaypacs.features.uploads.word_rows import WordRepository
from relaypacs.features.uploads.words import words_of_files, words_of_form
from relaypacs.infrastructure import Infrastructure

DROPPED = Reason("dropped-by-decision", "Left out by the decision of a person.")
# What the form said about a patient, and where the files say it.
OF_THE_PATIENT = {
    "patient_name": "PatientName",
    "patient_id": "PatientID",
    "issuer_of_patient_id": "IssuerOfPatientID",
    "patient_birth_date": "PatientBirthDate",
    "patient_sex": "PatientSex",
    "accession_number": "AccessionNumber",
}
UNKNOWN = "UNKNOWN"
NAME_LENGTH = 100


async def decide_upload(infrastructure: Infrastructure, upload_id: UUID, decision: Decision, caller: Caller) -> None:
    """Carry the decision out. Raises UploadNotFound, UploadNotHeld, DecisionImpossible."""
    async with infrastructure.database.write() as session:
        upload = await UploadRepository(session).lock(upload_id)
        if upload is None:
            raise UploadNotFound("There is no such upload.")
        if upload.stage is not Stage.HELD:
            raise UploadNotHeld("Nothing has to be decided about this upload.")
        made = await _Decision(session, upload).carry_out(decision)
        upload.stage = Stage.RECEIVED
        details = {"action": decision.action.value, "uploads": [str(other.id) for other in made]}
        entry = Entry(Action.UPLOAD_DECIDED, caller.actor, "upload", str(upload_id), details=details)
        AuditTrail(infrastructure).record(session, entry)
        for settled in (upload, *made):
            count_stage(session, settled)
            after_commit(session, partial(infrastructure.wakeups.wake, Task.SETTLE_UPLOAD, settled.id))


class _Decision:
    """One transaction's view of a held upload."""

    def __init__(self, session: AsyncSession, upload: Upload) -> None:
        self._session = session
        self._upload = upload

    async def carry_out(self, decision: Decision) -> list[Upload]:
        """Return the uploads that were made by splitting."""
        instances = await StudyRepository(self._session).instances_of(self._upload.id)
        accepted = [instance for instance in instances if instance.is_acceptable]
        match decision.action:
            case DecisionAction.CONFIRM:
                await self._confirm(accepted)
            case DecisionAction.DROP:
                self._drop(accepted, decision)
                await self._set_words(self._upload, accepted)
            case DecisionAction.SPLIT:
                return await self._split(accepted)
        return []

    async def _confirm(self, accepted: Sequence[Instance]) -> None:
        """Let several patients pass. Other content under one UID can't: the destination keeps only one of them."""
        uids = {instance.sop_instance_uid for instance in accepted}
        earlier = await UploadRepository(self._session).earlier_instances(self._upload, uids)
        if conflicting_uids(accepted) or conflicting_with(accepted, earlier):
            raise DecisionImpossible("Under one SOPInstanceUID there can be one content. Drop the others.")
        self._upload.is_confirmed = True

    @staticmethod
    def _drop(accepted: Sequence[Instance], decision: Decision) -> None:
        patients, contents = set(decision.patients), set(decision.instances)
        of_patient = by_patient(accepted)
        unknown = (patients - of_patient.keys()) | (contents - {instance.sha256 for instance in accepted})
        if unknown or not (patients or contents):
            raise DecisionImpossible("Name patients or contents of this upload to be dropped.")
        dropped = [instance for key in patients for instance in of_patient[key]]
        dropped += [instance for instance in accepted if instance.sha256 in contents]
        if len({instance.id for instance in dropped}) == len(accepted):
            raise DecisionImpossible("Nothing would be left. Cancel the upload instead.")
        for instance in dropped:
            instance.verdict = Verdict.REJECTED
            instance.reasons = [*instance.reasons, {"code": DROPPED.code, "sentence": DROPPED.sentence}]

    async def _split(self, accepted: Sequence[Instance]) -> list[Upload]:
        """Leave the first patient's instances here, and make an upload for each of the others."""
        groups = list(by_patient(accepted).values())
        if len(groups) == 1:
            raise DecisionImpossible("All files are of one patient.")
        self._upload.study_metadata = _form_of(self._upload, groups[0])
        await self._set_words(self._upload, groups[0])
        made = []
        for group in groups[1:]:
            other = self._another(group)
            await UploadRepository(self._session).add(other)
            for instance in group:
                instance.upload_id = other.id
            await self._set_words(other, group)
            made.append(other)
        return made

    async def _set_words(self, upload: Upload, instances: Sequence[Instance]) -> None:
        """Have an upload found by what is left in it, and by nothing else."""
        words = words_of_form(upload.study_metadata) | words_of_files(instances)
        await WordRepository(self._session).replace(upload, words)

    def _another(self, instances: Sequence[Instance]) -> Upload:
        """Return an upload without files of its own: the bytes stay where they were received."""
        size = sum(instance.size for instance in instances)
        return Upload(
            id=new_id(),
            user_id=self._upload.user_id,
            site_id=self._upload.site_id,
            study_metadata=_form_of(self._upload, instances),
            status=UploadStatus.PROCESSING,
            stage=Stage.RECEIVED,
            priority=self._upload.priority,
            chunk_size=self._upload.chunk_size,
            chunk_count=0,
            total_bytes=size,
            received_bytes=size,
            first_byte_at=self._upload.first_byte_at,
            split_from=self._upload.id,
            origin=self._upload.origin,
            source=self._upload.source,
            expires_at=self._upload.expires_at,
        )


def _form_of(upload: Upload, instances: Sequence[Instance]) -> dict[str, object]:
    """Return the form, with what the files say about this patient in the place of what it said about both."""
    attributes = instances[0].attributes
    patient: dict[str, object] = {field: attributes.get(word) or None for field, word in OF_THE_PATIENT.items()}
    name = str(patient["patient_name"] or UNKNOWN)[:NAME_LENGTH]
    return {**upload.study_metadata, **patient, "patient_name": name}
