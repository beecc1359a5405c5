"""Reports from before there was a worklist have their place in it; the way down loses none of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Database
from relaypacs.features.identity.models import Role, Site, User
from relaypacs.features.reports.models import Report, ReportDocument, ReportSender, ReportStatus
from relaypacs.features.studies.models import ModalityGroup, Study
from relaypacs.features.uploads.models import Stage, Upload, UploadFile
from relaypacs.migrations.run import migrate
from tests.migrations.test_lists import instance
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
OPENED = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
FOUND = OPENED + timedelta(hours=5)
FORM = {"patient_name": "DOE^J", "study_date": "20240229", "clinical_history": "Pain."}


async def fill(database: Database) -> Sequence[Report]:
    """Make a report that was found, and one that is still to be written."""
    site = Site(id=new_id(), name="Main site")
    user = User(id=new_id(), site_id=site.id, username="rosa", password_hash="x", role=Role.CLINICIAN)
    size = {"chunk_size": 1, "chunk_count": 1, "total_bytes": 1, "expires_at": now(), "created_at": OPENED}
    uploads = [
        Upload(
            id=new_id(), user_id=user.id, site_id=site.id, priority=0, stage=stage, **size,
            study_metadata={**FORM, "modality": modality, "service_level": level},
        )
        for modality, level, stage in (
            ("MRI", "stat", Stage.VERIFIED), ("DX", "routine", Stage.VERIFIED), ("DX", "routine", Stage.DELIVERING),
        )
    ]  # fmt: skip
    studies = [Study(id=new_id(), site_id=site.id, study_instance_uid=f"1.{n}", attributes={}) for n in (1, 2)]
    files = [
        UploadFile(id=new_id(), upload_id=upload.id, ordinal=0, file_id="a", name="a", size=1, chunk_count=1)
        for upload in uploads
    ]
    instances = []
    for file, study, uid, verdict in (
        (files[0], studies[0], "1.1.1", Verdict.ACCEPTED),
        (files[1], studies[1], "1.2.1", Verdict.ACCEPTED),
        (files[2], studies[1], "1.2.1", Verdict.ACCEPTED),
        (files[2], studies[1], "1.2.2", Verdict.WARNING),
        (files[2], studies[1], "1.2.3", Verdict.REJECTED),
    ):
        row = instance(file, verdict, study.study_instance_uid, {})
        row.study_id, row.sop_instance_uid = study.id, uid
        instances.append(row)
    reports = [
        Report(id=new_id(), upload_id=upload.id, study_id=study.id, status=status, site_id=site.id, urgency=0,
               due_at=OPENED, form={}, updated_at=FOUND)
        for upload, study, status in (
            (uploads[0], studies[0], ReportStatus.READY), (uploads[1], studies[1], ReportStatus.ASSIGNED),
        )
    ]  # fmt: skip
    senders = [ReportSender(upload_id=r.upload_id, report_id=r.id, user_id=user.id) for r in reports]
    document = ReportDocument(
        report_id=reports[0].id,
        sop_instance_uid="1.9",
        sop_class_uid="1.8",
        blob_key="k",
        size=1,
        sha256="",
        created_at=FOUND,
    )
    async with database.write() as session:
        for rows in ([site], [user], uploads, files, studies, instances, reports, senders, [document]):
            session.add_all(rows)
            await session.flush()
    return reports


async def test_reports_that_were_there_have_their_place(empty: Database) -> None:
    await migrate(empty)
    reports = await fill(empty)
    for _ in range(2):
        await on(empty, downgrade_to("0007"))
        await migrate(empty)
    async with empty.read() as session:
        read, waiting = list(await session.scalars(select(Report).order_by(Report.id)))
        assert [row.report_id for row in await session.scalars(select(ReportDocument))] == [reports[0].id]
        senders = list(await session.scalars(select(ReportSender)))
    assert {(row.upload_id, row.report_id) for row in senders} == {(r.upload_id, r.id) for r in reports}
    facets = {report.id: (report.status, report.urgency, report.modality_group) for report in (read, waiting)}
    assert {row.report_id: (row.status, row.urgency, row.modality_group) for row in senders} == facets
    assert [read.id, waiting.id] == [report.id for report in reports]
    assert {read.site_id, waiting.site_id} == {reports[0].site_id}
    assert (read.urgency, read.due_at, read.reported_at) == (0, OPENED + timedelta(hours=1), FOUND)
    assert (waiting.urgency, waiting.due_at, waiting.reported_at) == (2, OPENED + timedelta(days=1), None)
    assert (read.modality_group, waiting.modality_group) == (ModalityGroup.MR, ModalityGroup.XR)
    assert (read.images_expected, read.images_verified) == (1, 1)
    assert (waiting.images_expected, waiting.images_verified) == (2, 1)
    assert waiting.form["clinical_history"] == "Pain."


async def test_the_way_down_also_leads_from_a_study_that_somebody_has_open(empty: Database) -> None:
    await migrate(empty)
    reports = await fill(empty)
    async with empty.write() as session:
        reader = await session.scalar(select(User.id))
        await session.execute(update(Report).values(locked_by=reader, locked_until=now(), radiologist_id=reader))
    await on(empty, downgrade_to("0007"))
    await migrate(empty)
    async with empty.read() as session:
        found = list(await session.scalars(select(Report).order_by(Report.id)))
    assert [(report.locked_by, report.radiologist_id) for report in found] == [(None, reader)] * len(reports)
