"""The services of administration for endpoints."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime

from relaypacs.core.errors import InvalidRequest
from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.admin.service.audit import AuditReader
from relaypacs.features.admin.service.invitations import InvitationDesk
from relaypacs.features.admin.service.sites import Sites
from relaypacs.features.admin.service.users import Users
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.repository import AuditFilter
from relaypacs.features.audit.service.verify import KnownSeal
from relaypacs.features.identity.schemas import Printable


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment of the years 1 to 9999 in UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


async def users(infrastructure: InfrastructureDep) -> Users:
    return Users(infrastructure)


async def sites(infrastructure: InfrastructureDep) -> Sites:
    return Sites(infrastructure)


async def invitations(infrastructure: InfrastructureDep) -> InvitationDesk:
    return InvitationDesk(infrastructure)


async def audit_reader(infrastructure: InfrastructureDep) -> AuditReader:
    return AuditReader(infrastructure)


async def audit_filter(
    actor_id: UUID | None = None,
    object_id: Annotated[str | None, Query(max_length=64), Printable] = None,
    actor: Annotated[
        str | None, Query(max_length=50, description="The user name, or what else the trail says: system."), Printable
    ] = None,
    address: Annotated[str | None, Query(max_length=64, description="From where."), Printable] = None,
    action: Action | None = None,
    outcome: AuditOutcome | None = None,
    since: Annotated[Moment | None, Query(description="Included; with a zone.")] = None,
    until: Annotated[Moment | None, Query(description="Not included; with a zone.")] = None,
    up_to: Annotated[
        int | None, Query(ge=1, lt=2**63, description="The last position; what came after is left out.")
    ] = None,
) -> AuditFilter:
    return AuditFilter(actor_id, object_id, action, outcome, since, until, actor, address, up_to)


async def known_seal(
    position: Annotated[int | None, Query(ge=1, lt=2**63, description="Of an event whose seal was kept.")] = None,
    seal: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="That seal.")] = None,
) -> KnownSeal | None:
    if position is None and seal is None:
        return None
    if position is None or seal is None:
        raise InvalidRequest("`position` and `seal` belong together.")
    return KnownSeal(position, seal)


UsersDep = Annotated[Users, Depends(users)]
SitesDep = Annotated[Sites, Depends(sites)]
InvitationDeskDep = Annotated[InvitationDesk, Depends(invitations)]
KnownSealDep = Annotated[KnownSeal | None, Depends(known_seal)]
AuditReaderDep = Annotated[AuditReader, Depends(audit_reader)]
AuditFilterDep = Annotated[AuditFilter, Depends(audit_filter)]
