"""The audit trail, as an administrator reads it. Reading it is written down in it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from relaypacs.core.csv_cells import csv_line
from relaypacs.features.admin.schemas import AuditEventView, ExportFormat
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.repository import AuditFilter, AuditRepository
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.audit.service.verify import KnownSeal, Verification, verify_trail
from relaypacs.infrastructure import Infrastructure

EXPORT_PAGE = 500
COLUMNS = tuple(AuditEventView.model_fields)


class AuditReader:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def page(
        self, wanted: AuditFilter, actor: Actor, *, before: int | None, limit: int
    ) -> Sequence[AuditEventView]:
        await self._trail.note_look(Entry(Action.AUDIT_VIEWED, actor, details=_said(wanted)))
        return await self._page(wanted, before, limit)

    async def export(self, wanted: AuditFilter, actor: Actor, form: ExportFormat) -> AsyncIterator[str]:
        """Return the lines of the export, the newest event first. It is written down before the first line leaves."""
        await self._trail.note(Entry(Action.AUDIT_EXPORTED, actor, details=_said(wanted)))
        return self._lines(wanted, form)

    async def _lines(self, wanted: AuditFilter, form: ExportFormat) -> AsyncIterator[str]:
        if form is ExportFormat.CSV:
            yield csv_line(COLUMNS)
        before = None
        while page := await self._page(wanted, before, EXPORT_PAGE):
            for view in page:
                yield _csv(view) if form is ExportFormat.CSV else f"{view.model_dump_json()}\n"
            before = page[-1].position

    async def _page(self, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditEventView]:
        async with self._database.read() as session:
            rows = await AuditRepository(session).page(wanted, before=before, limit=limit)
        return [AuditEventView.of(row) for row in rows]

    async def verify(self, kept: KnownSeal | None = None) -> Verification:
        return await verify_trail(self._database, self._infrastructure.keys.trail, kept)


def _said(wanted: AuditFilter) -> dict[str, str]:
    """Return the filter as it is written down: what was asked for, and nothing of the answer."""
    return {name: str(value) for name, value in asdict(wanted).items() if value is not None}


def _csv(view: AuditEventView) -> str:
    values = view.model_dump(mode="json")
    values["details"] = view.details_line
    return csv_line([values[column] for column in COLUMNS])
