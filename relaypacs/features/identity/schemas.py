"""What the authentication calls take and give."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from relaypacs.features.identity.models import Role, Session


def _printable(text: str | None) -> str | None:
    """Refuse control characters: PostgreSQL stores no NUL, and the others deceive whoever reads a list or a log."""
    if any(unicodedata.category(character) == "Cc" for character in text or ""):
        raise ValueError("control characters are not allowed")
    return text


Printable = AfterValidator(_printable)
Username = Annotated[
    str, StringConstraints(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$", to_lower=True)
]


NewPassword = Annotated[str, Field(min_length=1, max_length=128)]
FullName = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Printable]
Token = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class UserCreate(BaseModel):
    """Role and site are not here: only an admin gives them."""

    username: Username
    email: EmailStr
    password: NewPassword
    full_name: FullName


class UserView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    role: Role
    created_at: datetime


class Me(UserView):
    email: str | None
    full_name: str
    site_id: UUID
    totp_enabled: bool


class ProfileChange(BaseModel):
    """What is left out, or null, stays as it is."""

    email: EmailStr | None = None
    full_name: FullName | None = None


class LoginRequest(BaseModel):
    """`totp_code` takes a code of six digits, or a recovery code."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=50), Printable]
    password: NewPassword
    totp_code: str | None = Field(None, max_length=32)


class TokenPair(BaseModel):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme (RFC 6750)


class TotpRequired(BaseModel):
    totp_required: Literal[True] = True


class RefreshRequest(BaseModel):
    refresh_token: Token


class SessionView(BaseModel):
    """One sign-in. `address` and `user_agent` are those of the last renewal, at `last_used_at`."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    is_current: bool

    @staticmethod
    def of(row: Session, current: UUID) -> "SessionView":
        return SessionView(
            id=row.id,
            created_at=row.created_at,
            last_used_at=row.rotated_at,
            expires_at=row.expires_at,
            address=row.address,
            user_agent=row.user_agent,
            is_current=row.id == current,
        )


class SessionPage(BaseModel):
    items: list[SessionView]
    next_cursor: None = None


class TotpSetup(BaseModel):
    """The secret in base32, the same as an address for authenticator apps, and that as a base64 PNG."""

    secret: str
    otpauth_uri: str
    qr_code: str


class TotpCode(BaseModel):
    code: str = Field(min_length=1, max_length=32)


class TotpDisable(TotpCode):
    """`code` takes a recovery code as well."""

    password: NewPassword


class RecoveryCodes(BaseModel):
    """Each stands in for one code; they are shown only once."""

    recovery_codes: list[str]


class PasswordChange(BaseModel):
    current_password: NewPassword
    new_password: NewPassword


class PasswordResetRedemption(BaseModel):
    token: Token
    password: NewPassword


class OneTimeLink(BaseModel):
    """`url` is a page of the web app with `token` behind the `#`; relative where RELAYPACS_PUBLIC_URL is not set."""

    url: str
    token: str
    expires_at: datetime


class SingleSignOnView(BaseModel):
    """Whether people can sign in at an identity provider, and what the button for it says."""

    enabled: bool
    name: str


class SingleSignOnStart(BaseModel):
    """The browser goes to `authorization_url`, and keeps `flow` until it is back."""

    authorization_url: str
    flow: str


class SingleSignOnResult(BaseModel):
    """`code` and `state` as the identity provider put them into the address, `flow` as it was kept."""

    flow: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    state: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class LinkToken(BaseModel):
    token: Token


class InvitationOffer(BaseModel):
    email: str | None
    role: Role
    site_name: str
    expires_at: datetime


class InvitationAcceptance(BaseModel):
    """Role and site are those of the invitation."""

    token: Token
    username: Username
    password: NewPassword
    full_name: FullName
    email: EmailStr | None = None
