"""`/users`, `/sites`, `/invitations` and `/audit`: for administrators alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from fastapi.responses import StreamingResponse

from relaypacs.core.clock import now
from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch, PageLimit
from relaypacs.features.admin.dependencies import (
    AuditFilterDep,
    AuditReaderDep,
    InvitationDeskDep,
    SitesDep,
    UsersDep,
)
from relaypacs.features.admin.schemas import (
    AuditEventView,
    AuditPage,
    AuditVerification,
    ExportFormat,
    InvitationAnswer,
    InvitationChange,
    InvitationNew,
    InvitationPage,
    InvitationView,
    SiteNew,
    SitePage,
    SiteView,
    UserAnswer,
    UserChange,
    UserDetail,
    UserNew,
    UserPage,
)
from relaypacs.features.identity.dependencies import Admin
from relaypacs.features.identity.models import AccountState, Role
from relaypacs.features.identity.schemas import OneTimeLink, Printable

router = APIRouter()
MEDIA_TYPES = {ExportFormat.CSV: "text/csv", ExportFormat.JSONL: "application/jsonl"}


# -- users -------------------------------------------------------------------------------------------------------


@router.get("/users", tags=["users"])
async def list_users(
    caller: Admin,
    service: UsersDep,
    role: Role | None = None,
    state: AccountState | None = None,
    site_id: UUID | None = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Part of a name or an e-mail address."), Printable
    ] = None,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> UserPage:
    rows = await service.page(caller.actor, role=role, state=state, site_id=site_id, text=q, after=cursor, limit=limit)
    items = [UserDetail.model_validate(row) for row in rows]
    return UserPage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/users", tags=["users"], status_code=status.HTTP_201_CREATED)
async def create_user(request: UserNew, caller: Admin, service: UsersDep, response: Response) -> UserAnswer:
    user, link = await service.create(request, caller.actor)
    response.headers["ETag"] = etag(user.version)
    return UserAnswer(**UserDetail.model_validate(user).model_dump(), link=link)


@router.get("/users/{user_id}", tags=["users"])
async def get_user(user_id: UUID, _caller: Admin, service: UsersDep, response: Response) -> UserDetail:
    user = await service.get(user_id)
    response.headers["ETag"] = etag(user.version)
    return UserDetail.model_validate(user)


@router.patch("/users/{user_id}", tags=["users"])
async def change_user(
    user_id: UUID, change: UserChange, caller: Admin, service: UsersDep, response: Response, if_match: IfMatch = None
) -> UserDetail:
    """Change an account, approve it (`state: active`), disable it, or turn a lost second factor off."""
    user = await service.change(user_id, change, if_match, caller.actor)
    response.headers["ETag"] = etag(user.version)
    return UserDetail.model_validate(user)


@router.post("/users/{user_id}/reset-password", tags=["users"], status_code=status.HTTP_201_CREATED)
async def reset_password(user_id: UUID, caller: Admin, service: UsersDep) -> OneTimeLink:
    """Make a one-time link, good for 24 hours, by which the user sets a new password."""
    return await service.issue_reset(user_id, caller.actor)


# -- sites -------------------------------------------------------------------------------------------------------


@router.get("/sites", tags=["sites"])
async def list_sites(_caller: Admin, service: SitesDep, limit: PageLimit = 50, cursor: UUID | None = None) -> SitePage:
    rows = await service.page(after=cursor, limit=limit)
    items = [SiteView.model_validate(row) for row in rows]
    return SitePage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/sites", tags=["sites"], status_code=status.HTTP_201_CREATED)
async def create_site(request: SiteNew, caller: Admin, service: SitesDep, response: Response) -> SiteView:
    site = await service.create(request.name, caller.actor)
    response.headers["ETag"] = etag(site.version)
    return SiteView.model_validate(site)


@router.get("/sites/{site_id}", tags=["sites"])
async def get_site(site_id: UUID, _caller: Admin, service: SitesDep, response: Response) -> SiteView:
    site = await service.get(site_id)
    response.headers["ETag"] = etag(site.version)
    return SiteView.model_validate(site)


@router.patch("/sites/{site_id}", tags=["sites"])
async def rename_site(
    site_id: UUID, request: SiteNew, caller: Admin, service: SitesDep, response: Response, if_match: IfMatch = None
) -> SiteView:
    site = await service.rename(site_id, request.name, if_match, caller.actor)
    response.headers["ETag"] = etag(site.version)
    return SiteView.model_validate(site)


# -- invitations -------------------------------------------------------------------------------------------------


@router.get("/invitations", tags=["invitations"])
async def list_invitations(
    _caller: Admin, service: InvitationDeskDep, limit: PageLimit = 50, cursor: UUID | None = None
) -> InvitationPage:
    """List invitations, the newest first."""
    rows = await service.page(before=cursor, limit=limit)
    items = [InvitationView.of(row) for row in rows]
    return InvitationPage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/invitations", tags=["invitations"], status_code=status.HTTP_201_CREATED)
async def create_invitation(request: InvitationNew, caller: Admin, service: InvitationDeskDep) -> InvitationAnswer:
    invitation, link = await service.create(request, caller)
    return InvitationAnswer(**InvitationView.of(invitation).model_dump(), link=link)


@router.patch("/invitations/{invitation_id}", tags=["invitations"])
async def revoke_invitation(
    invitation_id: UUID, _change: InvitationChange, caller: Admin, service: InvitationDeskDep, if_match: IfMatch = None
) -> InvitationView:
    return InvitationView.of(await service.revoke(invitation_id, if_match, caller))


# -- the audit trail ---------------------------------------------------------------------------------------------


@router.get("/audit", tags=["audit"])
async def list_audit_events(
    caller: Admin,
    service: AuditReaderDep,
    wanted: AuditFilterDep,
    limit: PageLimit = 50,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> AuditPage:
    """List what was done, the newest first."""
    rows = await service.page(wanted, caller.actor, before=cursor, limit=limit)
    items = [AuditEventView.model_validate(row) for row in rows]
    return AuditPage(items=items, next_cursor=str(rows[-1].position) if len(rows) == limit else None)


@router.get("/audit/export", tags=["audit"], response_class=StreamingResponse)
async def export_audit_events(
    caller: Admin,
    service: AuditReaderDep,
    wanted: AuditFilterDep,
    format: ExportFormat = ExportFormat.CSV,  # noqa: A002
) -> StreamingResponse:
    """Download what was done, as CSV or as a JSON object a line."""
    name = f"relaypacs-audit-{now():%Y%m%dT%H%M%SZ}.{format.value}"
    return StreamingResponse(
        await service.export(wanted, caller.actor, format),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/audit/verify", tags=["audit"])
async def verify_audit_trail(_caller: Admin, service: AuditReaderDep) -> AuditVerification:
    """Check every seal of the trail, from its first row to its last."""
    found = await service.verify()
    return AuditVerification(events=found.events, broken_at=found.broken_at, seal=found.seal)
