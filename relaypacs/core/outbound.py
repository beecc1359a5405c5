"""Where the gateway may connect to when somebody else has given the address: not into the network that it stands in."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Addresses of IPv6 behind which is one of IPv4 (RFC 6052, 3056, 4380): they could lead anywhere.
_TRANSLATED = tuple(IPv6Network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read networks separated by commas. Raises ValueError with a sentence that names the first wrong one."""
    found = []
    for part in filter(None, (entry.strip() for entry in text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError:
            raise ValueError(f"must be networks such as 10.1.0.0/16, separated by commas; {part} is none") from None
    return tuple(found)


def is_open(address: str, allowed: Sequence[Network]) -> bool:
    """Tell whether a connection may go to an IP address: to one of the internet, or of a network that is allowed."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found in network for network in allowed if network.version == found.version):
        return True
    is_translated = any(found in network for network in _TRANSLATED)
    return found.is_global and not found.is_multicast and not is_translated
