"""What a user is told, how he wants to be told, and what leaves the gateway for it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.core.leases import Leased
from relaypacs.core.security import SEALED_FOR


class NotificationType(StrEnum):
    UPLOAD_COMPLETE = "upload_complete"
    UPLOAD_FAILED = "upload_failed"
    UPLOAD_HELD = "upload_held"
    REPORT_ASSIGNED = "report_assigned"
    REPORT_READY = "report_ready"
    REPORT_ADDENDUM = "report_addendum"
    ADDITIONAL_DATA_REQUIRED = "additional_data_required"
    CRITICAL_RESULT = "critical_result"
    STORAGE_ALERT = "storage_alert"  # to administrators
    DELIVERY_ALERT = "delivery_alert"  # to administrators
    WEBHOOK_ALERT = "webhook_alert"  # to administrators


class Notification(Base):
    """The message holds no patient data: it may be shown on a locked phone."""

    __tablename__ = "notifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # ordered by time: also the event id
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    type: Mapped[NotificationType] = mapped_column(enum_column(NotificationType))
    message: Mapped[str] = mapped_column(String(500))
    related_id: Mapped[UUID | None]
    is_read: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (
        Index("idx_notifications_user_id_read", "user_id", "is_read"),
        Index("idx_notifications_user_id_id", "user_id", "id"),
    )


class Language(StrEnum):
    """The languages in which the gateway writes e-mails; those of the web app."""

    ENGLISH = "en"
    FRENCH = "fr"
    SPANISH = "es"
    PORTUGUESE = "pt"
    ARABIC = "ar"


class Channel(StrEnum):
    """A way out of the gateway. The list in the app is none: it always has everything."""

    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"  # handed over
    FAILED = "failed"  # refused for good, or not taken for too long
    DROPPED = "dropped"  # nobody needs it any more


class NotificationPreferences(Base):
    """One person's wishes. `choices` holds what differs from the defaults: type, channel, yes or no."""

    __tablename__ = "notification_preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    language: Mapped[Language] = mapped_column(enum_column(Language), default=Language.ENGLISH)
    choices: Mapped[dict[str, dict[str, bool]]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)


class OutgoingMessage(Leased, Base):
    """One message to one target. Its id names it wherever it arrives, so that a repeated one can be told."""

    __tablename__ = "outgoing_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    # A user (e-mail), a subscription (push), a webhook. No foreign key: what was sent outlives who it was sent to.
    target_id: Mapped[UUID]
    notification_id: Mapped[UUID | None] = mapped_column(ForeignKey("notifications.id"))
    type: Mapped[NotificationType | None] = mapped_column(enum_column(NotificationType))  # None: a test
    related_id: Mapped[UUID | None]
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=now)
    last_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("idx_outgoing_messages_due", "channel", "state", "next_at"),
        Index("idx_outgoing_messages_target_id", "target_id", "id"),
        Index("idx_outgoing_messages_ended_at", "ended_at"),
    )


class PushSubscription(Base):
    """A browser that somebody is told by: for as long as the session lasts in which it was subscribed."""

    __tablename__ = "push_subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000))
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 in hex
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(255), info={SEALED_FOR: "push-subscription:{id}"})
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class Webhook(Base):
    """An address that is told what the people of a site are told. Parked: it has taken nothing for too long."""

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    url: Mapped[str] = mapped_column(String(1000))
    secret: Mapped[str] = mapped_column(String(255), info={SEALED_FOR: "webhook:{id}"})
    types: Mapped[list[str]] = mapped_column(JSON)
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    failing_since: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    last_success_at: Mapped[datetime | None]
