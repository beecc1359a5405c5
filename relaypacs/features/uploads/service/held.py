"""What a person has to decide about a held upload."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.studies.models import Instance
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.schemas import HeldConflict, HeldContent, HeldPatient, HeldView
from relaypacs.features.uploads.service.judge import by_patient, conflicting_uids, conflicting_with

CONFLICTS_SHOWN = 100


async def held_view(session: AsyncSession, upload: Upload) -> HeldView:
    """Return the patients, where there are several, and what stands under one SOPInstanceUID.

    The patient of the most instances comes first: mostly the other one is who does not belong there.
    """
    instances = [i for i in await StudyRepository(session).instances_of(upload.id) if i.is_acceptable]
    earlier = await UploadRepository(session).earlier_instances(upload, {i.sop_instance_uid for i in instances})
    uids = conflicting_uids(instances) | conflicting_with(instances, earlier)
    patients = [_patient(key, own) for key, own in by_patient(instances).items()]
    return HeldView(
        patients=sorted(patients, key=_most_first) if len(patients) > 1 else [],
        conflicts=_conflicts(sorted(uids)[:CONFLICTS_SHOWN], instances, earlier),
        conflict_count=len(uids),
    )


def _patient(key: str, instances: Sequence[Instance]) -> HeldPatient:
    attributes = instances[0].attributes
    return HeldPatient(
        key=key,
        patient_name=attributes.get("PatientName", ""),
        patient_id=attributes.get("PatientID", ""),
        patient_birth_date=attributes.get("PatientBirthDate", ""),
        instances=len(instances),
    )


def _most_first(patient: HeldPatient) -> tuple[int, str, str]:
    return -patient.instances, patient.patient_name, patient.patient_id


def _conflicts(uids: Sequence[str], instances: Sequence[Instance], earlier: Sequence[Instance]) -> list[HeldConflict]:
    contents: defaultdict[str, dict[str, HeldContent]] = defaultdict(dict)
    for instance, is_earlier in [(i, False) for i in instances] + [(i, True) for i in earlier]:
        contents[instance.sop_instance_uid].setdefault(
            instance.sha256,
            HeldContent(
                sha256=instance.sha256,
                file_name=instance.file_name,
                member=instance.member,
                earlier_upload=instance.upload_id if is_earlier else None,
            ),
        )
    return [HeldConflict(sop_instance_uid=uid, contents=list(contents[uid].values())) for uid in uids]
