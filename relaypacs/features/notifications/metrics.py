"""Metrics of how people are told."""

from prometheus_client import Counter, Gauge

from relaypacs.core.metrics import LOOKED_UP

NOTIFICATIONS = Counter("relaypacs_notifications_total", "Notifications written, one for each person", ["type"])
SENT = Counter("relaypacs_messages_total", "Messages that left, or will not, by state", ["channel", "state"])
STREAMS = Gauge("relaypacs_event_streams", "Browsers that listen to the live stream now")

WAITING = Gauge(
    "relaypacs_messages_waiting",
    "Messages that wait to leave",
    ["channel"],
    registry=LOOKED_UP,
)
OLDEST = Gauge(
    "relaypacs_message_oldest_age_seconds",
    "How long the oldest of them has waited",
    ["channel"],
    registry=LOOKED_UP,
)
PARKED = Gauge(
    "relaypacs_webhooks_parked",
    "Webhooks that are called no more, because they took nothing for too long",
    registry=LOOKED_UP,
)
