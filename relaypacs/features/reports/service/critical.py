"""Critical results: who has sent the study says that he knows, and if nobody does, others of the site are told."""

from datetime import timedelta
from uuid import UUID

import structlog

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, worklist_changed
from relaypacs.features.reports.errors import NothingToAcknowledge
from relaypacs.features.reports.models import Acknowledgement, AcknowledgementWay
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportView
from relaypacs.features.reports.service.claims import locked_report
from relaypacs.features.reports.service.views import report_view
from relaypacs.infrastructure import Infrastructure

AT_ONCE = 50
OF_THE_SITE = (Role.CLINICIAN, Role.RADIOGRAPHER)
ESCALATED = "A critical result of your site has not been acknowledged. Read it now."
log = structlog.get_logger(__name__)


class CriticalResults:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._events = infrastructure.events
        self._trail = AuditTrail(infrastructure)

    async def acknowledge(self, report_id: UUID, way: AcknowledgementWay, caller: Caller) -> ReportView:
        """Write down that the caller, who may see the report, knows of the critical result that was signed last.

        Once more changes nothing: who was first has acknowledged it. Raises ReportNotFound, NothingToAcknowledge.
        """
        async with self._database.write() as session:
            report = await locked_report(session, report_id)
            repository = ReportRepository(session)
            version = await repository.last_critical(report_id)
            if version is None or not report.is_critical:
                raise NothingToAcknowledge("No critical result was reported.")
            if report.critical_since:
                report.critical_since = None
                await repository.add(
                    Acknowledgement(report_id=report_id, version_id=version.id, user_id=caller.user_id, how=way)
                )
                details = {"how": way.value, "version_id": str(version.id)}
                entry = Entry(Action.REPORT_ACKNOWLEDGED, caller.actor, "report", str(report_id), details=details)
                self._trail.record(session, entry)
                worklist_changed(session, self._events)
            await session.flush()
            return await report_view(session, report, caller)


async def escalate(infrastructure: Infrastructure) -> None:
    """Tell others of the site of critical results that nobody has acknowledged in time; once for each."""
    before = now() - timedelta(minutes=infrastructure.settings.critical_escalation)
    async with infrastructure.database.read() as session:
        due = await ReportRepository(session).to_escalate(before, AT_ONCE)
    for report_id in due:
        await _escalate(infrastructure, report_id)


async def _escalate(infrastructure: Infrastructure, report_id: UUID) -> None:
    async with infrastructure.database.write() as session:
        report = await locked_report(session, report_id)
        if report.critical_since is None or report.escalated_at:
            return
        report.escalated_at = now()
        people = set(await IdentityRepository(session).active_at_site(report.site_id, OF_THE_SITE))
        people |= await ReportRepository(session).senders(report_id)
        for user_id in sorted(people):
            await notify(
                session,
                infrastructure,
                user_id,
                kind=NotificationType.CRITICAL_RESULT,
                message=ESCALATED,
                related_id=report_id,
            )
        entry = Entry(Action.REPORT_ESCALATED, SYSTEM, "report", str(report_id), details={"people": len(people)})
        AuditTrail(infrastructure).record(session, entry)
    log.info("critical_result_escalated", report_id=str(report_id), count=len(people))
