"""Where in the app a notification leads to."""

from collections.abc import Mapping
from uuid import UUID

from relaypacs.features.notifications.models import NotificationType

SETTINGS_PAGE = "/notifications/settings"

# The page of what `related_id` names. The rest leads to the list, as in the app.
PAGES: Mapping[NotificationType | None, str] = {
    NotificationType.UPLOAD_COMPLETE: "/uploads",
    NotificationType.UPLOAD_FAILED: "/uploads",
    NotificationType.UPLOAD_HELD: "/uploads",
    NotificationType.REPORT_READY: "/reports",
    NotificationType.REPORT_ADDENDUM: "/reports",
    NotificationType.ADDITIONAL_DATA_REQUIRED: "/reports",
    NotificationType.CRITICAL_RESULT: "/reports",
}


def page_of(kind: NotificationType | None, related_id: UUID | None) -> str:
    """Return the path of the page. An identifier names no patient, and the page asks who reads it to sign in."""
    page = PAGES.get(kind)
    return f"{page}/{related_id}" if page and related_id else "/notifications"
