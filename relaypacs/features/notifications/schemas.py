"""Notifications as clients see them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from relaypacs.features.notifications.models import NotificationType


class NotificationView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: NotificationType
    message: str
    related_id: UUID | None
    is_read: bool
    created_at: datetime


class NotificationPage(BaseModel):
    items: list[NotificationView]
    next_cursor: str | None
    unread: int
