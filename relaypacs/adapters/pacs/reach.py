"""Where a destination may not be: addresses at which a cloud hands out the machine's own secrets."""

import asyncio
import socket
from ipaddress import ip_address

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause

Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]

# The instance metadata service of AWS on IPv6; all others are link-local.
_METADATA = {ip_address("fd00:ec2::254")}


def is_forbidden(address: str) -> bool:
    """Tell whether `address`, an IP address with or without a zone, is link-local or a metadata service's."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_link_local or found in _METADATA


async def resolve_allowed(host: str, port: int) -> list[tuple[socket.AddressFamily, Address]]:
    """Return the addresses of `host`, ready to connect to.

    Raises PacsUnavailable when there are none, or one of them is forbidden.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:  # UnicodeError: a label is longer than DNS allows
        raise PacsUnavailable("the host name cannot be resolved", Cause.UNKNOWN_HOST) from fault
    if any(is_forbidden(str(address[0])) for *_, address in found):
        raise PacsUnavailable("link-local and metadata addresses are not allowed", Cause.FORBIDDEN_ADDRESS)
    return [(family, address) for family, *_, address in found]


async def refuse_forbidden(host: str, port: int) -> None:
    """Raise PacsUnavailable when `host` cannot be resolved, or resolves to a forbidden address."""
    await resolve_allowed(host, port)
