"""Opens reports for studies that have arrived."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.reports.models import Report, ReportSender
from relaypacs.features.reports.repository import ReportRepository


async def assign_report(
    session: AsyncSession,
    trail: AuditTrail,
    *,
    study_id: UUID,
    upload_id: UUID,
    sender_id: UUID,
    pacs_receipt_id: str,
) -> Report:
    """Return the study's open report, made when there is none; the sender is among those who wait for it.

    The caller holds the study's lock, so that two uploads of one study never open two reports.
    """
    repository = ReportRepository(session)
    report = await repository.open_report(study_id)
    if report is None:
        report = Report(study_id=study_id, upload_id=upload_id, pacs_receipt_id=pacs_receipt_id)
        await repository.add(report)
        trail.record(session, Entry(Action.REPORT_ASSIGNED, SYSTEM, "report", str(report.id)))
    await repository.add(ReportSender(upload_id=upload_id, report_id=report.id, user_id=sender_id))
    return report
