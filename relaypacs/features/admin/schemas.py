"""What the calls of administration take and give."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints

from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.identity.models import AccountState, Invitation, Role
from relaypacs.features.identity.schemas import FullName, NewPassword, OneTimeLink, Printable, Username, UserView

SiteName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Printable]


class UserDetail(UserView):
    """`version` is also the answer's ETag."""

    email: str | None
    full_name: str
    state: AccountState
    site_id: UUID
    totp_enabled: bool
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


class SiteNew(BaseModel):
    name: SiteName


class SiteView(BaseModel):
    """`version` is also the answer's ETag."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    version: int
    created_at: datetime


class SitePage(BaseModel):
    items: list[SiteView]
    next_cursor: str | None


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


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
    accepted_by: UUID | None
    created_at: datetime
    expires_at: datetime
    version: int

    @staticmethod
    def of(invitation: Invitation) -> "InvitationView":
        return InvitationView(state=invitation_state(invitation), **_columns(invitation))


class InvitationAnswer(InvitationView):
    """`link` is shown only now."""

    link: OneTimeLink


class InvitationPage(BaseModel):
    items: list[InvitationView]
    next_cursor: str | None


class AuditEventView(BaseModel):
    """One row of the trail; `position` numbers them without gaps, `seal` covers this row and the one before it."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    at: datetime
    action: Action
    outcome: AuditOutcome
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    address: str
    object_kind: str
    object_id: str
    details: dict[str, Any]
    trace_id: str
    seal: str

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


def invitation_state(invitation: Invitation) -> InvitationState:
    if invitation.accepted_by:
        return InvitationState.ACCEPTED
    if invitation.revoked_at:
        return InvitationState.REVOKED
    return InvitationState.OPEN if invitation.is_open else InvitationState.EXPIRED


def _columns(invitation: Invitation) -> dict[str, Any]:
    return {name: getattr(invitation, name) for name in InvitationView.model_fields if name != "state"}
