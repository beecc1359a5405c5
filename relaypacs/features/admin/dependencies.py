"""The services of administration for endpoints."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.admin.service.audit import AuditReader
from relaypacs.features.admin.service.invitations import InvitationDesk
from relaypacs.features.admin.service.sites import Sites
from relaypacs.features.admin.service.users import Users
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.repository import AuditFilter
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
    action: Action | None = None,
    outcome: AuditOutcome | None = None,
    since: Annotated[Moment | None, Query(description="Included; with a zone.")] = None,
    until: Annotated[Moment | None, Query(description="Not included; with a zone.")] = None,
) -> AuditFilter:
    return AuditFilter(actor_id, object_id, action, outcome, since, until)


UsersDep = Annotated[Users, Depends(users)]
SitesDep = Annotated[Sites, Depends(sites)]
InvitationDeskDep = Annotated[InvitationDesk, Depends(invitations)]
AuditReaderDep = Annotated[AuditReader, Depends(audit_reader)]
AuditFilterDep = Annotated[AuditFilter, Depends(audit_filter)]
