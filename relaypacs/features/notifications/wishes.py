"""What people are told of by which channel, unless they have chosen otherwise."""

from collections.abc import Mapping

from relaypacs.features.identity.models import Role
from relaypacs.features.notifications.models import Channel, NotificationType

EVERYTHING = frozenset({Channel.EMAIL, Channel.PUSH})  # webhooks are a site's, not a person's
NOTHING: frozenset[Channel] = frozenset()

DEFAULTS: Mapping[NotificationType, frozenset[Channel]] = {
    NotificationType.UPLOAD_COMPLETE: NOTHING,
    NotificationType.UPLOAD_FAILED: EVERYTHING,
    NotificationType.UPLOAD_HELD: EVERYTHING,
    NotificationType.REPORT_ASSIGNED: frozenset({Channel.PUSH}),
    NotificationType.REPORT_READY: frozenset({Channel.PUSH}),
    NotificationType.REPORT_ADDENDUM: frozenset({Channel.PUSH}),
    NotificationType.ADDITIONAL_DATA_REQUIRED: EVERYTHING,
    NotificationType.CRITICAL_RESULT: EVERYTHING,
    NotificationType.STORAGE_ALERT: EVERYTHING,
    NotificationType.DELIVERY_ALERT: EVERYTHING,
    NotificationType.WEBHOOK_ALERT: EVERYTHING,
}

ONLY_FOR: Mapping[NotificationType, Role] = {
    NotificationType.REPORT_ASSIGNED: Role.RADIOLOGIST,
    NotificationType.STORAGE_ALERT: Role.ADMIN,
    NotificationType.DELIVERY_ALERT: Role.ADMIN,
    NotificationType.WEBHOOK_ALERT: Role.ADMIN,
}


def types_for(role: Role) -> list[NotificationType]:
    """Return what somebody of this role can be told of."""
    return [kind for kind in NotificationType if ONLY_FOR.get(kind, role) is role]


def is_wanted(kind: NotificationType, channel: Channel, choices: Mapping[str, Mapping[str, bool]]) -> bool:
    chosen = choices.get(kind, {}).get(channel)
    return channel in DEFAULTS[kind] if chosen is None else chosen


def differences(choices: Mapping[NotificationType, Mapping[Channel, bool]]) -> dict[str, dict[str, bool]]:
    """Return what differs from the defaults, so that a default that is changed one day reaches all others."""
    kept = {
        kind.value: {ch.value: wanted for ch, wanted in channels.items() if wanted is not (ch in DEFAULTS[kind])}
        for kind, channels in choices.items()
    }
    return {kind: channels for kind, channels in kept.items() if channels}
