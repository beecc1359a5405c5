"""What keeps an object store from doing what it is asked, in one stable word; what to do follows from it."""

import re
from enum import StrEnum
from http import HTTPStatus

from obstore.exceptions import BaseError

from relaypacs.core.errors import StorageFull, StorageUnavailable


class Cause(StrEnum):
    UNREACHABLE = "unreachable"  # nothing answers there: stopped, another port, a firewall
    UNKNOWN_HOST = "unknown_host"  # the name cannot be resolved
    TLS = "tls"  # a certificate is not trusted, or only one side speaks TLS
    TIMED_OUT = "timed_out"  # it is there, and does not answer in time
    NO_CREDENTIALS = "no_credentials"  # neither the address nor the environment has any
    WRONG_CREDENTIALS = "wrong_credentials"  # it does not know the key, or the secret is another one
    CLOCK_SKEW = "clock_skew"  # its clock and ours differ by more than it bears
    NOT_ALLOWED = "not_allowed"  # it knows us, and does not let us
    NO_BUCKET = "no_bucket"
    WRONG_REGION = "wrong_region"
    FULL = "full"
    BUSY = "busy"
    OTHER = "other"


# The error codes of the S3 API, and those that MinIO, Ceph and others have beside them.
_CODES = {
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"), Cause.WRONG_CREDENTIALS),
    **dict.fromkeys(("ExpiredToken", "TokenRefreshRequired", "InvalidSecurity"), Cause.WRONG_CREDENTIALS),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), Cause.CLOCK_SKEW),
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "MethodNotAllowed"), Cause.NOT_ALLOWED),
    **dict.fromkeys(("AuthorizationHeaderMalformed", "PermanentRedirect"), Cause.WRONG_REGION),
    **dict.fromkeys(("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"), Cause.FULL),
    **dict.fromkeys(("SlowDown", "ServiceUnavailable", "XMinioServerNotInitialized"), Cause.BUSY),
    "NoSuchBucket": Cause.NO_BUCKET,
}
_STATUSES = {
    HTTPStatus.UNAUTHORIZED: Cause.WRONG_CREDENTIALS,
    HTTPStatus.FORBIDDEN: Cause.NOT_ALLOWED,
    HTTPStatus.METHOD_NOT_ALLOWED: Cause.NOT_ALLOWED,
    HTTPStatus.MOVED_PERMANENTLY: Cause.WRONG_REGION,
    HTTPStatus.INSUFFICIENT_STORAGE: Cause.FULL,
    HTTPStatus.SERVICE_UNAVAILABLE: Cause.BUSY,
    HTTPStatus.TOO_MANY_REQUESTS: Cause.BUSY,
}
# The library has no fields for these: it says them in the sentences that it is known for.
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_NOBODY = re.compile(r"169\.254\.(169\.254|170\.2)|metadata token|instance credentials", re.IGNORECASE)
_KINDS = (
    (re.compile(r"certificate|InvalidContentType|UnknownIssuer|handshake|tls", re.IGNORECASE), Cause.TLS),
    (re.compile(r"dns error|failed to lookup address", re.IGNORECASE), Cause.UNKNOWN_HOST),
    (re.compile(r"kind: (Timeout|Interrupted)|TimedOut"), Cause.TIMED_OUT),
    (re.compile(r"kind: (Connect|Request|Unknown)|error sending request"), Cause.UNREACHABLE),
)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that the store has answered with, None when it has not answered."""
    found = _STATUS.search(str(error))
    return int(found.group(1)) if found else None


def cause_of(error: BaseException) -> Cause:
    """Return why the library has failed."""
    text = str(error)
    if _NOBODY.search(text):
        return Cause.NO_CREDENTIALS
    if (code := _CODE.search(text)) and code.group(1) in _CODES:
        return _CODES[code.group(1)]
    if (status := status_of(error)) is not None:
        return _STATUSES.get(HTTPStatus(status), Cause.OTHER) if status in list(HTTPStatus) else Cause.OTHER
    return next((cause for pattern, cause in _KINDS if pattern.search(text)), Cause.OTHER)


def named(error: BaseError | FileNotFoundError) -> StorageFull | StorageUnavailable:
    """Return what to raise for an error of the library; what the library says is for the one who runs the gateway."""
    if cause_of(error) is Cause.FULL:
        return StorageFull("The gateway's object store is full. What has been acknowledged is safe.")
    return StorageUnavailable("The gateway's object store does not answer as it should. Try again later.")
