"""Where in the app a notification leads to."""

from collections.abc import Mapping
from uuid import UUID

from relaypacs.features.notifications.models import NotificationType

SETTINGS_PAGE = "/notifications/settings"

# What `related_id` names, as far as the app has a page of it.
ABOUT: Mapping[NotificationType | None, str] = {
    NotificationType.UPLOAD_COMPLETE: "upload",
    NotificationType.UPLOAD_FAILED: "upload",
    NotificationType.UPLOAD_HELD: "upload",
    NotificationType.REPORT_ASSIGNED: "report",
    NotificationType.REPORT_READY: "report",
    NotificationType.REPORT_ADDENDUM: "report",
    NotificationType.ADDITIONAL_DATA_REQUIRED: "report",
    NotificationType.CRITICAL_RESULT: "report",
}


def page_of(kind: NotificationType | None, related_id: UUID | None) -> str:
    """Return the path of the page. An identifier names no patient, and the page asks who reads it to sign in."""
    about = ABOUT.get(kind)
    return f"/{about}s/{related_id}" if about and related_id else "/notifications"
