"""Optimistic concurrency for what two people may edit: ETag and If-Match (RFC 9110 8.8.3, 13.1.1)."""

from relaypacs.core.errors import StaleEdit


def etag(version: int) -> str:
    """Return a strong validator for a row's version."""
    return f'"{version}"'


def require_match(if_match: str | None, version: int) -> None:
    """Let an edit pass that was made on the present version, or on `*`, or that names none. Raises StaleEdit."""
    if if_match is None:
        return
    given = {tag.strip() for tag in if_match.split(",")}
    if not given & {"*", etag(version)}:
        raise StaleEdit("Somebody else changed this meanwhile. Load it again, and repeat your change.")
