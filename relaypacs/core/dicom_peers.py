"""Which application entities may send by DICOM, and to whom it belongs what they send."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

AE_TITLE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class DicomPeer:
    """An AE title that may call, perhaps from one address only. Without an account it may send no instances."""

    ae_title: str
    address: str | None
    account: str


def parse_peers(text: str) -> tuple[DicomPeer, ...]:
    """Read `AE=account, AE@address=account`. Raises ValueError with a sentence that names the first wrong entry."""
    found: dict[tuple[str, str | None], DicomPeer] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        caller, equals, account = (part.strip() for part in entry.partition("="))
        ae_title, at, written = (part.strip() for part in caller.partition("@"))
        if not equals:
            raise ValueError(f"must be AE=account or AE@address=account, separated by commas; {entry} is not")
        check_ae_title(ae_title)
        address = _address(written) if at else None
        if found.setdefault((ae_title, address), DicomPeer(ae_title, address, account)).account != account:
            raise ValueError(f"gives {caller} two accounts")
    return tuple(found.values())


def _address(written: str) -> str:
    try:
        return str(ip_address(written))
    except ValueError:
        raise ValueError(f"has {written or 'nothing'} behind an @, which is no IP address") from None


def check_ae_title(title: str) -> None:
    """Raise ValueError for what is no AE title (PS3.5 6.2, VR AE): 1 to 16 characters, no backslash, no control."""
    is_plain = title.isascii() and title.isprintable() and "\\" not in title and title == title.strip()
    if not title or len(title) > AE_TITLE_LENGTH or not is_plain:
        raise ValueError(f"must have AE titles of 1 to {AE_TITLE_LENGTH} printable ASCII characters without backslash")


def peer_for(peers: Sequence[DicomPeer], ae_title: str, address: str) -> DicomPeer | None:
    """Return the entry for a caller: the one that names its address, else the one for any address."""
    fitting = [peer for peer in peers if peer.ae_title == ae_title and peer.address in (None, address)]
    return max(fitting, key=lambda peer: peer.address is not None, default=None)
