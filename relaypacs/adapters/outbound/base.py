"""The outbound port: requests to addresses that users have given, which must not lead into the gateway's network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class OutboundUnavailable(Exception):
    """There is no answer now. The message is for the administrator."""


class AddressNotAllowed(Exception):
    """No request ever goes there as the settings are. The message is for whoever has given the address."""


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What was answered; the body is not looked at. `retry_after` is in seconds; None where nothing was said."""

    status: int
    retry_after: float | None

    @property
    def is_success(self) -> bool:
        return self.status // 100 == 2  # noqa: PLR2004 - the class of an answer is its first digit (RFC 9110 section 15)

    @property
    def is_server_error(self) -> bool:
        return self.status // 100 == 5  # noqa: PLR2004 - as above


class Outbound(Protocol):
    """`tests/adapters/outbound` shows what every implementation guarantees.

    - No method follows redirects, heeds a proxy, waits without end, or reads an answer without bounds.
    - The address that is connected to is the one that was checked, whatever the name says a moment later.
    """

    def check(self, url: str) -> None:
        """Look at an address without asking for anything. Raises AddressNotAllowed; a name can still turn out wrong."""
        ...

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        """Return what is answered, whatever that is. Raises OutboundUnavailable, AddressNotAllowed."""
        ...
