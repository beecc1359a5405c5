"""Sites, users, their signed-in sessions, and what stands in for a password."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.core.security import SEALED_FOR

TOKEN_HASH = String(64)  # SHA-256, lower-case hex


class Role(StrEnum):
    CLINICIAN = "clinician"
    RADIOGRAPHER = "radiographer"
    RADIOLOGIST = "radiologist"
    ADMIN = "admin"


class AccountState(StrEnum):
    PENDING = "pending"  # registered, not yet approved by an admin
    ACTIVE = "active"
    DISABLED = "disabled"


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Site(Base):
    """A hospital or practice; every user and every upload belongs to one."""

    __tablename__ = "sites"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class User(Base):
    """A person with an account. `version` counts the changes that an admin could collide with."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    username: Mapped[str] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(255))
    full_name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(255))  # empty: signs in elsewhere, or has no password yet
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.CLINICIAN)
    state: Mapped[AccountState] = mapped_column(enum_column(AccountState), default=AccountState.ACTIVE)
    totp_secret: Mapped[str | None] = mapped_column(String(255), info={SEALED_FOR: "totp:{id}"})
    totp_enabled: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int | None]  # the time step of the last code taken, so that none is taken twice
    last_sign_in_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (
        # The specification's name; unique, which also makes it the index for sign-in.
        Index("idx_users_username", "username", unique=True),
    )

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)


class Session(Base):
    """One sign-in and the chain of refresh tokens that came of it.

    Only the hash of the newest token's identifier is kept. Each token's successor is derived from it, so
    that the predecessor can be recognised, and answered again, without keeping it.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    refresh_hash: Mapped[str] = mapped_column(TOKEN_HASH)
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(
        String(64), default="", server_default=text("''")
    )  # where it was last renewed from
    user_agent: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class RecoveryCode(Base):
    """Stands in for a TOTP code, once. Only a keyed hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(TOKEN_HASH)
    used_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A one-time link by which somebody sets a password, given out by an admin."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(TOKEN_HASH, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class Invitation(Base):
    """A one-time link by which somebody makes an account, with the role and the site that an admin chose."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    token_hash: Mapped[str] = mapped_column(TOKEN_HASH, unique=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    @property
    def state(self) -> InvitationState:
        if self.accepted_by:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.expires_at > now() else InvitationState.EXPIRED

    @property
    def is_open(self) -> bool:
        """Whether somebody can still accept it."""
        return self.state is InvitationState.OPEN


class ExternalIdentity(Base):
    """A user's name at an OpenID provider: the pair of issuer and subject, which never changes."""

    __tablename__ = "external_identities"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (UniqueConstraint("issuer", "subject"),)
