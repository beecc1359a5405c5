"""The push port: hands a short message to the push service of a browser (RFC 8030)."""

from dataclasses import dataclass, field
from typing import Protocol


class PushUnavailable(Exception):
    """The push service does not take it now. The message is for the administrator; `retry_after` is in seconds."""

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class PushRefused(Exception):
    """It will never take this message, with the same promise."""


class PushGone(Exception):
    """The browser does not want messages any more: its subscription does not exist."""


class SubscriptionWrong(ValueError):
    """It is none that a browser makes. The sentence repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives out (Push API section 8): where its messages go, and the keys that only it can read with."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)  # base64url of an uncompressed point on P-256
    auth: str = field(repr=False)  # base64url of 16 bytes


class PushSender(Protocol):
    public_key: str  # base64url; browsers subscribe with it (RFC 8292 section 4.1)

    def check(self, subscription: Subscription) -> None:
        """Raise SubscriptionWrong for what no message could be sent to."""
        ...

    async def send(
        self, subscription: Subscription, message: bytes, *, topic: str, is_urgent: bool, seconds: int
    ) -> None:
        """Return when the service has taken it, to keep it for so many seconds while the browser is away.

        A message replaces one of the same topic that still waits there. Nobody but the browser can read it.
        Raises PushUnavailable, PushRefused, PushGone.
        """
        ...
