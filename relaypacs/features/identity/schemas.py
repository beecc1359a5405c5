"""What the authentication calls take and give."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from relaypacs.features.identity.models import Role


def _printable(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("control characters are not allowed")
    return text


Printable = AfterValidator(_printable)
Username = Annotated[
    str, StringConstraints(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$", to_lower=True)
]


class UserCreate(BaseModel):
    """Role and site are not here: only an admin gives them."""

    username: Username
    email: EmailStr
    password: str = Field(min_length=1, max_length=128)
    full_name: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Printable]


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


class LoginRequest(BaseModel):
    username: Annotated[str, StringConstraints(min_length=1, max_length=50), Printable]
    password: str = Field(min_length=1, max_length=128)
    totp_code: str | None = Field(None, max_length=32)


class TokenPair(BaseModel):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme (RFC 6750)


class TotpRequired(BaseModel):
    totp_required: Literal[True] = True


class RefreshRequest(BaseModel):
    refresh_token: str = Field(min_length=1, max_length=4096)
