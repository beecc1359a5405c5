"""What can go wrong with notifications."""

from relaypacs.core.errors import RelayError


class NotificationNotFound(RelayError):
    status, code, title = 404, "notification-not-found", "Notification not found"


class ChannelNotOffered(RelayError):
    status, code, title = 409, "channel-not-offered", "Channel not offered"


class WebhookNotFound(RelayError):
    status, code, title = 404, "webhook-not-found", "Webhook not found"


class WebhookAddressWrong(RelayError):
    status, code, title = 422, "webhook-address-wrong", "Webhook address wrong"


class WebhookUnavailable(RelayError):
    status, code, title = 503, "webhook-unavailable", "Webhook unavailable"


class PushSubscriptionNotFound(RelayError):
    status, code, title = 404, "push-subscription-not-found", "Push subscription not found"


class PushSubscriptionWrong(RelayError):
    status, code, title = 422, "push-subscription-wrong", "Push subscription wrong"


class NoAddress(RelayError):
    status, code, title = 409, "no-address", "No address"
