"""Errors are named facts: each has a status and a code that clients match on.

A feature lists its errors in one block in its `errors.py`; `core.problems` turns any of them into a
problem document. `docs/errors.md` has a heading for each code, and a test holds the two together.
"""

import os
from typing import Any, ClassVar


class RelayError(Exception):
    """Base of every error that a caller is meant to see.

    Attributes:
        status: the HTTP status.
        code: stable name; the problem's `type` is `/problems/<code>`.
        title: the same for every occurrence; what is special to this one goes to `detail`.
        detail: a sentence for the person who has to act. Never holds patient data.
        facts: extra members of the problem document, such as what was expected.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.facts = facts


def words_of(error: BaseException) -> str:
    """Return what may be repeated of what an error says: of other people's errors nothing, for they quote."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return error.detail if isinstance(error, RelayError) else ""


class InvalidRequest(RelayError):
    status, code, title = 400, "validation-error", "Validation error"


class MetricsTokenWrong(RelayError):
    status, code, title = 401, "metrics-token-wrong", "Not allowed to read the metrics"


class NotFound(RelayError):
    status, code, title = 404, "not-found", "Not found"


class MethodNotAllowed(RelayError):
    status, code, title = 405, "method-not-allowed", "Method not allowed"


class StaleEdit(RelayError):
    status, code, title = 409, "stale-edit", "Changed meanwhile"


class BodyTooLarge(RelayError):
    status, code, title = 413, "body-too-large", "Body too large"


class BodyTooSlow(RelayError):
    status, code, title = 408, "body-too-slow", "Body too slow"


class TooManyRequests(RelayError):
    status, code, title = 429, "too-many-requests", "Too many requests"


class LimitsUnavailable(RelayError):
    status, code, title = 503, "limits-unavailable", "Attempts cannot be counted"


class RedisSilent(RelayError):
    status, code, title = 503, "redis-unavailable", "Redis unavailable"


class InternalError(RelayError):
    status, code, title = 500, "internal-error", "Internal error"


class DatabaseUnavailable(RelayError):
    status, code, title = 503, "database-unavailable", "Database unavailable"


class DatabaseFull(DatabaseUnavailable):
    status, code, title = 507, "database-full", "Database full"


class StorageUnavailable(RelayError):
    status, code, title = 503, "storage-unavailable", "Storage unavailable"


class StorageFull(RelayError):
    status, code, title = 507, "storage-full", "Storage full"


class StoredFileDamaged(RelayError):
    status, code, title = 500, "stored-file-damaged", "Stored file damaged"


class StorageKeyMissing(RelayError):
    status, code, title = 500, "storage-key-missing", "Storage key missing"
