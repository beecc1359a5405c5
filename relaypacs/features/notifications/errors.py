"""What can go wrong with notifications."""

from relaypacs.core.errors import RelayError


class NotificationNotFound(RelayError):
    status, code, title = 404, "notification-not-found", "Notification not found"
