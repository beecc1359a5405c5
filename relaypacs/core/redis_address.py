"""`RELAYPACS_REDIS_URL`, taken apart."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

EXAMPLE = "redis://user:password@redis.example:6379/0"
PREFIX = "relaypacs"
PREFIXES = re.compile(r"[A-Za-z0-9._-]{1,64}")
OPTIONS = {"prefix", "ca"}


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where Redis is. `url` may hold a password; `prefix` begins all our keys there; `ca` is a file, or empty."""

    url: str
    host: str
    port: int
    prefix: str
    ca: str


def parse_redis_url(text: str) -> RedisAddress:
    """Return what the address says. Raises ValueError, whose message repeats no part of it."""
    try:
        parts = urlsplit(text)
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        # `from None`: the original quotes parts of the address.
        raise ValueError(f"must be an address as in {EXAMPLE}") from None
    is_database = re.fullmatch(r"/?|/\d{1,5}", parts.path)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or port == 0 or not is_database or parts.fragment:
        raise ValueError(f"must be an address as in {EXAMPLE}")
    if unknown := set(options) - OPTIONS:
        raise ValueError(f"knows no option but prefix and ca ({len(unknown)} others given)")
    prefix, ca = options.get("prefix", PREFIX), options.get("ca", "")
    if not PREFIXES.fullmatch(prefix):
        raise ValueError("must have a prefix of up to 64 letters, digits, dots, hyphens and underscores")
    if ca and parts.scheme != "rediss":
        raise ValueError("is given a ca, which is of use with rediss:// only")
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return RedisAddress(url, parts.hostname, port or 6379, prefix, ca)
