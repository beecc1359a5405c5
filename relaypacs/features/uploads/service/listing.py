"""Lists of uploads: what somebody may see, narrowed to what he asks for."""

from datetime import datetime
from typing import Any

from relaypacs.core.clock import first_id_at
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.uploads.asked import Asked, Extent, Facets, Word
from relaypacs.features.uploads.list_rows import ListRepository
from relaypacs.features.uploads.list_schemas import IDENTIFYING, UploadFilters, UploadSearch
from relaypacs.features.uploads.schemas import UploadPage
from relaypacs.features.uploads.service.status import upload_views
from relaypacs.features.uploads.words import study_word, words_in
from relaypacs.infrastructure import Infrastructure

MOST_WORDS = 8


class UploadLister:
    """Every list is written down in the audit trail: who asked, and for what, without a word about a patient."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def page(self, caller: Caller, query: UploadFilters) -> UploadPage:
        """Return what the caller may see of what is asked for, the newest first."""
        await self._trail.note_look(Entry(Action.UPLOADS_LISTED, caller.actor, details=_noted(query)))
        words = _words(query)
        if words is None:
            return UploadPage(items=[], next_cursor=None)
        async with self._database.read() as session:
            uploads = await ListRepository(session).page(_asked(caller, query, words))
            items = await upload_views(session, uploads)
        return UploadPage(items=items, next_cursor=str(uploads[-1].id) if len(uploads) == query.limit else None)


def extent_of(caller: Caller, *, mine: bool) -> Extent:
    """Return whose uploads the caller sees: an admin all, a radiographer those of the site, everybody his own."""
    if caller.role is Role.ADMIN and not mine:
        return Extent()
    if caller.role is Role.RADIOGRAPHER and not mine:
        return Extent(site_id=caller.site_id)
    return Extent(user_id=caller.user_id)


def _words(query: UploadFilters) -> tuple[Word, ...] | None:
    """Return the words that are searched for; None for a search in which there is no letter and no digit."""
    if not isinstance(query, UploadSearch):
        return ()
    study = [Word(study_word(query.study_instance_uid), is_whole=True)] if query.study_instance_uid else []
    beginnings = words_in(query.q or "")
    if query.q and query.q.strip() and not beginnings:
        return None
    return (*study, *(Word(text) for text in dict.fromkeys(beginnings[:MOST_WORDS])))


def _asked(caller: Caller, query: UploadFilters, words: tuple[Word, ...]) -> Asked:
    bounds = [first_id_at(query.created_to)] if query.created_to else []
    bounds += [query.cursor] if query.cursor else []
    return Asked(
        extent=extent_of(caller, mine=query.mine),
        limit=query.limit,
        facets=Facets(
            statuses=frozenset(query.status),
            stages=frozenset(query.stage),
            levels=frozenset(query.service_level),
            modalities=frozenset(ModalityGroup.of(term) for term in query.modality),
        ),
        words=words,
        since=first_id_at(query.created_from) if query.created_from else None,
        before=min(bounds, default=None),
    )


def _noted(query: UploadFilters) -> dict[str, Any]:
    """Return what was asked for, but of what identifies a patient only that it was asked for."""
    asked = {name: value for name, value in query if value and name not in ("limit", *IDENTIFYING)}
    by = [name for name in IDENTIFYING if getattr(query, name, None)]
    return {name: _plain(value) for name, value in asked.items()} | ({"searched_by": ",".join(by)} if by else {})


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(sorted(value))
    return value.isoformat() if isinstance(value, datetime) else str(value)
