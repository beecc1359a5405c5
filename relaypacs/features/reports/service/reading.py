"""Reports, as those who may see them do."""

from collections.abc import AsyncIterator
from uuid import UUID

from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.errors import ReportNotFound, ReportPdfNotReady
from relaypacs.features.reports.models import Report, ReportDocument
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportView
from relaypacs.features.reports.service.listing import READERS
from relaypacs.features.reports.service.views import report_view
from relaypacs.infrastructure import Infrastructure


class ReportReader:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def get(self, report_id: UUID, caller: Caller) -> ReportView:
        """Return a report that the caller may see. Raises ReportNotFound for any other.

        A sender sees his own, a radiographer those of the site, radiologists and administrators see all.
        """
        report = await self._find(report_id, caller)
        await self._trail.note_look(Entry(Action.REPORT_VIEWED, caller.actor, "report", str(report_id)))
        async with self._database.read() as session:
            return await report_view(session, report, shows_draft=caller.role in READERS)

    async def pdf(self, report_id: UUID, caller: Caller) -> tuple[ReportDocument, AsyncIterator[bytes]]:
        """Return the report's PDF and its bytes. Raises ReportNotFound, ReportPdfNotReady."""
        await self._find(report_id, caller)
        async with self._database.read() as session:
            documents = await ReportRepository(session).documents(report_id)
        if not documents:
            raise ReportPdfNotReady("There is a PDF as soon as the study is reported.")
        document = documents[0]
        await self._trail.note_look(Entry(Action.REPORT_VIEWED, caller.actor, "report", str(report_id)))
        return document, self._infrastructure.storage.read(document.blob_key, 0, document.size)

    async def _find(self, report_id: UUID, caller: Caller) -> Report:
        async with self._database.read() as session:
            repository = ReportRepository(session)
            found = await repository.with_study(report_id)
            if found is None or not (
                caller.role in READERS
                or (caller.role is Role.RADIOGRAPHER and found[1].site_id == caller.site_id)
                or caller.user_id in await repository.senders(report_id)
            ):
                raise ReportNotFound("There is no such report.")
        return found[0]
