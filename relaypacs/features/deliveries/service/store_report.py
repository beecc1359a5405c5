"""Puts what was signed of a report on its way to every destination that has the study.

    signed version -> instance: its pages encapsulated, kept, inspected as any file -> a delivery to each destination

Signing only notes that this is due. From its delivery on a report is what an upload is: sent, retried, compared and
read back by the same code.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.encapsulated import encapsulate_pdf
from relaypacs.adapters.storage.sealed import sealed_name
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import after_commit
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance
from relaypacs.features.deliveries.report_rows import ReportDeliveryRepository
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.reports.models import Report, ReportVersion
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.service.encapsulation import version_document
from relaypacs.features.studies.models import Instance, Study
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.infrastructure import Infrastructure

AT_ONCE = 100
PAUSE = timedelta(minutes=1)  # after a fault of our own


class NotAnInstance(Exception):
    """Our own check refuses what was made of a report's pages."""


async def store_report(infrastructure: Infrastructure, report_id: UUID) -> None:
    """Plan what is due of one report; nothing when it is planned already."""
    try:
        await _StoreReport(infrastructure, report_id).run()
    except Exception:
        async with infrastructure.database.write() as session:
            await ReportRepository(session).postpone_plan(report_id, now() + PAUSE)
        raise


async def due_reports(infrastructure: Infrastructure) -> Sequence[UUID]:
    async with infrastructure.database.read() as session:
        return await ReportRepository(session).to_plan(now(), AT_ONCE)


class _StoreReport:
    def __init__(self, infrastructure: Infrastructure, report_id: UUID) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._storage = infrastructure.storage
        self._report_id = report_id

    async def run(self) -> None:
        async with self._database.read() as session:
            found = await ReportRepository(session).with_study(self._report_id)
            if found is None or found[0].plan_at is None:
                return
            versions, instances = await self._signed(session)
        for version in versions:
            if version.id not in instances:
                await self._keep(await self._made(version, found[1]))
        async with self._database.write() as session:
            report = await ReportRepository(session).lock(self._report_id)
            if report and report.plan_at:
                await self._plan(session, report)

    async def _signed(self, session: AsyncSession) -> tuple[Sequence[ReportVersion], dict[UUID, UUID]]:
        """Return what was signed, the earliest first, and the instances that were made of it."""
        signed = reversed(await ReportRepository(session).signed_versions(self._report_id))
        versions = [version for version in signed if version.pdf_key]
        return versions, await StudyRepository(session).instances_of_versions([version.id for version in versions])

    async def _made(self, version: ReportVersion, study: Study) -> Instance:
        """Return the instance of a version, durable as a file, and no row yet.

        Its key says what is in it: whoever makes it once more writes the same bytes there, or elsewhere.
        """
        async with self._database.read() as session:
            earlier = await ReportRepository(session).signed_before(version, study.study_instance_uid)
        pdf = b"".join([piece async for piece in self._storage.read(version.pdf_key or "", 0, version.pdf_size or 0)])
        gateway = self._infrastructure.keys.published.gateway
        content = encapsulate_pdf(version_document(version, study, pdf, gateway=gateway, number=earlier + 1))
        name = f"report-{version.report_id}/{version.id}-{hashlib.sha256(content).hexdigest()[:12]}"
        key = sealed_name(name, self._infrastructure.sealed_by)
        await self._storage.write(key, 0, content)
        async with self._storage.blob(key) as blob:
            found = await self._infrastructure.inspector.inspect(blob)
        if len(found.instances) != 1:
            raise NotAnInstance
        instance = Instance.of(
            found.instances[0], blob_key=key, file_name=f"{version.kind.value}.dcm", report_version_id=version.id
        )
        if not instance.is_acceptable:
            raise NotAnInstance(instance.reasons[0]["code"])
        instance.study_id = study.id
        return instance

    async def _keep(self, instance: Instance) -> None:
        """Make the row, unless somebody else was quicker."""
        async with self._database.write() as session:
            await ReportRepository(session).lock(self._report_id)
            _, instances = await self._signed(session)
            if instance.report_version_id not in instances:
                await StudyRepository(session).add(instance)

    async def _plan(self, session: AsyncSession, report: Report) -> None:
        """Make the deliveries that there are none of yet. What was signed meanwhile stays due."""
        repository = ReportDeliveryRepository(session)
        versions, instances = await self._signed(session)
        planned = await repository.planned([version.id for version in versions])
        for destination_id in await repository.destinations_of(report.study_id):
            for version in versions:
                if version.id in instances and (version.id, destination_id) not in planned:
                    await _deliver(session, version, instances[version.id], destination_id, report.urgency)
            after_commit(session, partial(self._infrastructure.wakeups.wake, Task.DELIVER, destination_id))
        if len(instances) == len(versions):
            await ReportRepository(session).note_planned(report.id)


async def _deliver(
    session: AsyncSession, version: ReportVersion, instance_id: UUID, destination_id: UUID, priority: int
) -> None:
    delivery = Delivery(id=new_id(), report_version_id=version.id, destination_id=destination_id, priority=priority)
    repository = DeliveryRepository(session)
    await repository.add(delivery)
    await repository.add(DeliveryInstance(delivery_id=delivery.id, instance_id=instance_id))
