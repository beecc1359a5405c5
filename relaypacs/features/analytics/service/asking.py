"""Whose numbers somebody gets: by his role, and by the filters that it has."""

from dataclasses import dataclass
from uuid import UUID

from relaypacs.core.database import Database
from relaypacs.features.analytics.errors import StatsFilterNotFound
from relaypacs.features.analytics.models import NOBODY, Kind
from relaypacs.features.analytics.schemas import Period, Scope, StatsQuery
from relaypacs.features.analytics.subjects import Subject
from relaypacs.features.identity.errors import RoleForbidden
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller

SCOPE_OF = {
    Role.CLINICIAN: Scope.OWN,
    Role.RADIOGRAPHER: Scope.SITE,
    Role.RADIOLOGIST: Scope.READING,
    Role.ADMIN: Scope.ALL,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose numbers somebody may see and wants to, and of which period."""

    role: Role
    subject: Subject
    period: Period

    @property
    def scope(self) -> Scope:
        return SCOPE_OF[self.role]

    def cache_key(self, what: str) -> str:
        """Return the key of an answer: two who share it may see the same."""
        subject = f"{self.subject.kind.value}.{self.subject.subject_id}.{self.subject.site_id}"
        return f"stats:{self.role.value}:{self.scope.value}.{subject}:{self.period.value}:{what}"


async def asked_by(database: Database, caller: Caller, query: StatsQuery) -> Asked:
    """Return what is to be counted.

    Raises RoleForbidden for a filter that the role never has, StatsFilterNotFound for a site or a user that there is
    not, or that the caller does not see.
    """
    match caller.role:
        case Role.CLINICIAN | Role.RADIOLOGIST if query.site_id or query.user_id:
            raise RoleForbidden("Your role has no filters: the numbers are your own.")
        case Role.CLINICIAN | Role.RADIOLOGIST:
            subject = _person(caller.user_id, caller.role, NOBODY)
        case Role.RADIOGRAPHER:
            if query.site_id not in (None, caller.site_id):
                raise StatsFilterNotFound("There is no such site.")
            subject = await _filtered(database, caller.site_id, query.user_id, own_site=caller.site_id)
        case Role.ADMIN:
            subject = await _filtered(database, query.site_id, query.user_id)
    return Asked(caller.role, subject, query.period)


async def _filtered(
    database: Database, site_id: UUID | None, user_id: UUID | None, *, own_site: UUID | None = None
) -> Subject:
    async with database.read() as session:
        identity = IdentityRepository(session)
        if site_id and await identity.site(site_id) is None:
            raise StatsFilterNotFound("There is no such site.")
        user = await identity.user(user_id) if user_id else None
    if user_id and (user is None or own_site not in (None, user.site_id)):
        raise StatsFilterNotFound("There is no such user.")
    if user:
        return _person(user.id, user.role, site_id or NOBODY)
    return Subject(Kind.SITE, site_id, site_id) if site_id else Subject(Kind.REGION)


def _person(user_id: UUID, role: Role, site_id: UUID) -> Subject:
    """Return a person as he sees himself: a radiologist by what he reads, everybody else by what he has sent."""
    kind = Kind.READER if role is Role.RADIOLOGIST else Kind.SENDER
    return Subject(kind, user_id, site_id)
