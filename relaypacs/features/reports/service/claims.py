"""Who reads which study: a radiologist claims it by opening it, and keeps it as long as something is heard of him.

The claim is a lease in the report's row. It keeps colleagues from reading one study twice; that nobody writes over
what another has written is for the revision of the text to see.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.service import worklist_changed
from relaypacs.features.reports.errors import ReportFinished, ReportLocked, ReportNotFound
from relaypacs.features.reports.models import Report, ReportStatus
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportView
from relaypacs.features.reports.service.views import report_view
from relaypacs.infrastructure import Infrastructure


class Claims:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def claim(self, report_id: UUID, caller: Caller, *, take_over: bool) -> ReportView:
        """Open a study, or keep it open. An administrator may take it from who has it, if he says so.

        He does not read: what he has taken is nobody's until he releases it. Raises ReportNotFound, ReportFinished,
        ReportLocked.
        """
        async with self._database.write() as session:
            report = await locked_report(session, report_id)
            is_begun = await ReportRepository(session).draft(report_id) is not None
            if report.status is ReportStatus.READY and not is_begun:
                raise ReportFinished("This study has been read.")
            before = report.holder(now())
            if not (take_over and caller.role is Role.ADMIN):
                await refuse_others(session, report, caller)
            keep_open(self._infrastructure, report, caller)
            if caller.role is Role.RADIOLOGIST:
                report.radiologist_id = caller.user_id
                report.status = ReportStatus.PENDING if report.status is ReportStatus.ASSIGNED else report.status
            if before != caller.user_id:
                details = {"taken_from": str(before)} if before else {}
                entry = Entry(Action.REPORT_CLAIMED, caller.actor, "report", str(report_id), details=details)
                self._trail.record(session, entry)
                worklist_changed(session, self._infrastructure.events)
            await session.flush()
            return await report_view(session, report, caller)

    async def release(self, report_id: UUID, caller: Caller) -> ReportView:
        """Let go of a study that the caller has open; once more does nothing. It waits for anybody again.

        Where something is written already, it stays his who wrote it until somebody else opens it.
        Raises ReportNotFound, ReportLocked when somebody else has it open.
        """
        async with self._database.write() as session:
            report = await locked_report(session, report_id)
            await refuse_others(session, report, caller)
            if report.locked_by == caller.user_id:
                report.unlock()
                if report.status is ReportStatus.PENDING and not await ReportRepository(session).draft(report_id):
                    report.status, report.radiologist_id = ReportStatus.ASSIGNED, None
                self._trail.record(session, Entry(Action.REPORT_RELEASED, caller.actor, "report", str(report_id)))
                worklist_changed(session, self._infrastructure.events)
            await session.flush()
            return await report_view(session, report, caller)


async def give_back(infrastructure: Infrastructure) -> None:
    """Let everybody have what somebody has opened and left."""
    async with infrastructure.database.write() as session:
        if await ReportRepository(session).give_back(now()):
            worklist_changed(session, infrastructure.events)


async def locked_report(session: AsyncSession, report_id: UUID) -> Report:
    """Return a report whose row nobody else changes until the transaction ends. Raises ReportNotFound."""
    report = await ReportRepository(session).lock(report_id)
    if report is None:
        raise ReportNotFound("There is no such report.")
    return report


async def refuse_others(session: AsyncSession, report: Report, caller: Caller) -> None:
    """Raise ReportLocked, with who it is, when somebody else than the caller has the study open."""
    holder = report.holder(now())
    if holder is None or holder == caller.user_id:
        return
    name = (await IdentityRepository(session).names([holder]))[holder]
    until = report.locked_until.isoformat() if report.locked_until else ""
    raise ReportLocked(f"{name} has it open.", locked_by=name, locked_until=until)


def keep_open(infrastructure: Infrastructure, report: Report, caller: Caller) -> None:
    """Have the caller hold the study for as long as the settings say from now on."""
    report.locked_by = caller.user_id
    report.locked_until = now() + timedelta(minutes=infrastructure.settings.report_lock)
