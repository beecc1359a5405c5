"""From the address that an administrator writes to the adapter that reaches it."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from relaypacs.adapters.pacs.base import Pacs
from relaypacs.adapters.pacs.commitments import CommitmentReports
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.dimse.adapter import DimsePacs
from relaypacs.adapters.pacs.dimse.node import Node, check_ae_title, join_address, split_address
from relaypacs.adapters.pacs.folder import FolderPacs
from relaypacs.adapters.pacs.reach import is_forbidden
from relaypacs.adapters.pacs.tls import Tls

HOST = re.compile(r"[\w.:%-]+")
FOLDER, DICOMWEB, DIMSE = "folder", "dicomweb", "dimse"
DEFAULT_AE_TITLE = "RELAYPACS"


@dataclass(frozen=True, slots=True)
class PacsAddress:
    """Where a destination is. `address` never holds credentials, and may be shown and logged.

    It is an absolute path for a folder, an `http` or `https` URL for DICOMweb, and `dicom://AETITLE@host:port` or
    `dicom+tls://AETITLE@host:port` for DIMSE, where user and password become the user identity (PS3.7 D.3.3.7).
    """

    kind: str
    address: str
    username: str = ""
    password: str = field(default="", repr=False)
    calling_ae_title: str = DEFAULT_AE_TITLE  # who we say we are, for DIMSE
    tls: Tls = field(default_factory=Tls)  # for https and dicom+tls


def parse_pacs_url(url: str) -> PacsAddress:
    """Read `folder:///path`, `dicomweb+http[s]://user:password@host:port/path` or `dicom[+tls]://AETITLE@host:port`.

    Special characters in user and password are percent-encoded. Raises ValueError with a sentence that
    does not repeat the URL, because there may be a password in it.
    """
    if set(url) & {"?", "#"}:
        raise ValueError("the PACS address must have no ? and no #; in a password they are %3F and %23")
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        # `from None`: the original quotes parts of the address.
        raise ValueError("the PACS address is not a URL; special characters in it must be percent-encoded") from None
    match parts.scheme:
        case "folder":
            return _folder(parts)
        case "dicomweb+http" | "dicomweb+https":
            return _dicomweb(parts)
        case "dicom" | "dicom+tls":
            return _dimse(parts)
        case _:
            raise ValueError(
                "the PACS address must start with folder:///, dicomweb+http://, dicomweb+https://, dicom:// or dicom+tls://"
            )


def open_pacs(address: PacsAddress, *, connections: int = 4, reports: CommitmentReports | None = None) -> Pacs:
    """Return the adapter for `address`; nothing is connected yet. `connections` bounds those of one adapter.

    `reports` is where reports of storage commitment arrive that a listener of ours receives. Raises ValueError.
    """
    if address.kind == FOLDER:
        return FolderPacs(Path(address.address))
    if address.kind == DICOMWEB:
        credentials = address.username, address.password
        return DicomwebPacs(address.address, *credentials, tls=address.tls, connections=connections)
    if address.kind == DIMSE:
        return DimsePacs(_node(address), connections=connections, reports=reports)
    raise ValueError(f"there is no kind of PACS named {address.kind}")


def _folder(parts: SplitResult) -> PacsAddress:
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or not path.strip("/") or "\0" in path:
        raise ValueError("a folder's address is folder:// and an absolute path, as in folder:///srv/archive")
    return PacsAddress(FOLDER, path)


def _dicomweb(parts: SplitResult) -> PacsAddress:
    host = parts.hostname
    if not host or "@" in parts.path:
        raise ValueError("the PACS address has no host; a / in a password is written %2F")
    _check_host(host)
    netloc = parts.netloc.rpartition("@")[2]
    url = f"{parts.scheme.removeprefix('dicomweb+')}://{netloc}{parts.path.rstrip('/')}"
    try:
        httpx.URL(url)
    except httpx.InvalidURL as fault:
        raise ValueError(f"the PACS address is not a URL: {fault}") from None
    return PacsAddress(DICOMWEB, url, unquote(parts.username or ""), unquote(parts.password or ""))


def _dimse(parts: SplitResult) -> PacsAddress:
    scheme, title, host, port = split_address(parts.geturl())
    _check_host(host)
    return PacsAddress(DIMSE, join_address(scheme, title, host, port))


def _node(address: PacsAddress) -> Node:
    scheme, title, host, port = split_address(address.address)
    check_ae_title(address.calling_ae_title)
    return Node(
        ae_title=title,
        host=host,
        port=port,
        calling_ae_title=address.calling_ae_title,
        username=address.username,
        password=address.password,
        tls=address.tls if scheme == "dicom+tls" else None,
    )


def _check_host(host: str) -> None:
    """Raise ValueError when this is no host, or one that is forbidden by its looks."""
    if not HOST.fullmatch(host):
        raise ValueError("the host in the PACS address is neither a name nor an IP address")
    if _is_forbidden_literal(host):
        raise ValueError("the PACS address is link-local or a metadata service, which is not allowed")


def _is_forbidden_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False  # a name: looked up, and checked, whenever it is used
    return is_forbidden(host)
