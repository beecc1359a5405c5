"""Takes a report that was written elsewhere: the study is read, and its senders are told."""

import hashlib
from uuid import UUID

import structlog

from relaypacs.adapters.storage.sealed import sealed_name
from relaypacs.core.clock import new_id, now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, worklist_changed
from relaypacs.features.reports.metrics import count_ready
from relaypacs.features.reports.models import ReportDocument, ReportStatus
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.service.assign import turnaround
from relaypacs.features.reports.service.views import pdf_address
from relaypacs.infrastructure import Infrastructure

log = structlog.get_logger(__name__)


async def take_document(
    infrastructure: Infrastructure, report_id: UUID, *, sop_instance_uid: str, sop_class_uid: str, pdf: bytes
) -> None:
    """Keep the PDF, and make the report ready. The file is durable before the row that speaks of it."""
    document = ReportDocument(
        id=new_id(),
        report_id=report_id,
        sop_instance_uid=sop_instance_uid,
        sop_class_uid=sop_class_uid,
        size=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
    )
    document.blob_key = sealed_name(f"report-{report_id}/{document.id}", infrastructure.sealed_by)
    await infrastructure.storage.write(document.blob_key, 0, pdf)
    async with infrastructure.database.write() as session:
        repository = ReportRepository(session)
        report = await repository.lock(report_id)
        if report is None or await repository.known_documents(report_id, [sop_instance_uid]):
            return
        await repository.add(document)
        report.status, report.pdf_url = ReportStatus.READY, pdf_address(report_id)
        if report.reported_at is None:
            report.reported_at = now()
            count_ready(session, report, turnaround(infrastructure.settings, report.service_level))
        if await repository.draft(report_id) is None:
            report.unlock()  # else whoever is writing may finish what he has begun
        entry = Entry(Action.REPORT_FOUND, SYSTEM, "report", str(report_id))
        AuditTrail(infrastructure).record(session, entry)
        worklist_changed(session, infrastructure.events)
        for user_id in await repository.senders(report_id):
            await notify(
                session,
                infrastructure,
                user_id,
                kind=NotificationType.REPORT_READY,
                message="The report on a study is ready.",
                related_id=report_id,
            )
    log.info("report_found", report_id=str(report_id))
