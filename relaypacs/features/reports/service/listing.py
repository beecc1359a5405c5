"""Lists of reports: what is to be read, in the order in which it should be, and what has become of one's studies."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from relaypacs.core.errors import InvalidRequest
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.list_rows import Asked, Extent, Place, ReportListRepository
from relaypacs.features.reports.models import OPEN, Report, ReportStatus
from relaypacs.features.reports.schemas import ReportListQuery, ReportPage, ReportShare, SiteName
from relaypacs.features.reports.service.views import READERS, report_rows
from relaypacs.infrastructure import Infrastructure

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CURSOR = re.compile(r"(?:([0-3])\.([0-9]{1,17})\.)?([0-9a-f]{32})")


class ReportLister:
    """Every list is written down in the audit trail: who asked, and for what."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def page(self, caller: Caller, query: ReportListQuery) -> ReportPage:
        """Return what the caller may see of what is asked for.

        To a radiologist and an administrator it is the worklist, the most urgent first, unless they ask for what is
        read already; to everybody else, and of what one has sent, the newest first. Raises InvalidRequest for a
        cursor of another list.
        """
        extent = extent_of(caller, query)
        by_urgency = caller.role in READERS and extent.sender_id is None and ReportStatus.READY not in query.status
        asked = _asked(extent, query, by_urgency=by_urgency)
        await self._trail.note_look(Entry(Action.REPORTS_LISTED, caller.actor, details=_noted(query)))
        async with self._database.read() as session:
            repository = ReportListRepository(session)
            reports = await (repository.by_urgency(asked) if by_urgency else repository.newest(asked))
            items = await report_rows(session, reports)
        is_full = len(reports) == query.limit
        return ReportPage(items=items, next_cursor=_cursor(reports[-1], by_urgency=by_urgency) if is_full else None)

    async def sites(self) -> list[SiteName]:
        """Return every site, by name: whoever reads does so for all of them."""
        async with self._database.read() as session:
            sites = await IdentityRepository(session).all_sites()
        return [SiteName(id=site.id, name=site.name) for site in sites]


def extent_of(caller: Caller, query: ReportListQuery) -> Extent:
    """Return whose reports the caller sees: who reads sees all, a radiographer the site's, everybody else his own."""
    is_mine = query.share is ReportShare.MINE
    if caller.role is Role.RADIOLOGIST and is_mine:
        return Extent(reader_id=caller.user_id, site_id=query.site_id)
    if caller.role in READERS and not is_mine:
        return Extent(site_id=query.site_id)
    if caller.role is Role.RADIOGRAPHER and not is_mine and query.site_id in (None, caller.site_id):
        return Extent(site_id=caller.site_id)
    return Extent(sender_id=caller.user_id, site_id=query.site_id)


def _asked(extent: Extent, query: ReportListQuery, *, by_urgency: bool) -> Asked:
    statuses = frozenset(query.status) or (frozenset(OPEN) if by_urgency else frozenset())
    if query.share is ReportShare.UNREAD:
        statuses = frozenset({ReportStatus.ASSIGNED})
    return Asked(
        extent=extent,
        limit=query.limit,
        statuses=statuses,
        levels=frozenset(query.service_level),
        modalities=frozenset(query.modality),
        after=_place(query.cursor, by_urgency=by_urgency) if query.cursor else None,
    )


def _cursor(report: Report, *, by_urgency: bool) -> str:
    """Return where the next page begins: all that the order goes by, so that a row that moves breaks no page."""
    due = f"{report.urgency}.{(report.due_at - EPOCH) // MICROSECOND}." if by_urgency else ""
    return f"{due}{report.id.hex}"


def _place(cursor: str, *, by_urgency: bool) -> Place:
    found = CURSOR.fullmatch(cursor)
    if found is None or bool(found[1]) is not by_urgency:
        raise InvalidRequest(
            "The cursor is not one of this list.",
            errors=[{"pointer": "/query/cursor", "detail": "not a next_cursor of this list"}],
        )
    if not by_urgency:
        return Place(UUID(found[3]))
    return Place(UUID(found[3]), int(found[1]), EPOCH + int(found[2]) * MICROSECOND)


def _noted(query: ReportListQuery) -> dict[str, Any]:
    asked = {name: value for name, value in query if value and name not in ("limit", "cursor")}
    return {name: ",".join(sorted(value)) if isinstance(value, list) else str(value) for name, value in asked.items()}
