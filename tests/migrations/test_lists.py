"""Uploads from before there were lists with filters are found like all others; the way down loses none of them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from relaypacs.adapters.dicom.base import Encoding, Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Database
from relaypacs.features.identity.models import Role, Site, User
from relaypacs.features.studies.models import Instance, ModalityGroup
from relaypacs.features.uploads.models import CheckState, Upload, UploadFile, UploadWord
from relaypacs.features.uploads.word_rows import epoch_of
from relaypacs.migrations.run import migrate
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
FORM = {"study_date": "20240229", "service_level": "routine"}
OF_FILES = [
    (Verdict.ACCEPTED, "1.2.3", {"PatientName": "Doe^Jané", "PatientID": "7-7"}),
    (Verdict.ACCEPTED, "1.2.3", {"PatientName": "Doe^Jané", "PatientID": "7-7"}),
    (Verdict.REJECTED, "1.2.4", {"PatientName": "Refused^Rita"}),
]


def instance(file: UploadFile, verdict: Verdict, study: str, attributes: dict[str, str]) -> Instance:
    uids = dict.fromkeys(("series_instance_uid", "sop_instance_uid", "sop_class_uid", "transfer_syntax_uid"), "1.2")
    place = {"blob_key": file.blob_key, "file_name": file.name, "offset": 0, "length": 1, "size": 1}
    return Instance(
        upload_id=file.upload_id,
        file_id=file.id,
        encoding=Encoding.STORED,
        neutralise_preamble=False,
        study_instance_uid=study,
        sha256="",
        pixel_sha256="",
        attributes=attributes,
        verdict=verdict,
        reasons=[],
        **uids,
        **place,
    )


async def fill(database: Database) -> Sequence[Upload]:
    """Make an upload with instances, and two without."""
    site = Site(id=new_id(), name="Main site")
    user = User(id=new_id(), site_id=site.id, username="rosa", password_hash="x", role=Role.CLINICIAN)
    forms = [
        {"patient_name": "DOE^J", "modality": "MRI", "accession_number": "A1", **FORM},
        {"patient_name": "山田^太郎", "modality": "DX", **FORM},
        {"patient_name": "UNKNOWN", "modality": "SR", **FORM},
    ]
    size = {"priority": 2, "chunk_size": 1, "chunk_count": 1, "total_bytes": 1, "expires_at": now() + timedelta(1)}
    uploads = [Upload(id=new_id(), user_id=user.id, site_id=site.id, study_metadata=form, **size) for form in forms]
    file = UploadFile(
        id=new_id(), upload_id=uploads[0].id, ordinal=0, file_id="a", name="a", size=1, chunk_count=1,
        check_state=CheckState.DONE,
    )  # fmt: skip
    async with database.write() as session:
        for rows in ([site], [user], uploads, [file], [instance(file, *facts) for facts in OF_FILES]):
            session.add_all(rows)
            await session.flush()
    return uploads


async def test_uploads_that_were_there_are_found_by_form_and_files(empty: Database) -> None:
    await migrate(empty)
    uploads = await fill(empty)
    await on(empty, downgrade_to("0006"))
    await migrate(empty)
    async with empty.read() as session:
        found = list(await session.scalars(select(Upload).order_by(Upload.id)))
        words = list(await session.scalars(select(UploadWord)))
    assert [(upload.id, upload.study_metadata) for upload in found] == [(u.id, u.study_metadata) for u in uploads]
    assert [upload.modality_group for upload in found] == [ModalityGroup.MR, ModalityGroup.XR, ModalityGroup.OTHER]
    assert {row.word for row in words if row.upload_id == uploads[0].id} == {
        *("doe", "j", "a1"),
        *("jane", "7", "77", "uid:1.2.3"),
    }
    assert {row.word for row in words if row.upload_id == uploads[1].id} == {"山田", "太郎"}
    for row in words:
        assert (row.epoch, row.user_id, row.site_id) == (epoch_of(row.upload_id), found[0].user_id, found[0].site_id)


async def test_the_way_down_also_leads_from_uploads_that_were_changed_since(empty: Database) -> None:
    await migrate(empty)
    await fill(empty)
    async with empty.write() as session:
        await session.execute(update(Upload).values(modality_group=ModalityGroup.NM))
    for _ in range(2):
        await on(empty, downgrade_to("0006"))
        await migrate(empty)
    async with empty.read() as session:
        groups = list(await session.scalars(select(Upload.modality_group).order_by(Upload.id)))
    assert groups == [ModalityGroup.MR, ModalityGroup.XR, ModalityGroup.OTHER]
