"""The kinds of values that single settings may have. What is refused says why, and repeats nothing of the value."""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, StringConstraints

from relaypacs.core.dicom_peers import check_ae_title
from relaypacs.core.outbound import parse_networks
from relaypacs.core.passwords import MIN_SECRET_LENGTH, secret_weakness
from relaypacs.core.role_map import parse_role_map
from relaypacs.core.web_addresses import is_loopback, is_secure

ORIGIN = re.compile(r"(https?)://(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?")
LEFT_OUT = {("http", "80"), ("https", "443")}


def listed(value: str) -> tuple[str, ...]:
    """Return the parts of a list with commas, without those that are empty."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _origins(value: str) -> str:
    if not all(_is_origin(origin) for origin in listed(value)):
        raise ValueError(
            "must be origins as browsers name them, separated by commas: scheme://host or scheme://host:port, in "
            "lower case, without a path and without the port 80 of http or 443 of https. * is not taken"
        )
    return value


def _is_origin(text: str) -> bool:
    """Tell whether a browser could name this in `Origin` (RFC 6454 6.2); anything else would never match."""
    found = ORIGIN.fullmatch(text)
    return found is not None and found.groups() not in LEFT_OUT


def _issuer(value: str) -> str:
    """Refuse what cannot be an issuer (OpenID Connect Core 1.0 section 1.2), and what anybody could pose as."""
    if value and (not is_secure(value) or set(value) & {"?", "#"}):
        raise ValueError("must be an https:// address (http:// only on this machine itself) without ? and #")
    return value


def _scopes(value: str) -> str:
    if "openid" not in value.split():
        raise ValueError("must have openid among its words, separated by spaces")
    return " ".join(value.split())


def _role_map(value: str) -> str:
    if value and not parse_role_map(value):
        raise ValueError("names no role")
    return value


def _place(value: str) -> str:
    """Return the address without the slash at its end."""
    place = value.removesuffix("/")
    if place and (not is_secure(place) or place.count("/") != len("//") or set(place) & {"?", "#"}):
        raise ValueError("must be https:// (http:// only on this machine itself) and a host, without a path")
    return place


def _ip_address(value: str) -> str:
    try:
        ip_address(value)
    except ValueError:
        raise ValueError("must be an IP address, such as 127.0.0.1, or 0.0.0.0 for all of this machine") from None
    return value


def _ae_title(value: str) -> str:
    check_ae_title(value)
    return value


def _networks(value: str) -> str:
    parse_networks(value)
    return value


def _random(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if token and (len(token) < MIN_SECRET_LENGTH or not token.isascii() or not token.isprintable() or " " in token):
        raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters, of ASCII and without spaces")
    if token and (weakness := secret_weakness(token)):
        raise ValueError(weakness)
    return value


def _dsn(value: SecretStr) -> SecretStr:
    """Refuse what is no DSN, and one that would send reports in the clear."""
    problem = "must be a DSN as Sentry shows it, as in https://key@sentry.example/1"
    dsn = value.get_secret_value()
    try:
        parts = urlsplit(dsn)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        # `from None`: the original quotes parts of the address.
        raise ValueError(problem) from None
    if not dsn:
        return value
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not (is_safe and parts.hostname and parts.username and parts.path.rpartition("/")[2].isdecimal()):
        raise ValueError(problem)
    return value


def _collector(value: str) -> str:
    """Return the address without the slash at its end. A collector in the same network often has no TLS."""
    address = value.removesuffix("/")
    try:
        parts = urlsplit(address)
        _ = parts.port  # as above
    except ValueError:
        raise ValueError("must be an address as in http://collector.example:4318") from None
    is_http = parts.scheme in ("http", "https") and bool(parts.hostname)
    if address and (not is_http or "@" in parts.netloc or parts.query or parts.fragment):
        raise ValueError("must be an address as in http://collector.example:4318, without credentials")
    return address


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
RateLimit = Annotated[str, StringConstraints(pattern=r"^\d+/(second|minute|hour|day)$")]
OptionalRateLimit = Annotated[str, StringConstraints(pattern=r"^(\d+/(second|minute|hour|day))?$")]
Origins = Annotated[str, AfterValidator(_origins)]
Issuer = Annotated[str, AfterValidator(_issuer)]
Scopes = Annotated[Words, AfterValidator(_scopes)]
RoleMap = Annotated[str, AfterValidator(_role_map)]
Place = Annotated[str, AfterValidator(_place)]
IpAddress = Annotated[str, AfterValidator(_ip_address)]
AeTitle = Annotated[str, AfterValidator(_ae_title)]
Networks = Annotated[str, AfterValidator(_networks)]
RandomToken = Annotated[SecretStr, AfterValidator(_random)]
Dsn = Annotated[SecretStr, AfterValidator(_dsn)]
Collector = Annotated[str, AfterValidator(_collector)]
