"""Sites, users and their signed-in sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column


class Role(StrEnum):
    CLINICIAN = "clinician"
    RADIOGRAPHER = "radiographer"
    RADIOLOGIST = "radiologist"
    ADMIN = "admin"


class AccountState(StrEnum):
    PENDING = "pending"  # registered, not yet approved by an admin
    ACTIVE = "active"
    DISABLED = "disabled"


class Site(Base):
    """A hospital or practice; every user and every upload belongs to one."""

    __tablename__ = "sites"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    username: Mapped[str] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(255))
    full_name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.CLINICIAN)
    state: Mapped[AccountState] = mapped_column(enum_column(AccountState), default=AccountState.ACTIVE)
    totp_secret: Mapped[str | None] = mapped_column(String(255))  # sealed by core.security.Vault
    totp_enabled: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int | None]  # the time step of the last code taken, so that none is taken twice
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (
        # The specification's name; unique, which also makes it the index for sign-in.
        Index("idx_users_username", "username", unique=True),
    )


class Session(Base):
    """One sign-in and the chain of refresh tokens that came of it.

    Only the hash of the newest token's identifier is kept. Each token's successor is derived from it, so
    that the predecessor can be recognised, and answered again, without keeping it.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    refresh_hash: Mapped[str] = mapped_column(String(64))
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
