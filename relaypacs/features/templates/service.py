"""Templates of reports: everybody who reads has his own, and uses those that colleagues share."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.conditional import require_match
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.templates.errors import TemplateNameTaken, TemplateNotFound, TooManyTemplates
from relaypacs.features.templates.models import ReportTemplate
from relaypacs.features.templates.repository import TemplateRepository
from relaypacs.features.templates.schemas import TemplateChange, TemplateList, TemplateNew, TemplateView
from relaypacs.infrastructure import Infrastructure

MAX_OF_ONE = 200
LISTED = 500
NAME_TAKEN = "A template of this name exists."
OF_ROW = tuple(name for name in TemplateView.model_fields if name not in ("is_mine", "owner"))


class Templates:
    """What is done with shared ones is written down: others rely on them."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def best(self, caller: Caller, modality: str | None, body_part: str | None) -> TemplateList:
        """Return what the caller may use, best first, for a study of this modality and body part."""
        group = ModalityGroup.of(modality.strip().upper()) if modality else None
        part = body_part.strip().upper() if body_part else None
        async with self._database.read() as session:
            rows = await TemplateRepository(session).best(caller.user_id, group, part, LISTED)
            names = await IdentityRepository(session).names({row.owner_id for row in rows})
        return TemplateList(items=[_view(row, names[row.owner_id], caller) for row in rows])

    async def create(self, wanted: TemplateNew, caller: Caller) -> TemplateView:
        """Keep a template of the caller's own. Raises TooManyTemplates, TemplateNameTaken."""
        template = ReportTemplate(owner_id=caller.user_id, **wanted.model_dump())
        try:
            async with self._database.write() as session:
                await IdentityRepository(session).lock_user(caller.user_id)  # two at once count one after the other
                repository = TemplateRepository(session)
                if await repository.count_of(caller.user_id) >= MAX_OF_ONE:
                    raise TooManyTemplates(f"You have {MAX_OF_ONE} templates. Delete one that you do not need.")
                await repository.add(template)
                self._note(session, template, caller, was_shared=False, is_shared=template.is_shared)
                return await _shown(session, template, caller)
        except IntegrityError as error:
            raise TemplateNameTaken(NAME_TAKEN) from error

    async def change(
        self, template_id: UUID, change: TemplateChange, if_match: str | None, caller: Caller
    ) -> TemplateView:
        """Change what is named. Raises TemplateNotFound, StaleEdit, TemplateNameTaken."""
        try:
            async with self._database.write() as session:
                template = await _changeable(session, template_id, if_match, caller)
                was_shared = template.is_shared
                for name in change.model_fields_set:
                    setattr(template, name, getattr(change, name))
                template.revision += 1
                await session.flush()
                self._note(session, template, caller, was_shared=was_shared, is_shared=template.is_shared)
                return await _shown(session, template, caller)
        except IntegrityError as error:
            raise TemplateNameTaken(NAME_TAKEN) from error

    async def delete(self, template_id: UUID, if_match: str | None, caller: Caller) -> None:
        """Delete it. Raises TemplateNotFound, StaleEdit."""
        async with self._database.write() as session:
            template = await _changeable(session, template_id, if_match, caller)
            self._note(session, template, caller, was_shared=template.is_shared, is_shared=False)
            await TemplateRepository(session).remove(template)

    def _note(
        self, session: AsyncSession, template: ReportTemplate, caller: Caller, *, was_shared: bool, is_shared: bool
    ) -> None:
        action = {
            (False, True): Action.TEMPLATE_SHARED,
            (True, True): Action.TEMPLATE_CHANGED,
            (True, False): Action.TEMPLATE_WITHDRAWN,
        }.get((was_shared, is_shared))
        if action:
            details = {"owner": str(template.owner_id)}
            self._trail.record(session, Entry(action, caller.actor, "template", str(template.id), details=details))


async def _changeable(session: AsyncSession, template_id: UUID, if_match: str | None, caller: Caller) -> ReportTemplate:
    """Return a template that the caller may change, locked. Raises TemplateNotFound, StaleEdit."""
    template = await TemplateRepository(session).lock(template_id)
    if template is None or not (
        template.owner_id == caller.user_id or (caller.role is Role.ADMIN and template.is_shared)
    ):
        raise TemplateNotFound("There is no such template of yours.")
    require_match(if_match, template.revision)
    return template


async def _shown(session: AsyncSession, template: ReportTemplate, caller: Caller) -> TemplateView:
    names = await IdentityRepository(session).names([template.owner_id])
    return _view(template, names[template.owner_id], caller)


def _view(template: ReportTemplate, owner: str, caller: Caller) -> TemplateView:
    facts = {name: getattr(template, name) for name in OF_ROW}
    return TemplateView(**facts, owner=owner, is_mine=template.owner_id == caller.user_id)
