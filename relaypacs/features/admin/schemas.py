"""What the calls of administration take and give."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints, ValidationError

from relaypacs.features.audit.models import Action, AuditEvent, AuditOutcome
from relaypacs.features.audit.repository import UnreadableEvent
from relaypacs.features.identity.models import AccountState, Invitation, InvitationState, Role
from relaypacs.features.identity.schemas import FullName, NewPassword, OneTimeLink, Printable, Username, UserView

SiteName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Printable]


class UserDetail(UserView):
    """`version` is also the answer's ETag. Who has no password has a link to set one, or signs in elsewhere."""

    email: str | None
    full_name: str
    state: AccountState
    site_id: UUID
    totp_enabled: bool
    has_password: bool
    last_sign_in_at: datetime | None
    version: int


class UserAnswer(UserDetail):
    """`link` is the one-time link to set a password; it is shown only now."""

    link: OneTimeLink | None = None


class UserNew(BaseModel):
    """Without a password the answer brings a one-time link; without a site the user belongs to the first one."""

    username: Username
    email: EmailStr | None = None
    full_name: FullName = ""
    role: Role = Role.CLINICIAN
    site_id: UUID | None = None
    password: NewPassword | None = None


class UserChange(BaseModel):
    """What is left out, or null, stays as it is. A change of role, state, site or second factor ends all sessions."""

    email: EmailStr | None = None
    full_name: FullName | None = None
    role: Role | None = None
    state: AccountState | None = None
    site_id: UUID | None = None
    totp_enabled: Literal[False] | None = None


class UserPage(BaseModel):
    items: list[UserDetail]
    next_cursor: str | None


class UserCounts(BaseModel):
    """How many accounts there are in each state."""

    pending: int
    active: int
    disabled: int


class UserOrder(StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"


class SiteNew(BaseModel):
    name: SiteName


class SiteView(BaseModel):
    """`version` is also the answer's ETag; `users` says how many accounts belong to the site."""

    id: UUID
    name: str
    version: int
    created_at: datetime
    users: int


class SitePage(BaseModel):
    items: list[SiteView]
    next_cursor: str | None


class InvitationNew(BaseModel):
    """Without a site the invited belongs to the first one."""

    email: EmailStr | None = None
    role: Role = Role.CLINICIAN
    site_id: UUID | None = None


class InvitationChange(BaseModel):
    revoked: Literal[True]


class InvitationView(BaseModel):
    id: UUID
    email: str | None
    role: Role
    site_id: UUID
    state: InvitationState
    created_by: UUID
    created_by_name: str
    accepted_by: UUID | None
    accepted_by_name: str | None
    created_at: datetime
    expires_at: datetime
    version: int

    @staticmethod
    def of(invitation: Invitation, names: Mapping[UUID, str]) -> "InvitationView":
        accepted_by = invitation.accepted_by
        return InvitationView(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            site_id=invitation.site_id,
            state=invitation.state,
            created_by=invitation.created_by,
            created_by_name=names[invitation.created_by],
            accepted_by=accepted_by,
            accepted_by_name=names[accepted_by] if accepted_by else None,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            version=invitation.version,
        )


class InvitationAnswer(InvitationView):
    """`link` is shown only now."""

    link: OneTimeLink


class InvitationPage(BaseModel):
    items: list[InvitationView]
    next_cursor: str | None


class AuditEventView(BaseModel):
    """One row of the trail; `position` numbers them without gaps, `seal` covers this row and the one before it.

    Of a row that somebody has made unreadable nothing but its position is said, and `is_readable` is false.
    """

    model_config = ConfigDict(from_attributes=True)

    position: int
    at: datetime | None
    action: Action | None
    outcome: AuditOutcome | None
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    address: str
    object_kind: str
    object_id: str
    details: dict[str, Any]
    trace_id: str
    seal: str
    is_readable: bool = True

    @staticmethod
    def of(row: AuditEvent | UnreadableEvent) -> "AuditEventView":
        if isinstance(row, AuditEvent):
            with suppress(ValidationError):  # such as details that are a list
                return AuditEventView.model_validate(row)
        return AuditEventView(
            position=row.position,
            at=None,
            action=None,
            outcome=None,
            actor_id=None,
            actor_name="",
            actor_role="",
            address="",
            object_kind="",
            object_id="",
            details={},
            trace_id="",
            seal="",
            is_readable=False,
        )

    @property
    def details_line(self) -> str:
        """The details for a person to read."""
        return "; ".join(f"{name}: {value}" for name, value in sorted(self.details.items()))


class AuditPage(BaseModel):
    items: list[AuditEventView]
    next_cursor: str | None


class AuditVerification(BaseModel):
    """`broken_at` is the first position that is not as it was written; null: there is none."""

    events: int
    broken_at: int | None
    seal: str


class ExportFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
