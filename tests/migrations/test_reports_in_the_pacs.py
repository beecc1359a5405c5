"""Uploads on their way lose nothing when reports come to be delivered too, and what was signed before is due then."""

from sqlalchemy import select

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Database
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, Destination, DestinationKind, Outcome
from relaypacs.features.reports.models import Report, ReportVersion, VersionKind
from relaypacs.features.studies.models import Instance, Study
from relaypacs.features.uploads.models import Upload, UploadFile
from relaypacs.migrations.run import migrate
from tests.migrations.test_lists import FORM, fill, instance
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
TEXT = {"findings": "None.", "impression": "", "recommendation": "", "is_critical": False}


async def fill_with_reports(database: Database) -> tuple[Report, Report]:
    """Make deliveries of an upload and of a signed version, and two reports of which one is signed."""
    upload = (await fill(database))[0]
    async with database.write() as session:
        file = (await session.scalars(select(UploadFile))).one()
        study = Study(id=new_id(), site_id=upload.site_id, study_instance_uid="1.2.3", attributes={})
        facts = {"upload_id": upload.id, "study_id": study.id, "site_id": upload.site_id, "urgency": 2}
        reports = [Report(id=new_id(), due_at=now(), form={**FORM, "modality": "CT"}, **facts) for _ in range(2)]
        version = ReportVersion(
            id=new_id(),
            report_id=reports[0].id,
            kind=VersionKind.FINAL,
            author_id=upload.user_id,
            signed_at=now(),
            **TEXT,
        )
        draft = ReportVersion(
            id=new_id(), report_id=reports[1].id, kind=VersionKind.DRAFT, author_id=upload.user_id, **TEXT
        )
        destination = Destination(id=new_id(), name="PACS", kind=DestinationKind.FOLDER, address="/tmp")  # noqa: S108
        pages = instance(file, Verdict.ACCEPTED, "1.2.3", {})
        pages.id, pages.upload_id, pages.file_id, pages.report_version_id = new_id(), None, None, version.id
        place = {"destination_id": destination.id, "priority": 2}
        of_upload = Delivery(id=new_id(), upload_id=upload.id, **place)
        of_version = Delivery(id=new_id(), report_version_id=version.id, **place)
        sent = (await session.scalars(select(Instance).limit(1))).one()
        outcomes = [
            DeliveryInstance(
                delivery_id=of_upload.id, instance_id=sent.id, outcome=Outcome.LISTED, reason="So it said."
            ),
            DeliveryInstance(delivery_id=of_version.id, instance_id=pages.id),
        ]
        for rows in ([study, destination], reports, [version, draft], [pages], [of_upload, of_version], outcomes):
            session.add_all(rows)
            await session.flush()
    return reports[0], reports[1]


async def test_deliveries_of_uploads_outlive_both_ways_and_those_of_reports_are_planned_again(empty: Database) -> None:
    await migrate(empty)
    signed, unsigned = await fill_with_reports(empty)
    async with empty.read() as session:
        before = [row.id for row in await session.scalars(select(Instance).where(Instance.upload_id.is_not(None)))]
    for _ in range(2):
        await on(empty, downgrade_to("0012"))
        await migrate(empty)
    async with empty.read() as session:
        instances = list(await session.scalars(select(Instance).order_by(Instance.id)))
        (delivery,) = list(await session.scalars(select(Delivery)))
        (outcome,) = list(await session.scalars(select(DeliveryInstance)))
        due = {row.id: row.plan_at for row in await session.scalars(select(Report))}
        upload = await session.get(Upload, delivery.upload_id)
    assert [row.id for row in instances] == sorted(before)
    assert {row.report_version_id for row in instances} == {delivery.report_version_id} == {None}
    assert upload is not None
    assert (outcome.delivery_id, outcome.instance_id) == (delivery.id, instances[0].id)
    assert (outcome.outcome, outcome.reason) == (Outcome.LISTED, "So it said.")
    assert due[signed.id] is not None
    assert due[unsigned.id] is None
