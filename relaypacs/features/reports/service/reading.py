"""Reports, as those who may see them do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.errors import ReportNotFound, ReportPdfNotReady
from relaypacs.features.reports.models import Report
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportView
from relaypacs.features.reports.service.views import READERS, is_told_to, report_view
from relaypacs.infrastructure import Infrastructure


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a report, as they are kept, and since when."""

    version_id: UUID | None  # None: found in a destination
    at: datetime
    blob_key: str
    size: int
    sha256: str


class ReportReader:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def get(self, report_id: UUID, caller: Caller) -> ReportView:
        """Return a report that the caller may see. Raises ReportNotFound for any other.

        A sender sees his own, a radiographer those of the site, radiologists and administrators see all. One with a
        critical result that was not acknowledged in time is for everybody of the site.
        """
        report = await self._find(report_id, caller)
        await self._trail.note_look(Entry(Action.REPORT_VIEWED, caller.actor, "report", str(report_id)))
        async with self._database.read() as session:
            return await report_view(session, report, caller)

    async def require_told(self, report_id: UUID, caller: Caller) -> None:
        """Raise ReportNotFound unless the report is told to the caller (see `is_told_to`)."""
        await self._find(report_id, caller)
        async with self._database.read() as session:
            if not is_told_to(caller, await ReportRepository(session).senders(report_id)):
                raise ReportNotFound("You have sent no part of such a study.")

    async def pdf(
        self, report_id: UUID, version_id: UUID | None, caller: Caller, *, ahead: bool
    ) -> tuple[Pages, AsyncIterator[bytes]]:
        """Return the latest pages, signed here or found in a destination, or those of one version.

        `ahead`: to be kept on the caller's device, and not looked at yet; the audit trail tells the two apart.
        Raises ReportNotFound, ReportPdfNotReady.
        """
        await self._find(report_id, caller)
        async with self._database.read() as session:
            found = await self._pages(ReportRepository(session), report_id)
        if version_id:
            found = [pages for pages in found if pages.version_id == version_id]
        if not found:
            raise ReportPdfNotReady("There is a PDF as soon as the study is reported.")
        latest = max(found, key=lambda pages: pages.at)
        details = {"kept_ahead": True} if ahead else {}
        look = Entry(Action.REPORT_VIEWED, caller.actor, "report", str(report_id), details=details)
        await self._trail.note_look(look)
        return latest, await _begun(self._infrastructure.storage.read(latest.blob_key, 0, latest.size))

    @staticmethod
    async def _pages(repository: ReportRepository, report_id: UUID) -> list[Pages]:
        documents = [
            Pages(None, document.created_at, document.blob_key, document.size, document.sha256)
            for document in await repository.documents(report_id)
        ]
        return documents + [
            Pages(version.id, version.signed_at, version.pdf_key, version.pdf_size, version.pdf_sha256)
            for version in await repository.signed_versions(report_id)
            if version.signed_at and version.pdf_key and version.pdf_size and version.pdf_sha256
        ]

    async def _find(self, report_id: UUID, caller: Caller) -> Report:
        async with self._database.read() as session:
            repository = ReportRepository(session)
            found = await repository.with_study(report_id)
            if found is None or not (
                caller.role in READERS
                or (found[0].site_id == caller.site_id and (caller.role is Role.RADIOGRAPHER or found[0].escalated_at))
                or caller.user_id in await repository.senders(report_id)
            ):
                raise ReportNotFound("There is no such report.")
        return found[0]


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first piece, so that what cannot be read is known while it can still be answered."""
    first = await anext(pieces, b"")

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_them()
