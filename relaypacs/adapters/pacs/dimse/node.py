"""Who is called, by whom, and how patiently."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from relaypacs.adapters.pacs.tls import Tls

# PS3.5 6.2: the default repertoire without backslash and control characters, not spaces alone.
_AE_TITLE = re.compile(r"(?! *$)[ -\[\]-~]{1,16}")
SCHEMES = ("dicom", "dicom+tls")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. None is for a whole transfer: that takes as long as it makes progress."""

    connect: float = 10
    association: float = 30  # for the answer to a request for an association, the ARTIM timer of PS3.8 9.1.5
    progress: float = 30  # until the network takes a piece of what we send, or gives the rest of what it began
    answer: float = 60  # until the destination answers a message
    commitment: float = 10  # until a report of storage commitment has come
    release: float = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A DICOM application entity that can be called, and what it is to know about us."""

    ae_title: str
    host: str
    port: int
    calling_ae_title: str = "RELAYPACS"
    username: str = ""
    password: str = field(default="", repr=False)
    tls: Tls | None = None  # None: no TLS at all


def check_ae_title(title: str) -> None:
    """Raise ValueError unless `title` is an AE title (PS3.5 6.2)."""
    if not _AE_TITLE.fullmatch(title):
        raise ValueError("an AE title has 1 to 16 characters of ASCII, without backslash and control characters")


def split_address(address: str) -> tuple[str, str, str, int]:
    """Return scheme, AE title, host and port of `dicom[+tls]://AETITLE@host:port`. Raises ValueError."""
    parts = urlsplit(address)
    title, host, port = unquote(parts.username or ""), parts.hostname, parts.port
    if not title or not host or not port or parts.password is not None or parts.path.strip("/"):
        raise ValueError("the address of a DICOM node is dicom://AETITLE@host:port, without user, password and path")
    check_ae_title(title)
    return parts.scheme, title, host, port


def join_address(scheme: str, title: str, host: str, port: int) -> str:
    """Return the address in its one canonical form."""
    return f"{scheme}://{quote(title, safe='')}@{f'[{host}]' if ':' in host else host}:{port}"
