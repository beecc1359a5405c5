"""What a user is told."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column


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
