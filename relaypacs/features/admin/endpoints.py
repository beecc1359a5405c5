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
    KnownSealDep,
    SitesDep,
    UsersDep,
)
from relaypacs.features.admin.schemas import (
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
    UserCounts,
    UserDetail,
    UserNew,
    UserOrder,
    UserPage,
)
from relaypacs.features.identity.dependencies import Admin
from relaypacs.features.identity.models import AccountState, InvitationState, Role
from relaypacs.features.identity.schemas import OneTimeLink, Printable, SessionPage, SessionView

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
    order: UserOrder = UserOrder.OLDEST,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> UserPage:
    rows = await service.page(
        caller.actor,
        role=role,
        state=state,
        site_id=site_id,
        text=q,
        after=cursor,
        limit=limit,
        newest_first=order is UserOrder.NEWEST,
    )
    items = [UserDetail.model_validate(row) for row in rows]
    return UserPage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/users", tags=["users"], status_code=status.HTTP_201_CREATED)
async def create_user(request: UserNew, caller: Admin, service: UsersDep, response: Response) -> UserAnswer:
    user, link = await service.create(request, caller.actor)
    response.headers["ETag"] = etag(user.version)
    return UserAnswer(**UserDetail.model_validate(user).model_dump(), link=link)


@router.get("/users/counts", tags=["users"])
async def count_users(_caller: Admin, service: UsersDep) -> UserCounts:
    """Count the accounts by state: who is `pending` waits for approval."""
    return await service.counts()


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


@router.get("/users/{user_id}/sessions", tags=["users"])
async def list_sessions_of_user(user_id: UUID, caller: Admin, service: UsersDep) -> SessionPage:
    """List where a user is signed in, the session used last first."""
    rows = await service.sessions(user_id)
    return SessionPage(items=[SessionView.of(row, caller.session_id) for row in rows])


@router.delete("/users/{user_id}/sessions", tags=["users"], status_code=status.HTTP_204_NO_CONTENT)
async def end_sessions_of_user(user_id: UUID, caller: Admin, service: UsersDep) -> None:
    """Sign a user out everywhere."""
    await service.end_sessions(user_id, caller.actor)


# -- sites -------------------------------------------------------------------------------------------------------


@router.get("/sites", tags=["sites"])
async def list_sites(
    _caller: Admin,
    service: SitesDep,
    q: Annotated[str | None, Query(max_length=200, description="Part of the name."), Printable] = None,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> SitePage:
    rows = await service.page(after=cursor, limit=limit, text=q)
    return SitePage(items=await service.views(*rows), next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/sites", tags=["sites"], status_code=status.HTTP_201_CREATED)
async def create_site(request: SiteNew, caller: Admin, service: SitesDep, response: Response) -> SiteView:
    site = await service.create(request.name, caller.actor)
    response.headers["ETag"] = etag(site.version)
    (view,) = await service.views(site)
    return view


@router.get("/sites/{site_id}", tags=["sites"])
async def get_site(site_id: UUID, _caller: Admin, service: SitesDep, response: Response) -> SiteView:
    site = await service.get(site_id)
    response.headers["ETag"] = etag(site.version)
    (view,) = await service.views(site)
    return view


@router.patch("/sites/{site_id}", tags=["sites"])
async def rename_site(
    site_id: UUID, request: SiteNew, caller: Admin, service: SitesDep, response: Response, if_match: IfMatch = None
) -> SiteView:
    site = await service.rename(site_id, request.name, if_match, caller.actor)
    response.headers["ETag"] = etag(site.version)
    (view,) = await service.views(site)
    return view


# -- invitations -------------------------------------------------------------------------------------------------


@router.get("/invitations", tags=["invitations"])
async def list_invitations(
    _caller: Admin,
    service: InvitationDeskDep,
    state: InvitationState | None = None,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> InvitationPage:
    """List invitations, the newest first."""
    rows = await service.page(before=cursor, limit=limit, state=state)
    items = await service.views(*rows)
    return InvitationPage(items=items, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@router.post("/invitations", tags=["invitations"], status_code=status.HTTP_201_CREATED)
async def create_invitation(request: InvitationNew, caller: Admin, service: InvitationDeskDep) -> InvitationAnswer:
    invitation, link = await service.create(request, caller)
    (view,) = await service.views(invitation)
    return InvitationAnswer(**view.model_dump(), link=link)


@router.patch("/invitations/{invitation_id}", tags=["invitations"])
async def revoke_invitation(
    invitation_id: UUID, _change: InvitationChange, caller: Admin, service: InvitationDeskDep, if_match: IfMatch = None
) -> InvitationView:
    (view,) = await service.views(await service.revoke(invitation_id, if_match, caller))
    return view


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
    items = list(await service.page(wanted, caller.actor, before=cursor, limit=limit))
    return AuditPage(items=items, next_cursor=str(items[-1].position) if len(items) == limit else None)


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
async def verify_audit_trail(_caller: Admin, service: AuditReaderDep, kept: KnownSealDep) -> AuditVerification:
    """Check every seal of the trail, from its first row to its last.

    With the seal of an event that was kept elsewhere it also finds an end that was cut off together with the head.
    """
    found = await service.verify(kept)
    return AuditVerification(events=found.events, broken_at=found.broken_at, seal=found.seal)
