"""Why a destination does not take something, in one stable word beside its own: what to do follows from it."""

import errno
import re
import ssl
from collections.abc import Iterator
from enum import StrEnum
from http import HTTPStatus


class Cause(StrEnum):
    """The words are kept in rows and shown by the API: add some, rename none."""

    # There is no conversation.
    UNREACHABLE = "unreachable"  # nothing answers there: stopped, another port, a firewall
    UNKNOWN_HOST = "unknown_host"  # the name cannot be resolved
    FORBIDDEN_ADDRESS = "forbidden_address"  # where no destination may be
    TLS = "tls"  # a certificate is not trusted, is missing, or only one side speaks TLS
    TIMED_OUT = "timed_out"  # it is there, and does not answer in time
    CONNECTION_LOST = "connection_lost"  # it hung up
    # It does not let us in, or is not what we take it for.
    NOT_ALLOWED = "not_allowed"  # user or password; of a folder, its permissions
    WRONG_AE_TITLE = "wrong_ae_title"  # it goes by another name
    UNKNOWN_CALLER = "unknown_caller"  # it does not know ours
    NOT_FOUND = "not_found"  # no such path
    NOT_DICOM = "not_dicom"  # what answers does not speak DICOM, or not as the standard says
    NOT_OFFERED = "not_offered"  # it lacks the service that is needed
    # It cannot take more now.
    OUT_OF_RESOURCES = "out_of_resources"  # full
    BUSY = "busy"
    # It will not take this.
    TOO_LARGE = "too_large"  # most often the limit of a proxy
    REFUSED_SOP_CLASS = "refused_sop_class"
    REFUSED_TRANSFER_SYNTAX = "refused_transfer_syntax"
    REFUSED_CONTENT = "refused_content"
    # It took it, and what it holds is not what was sent.
    NOT_KEPT = "not_kept"  # acknowledged, and not listed or given back
    OTHER_CONTENT = "other_content"  # something else under the same SOPInstanceUID
    # It is not to blame.
    OWN_COPY = "own_copy"  # the gateway cannot read its copy
    GATEWAY = "gateway"  # a fault of the gateway's own
    OTHER = "other"  # only its own words say


_HTTP: dict[int, Cause] = {
    HTTPStatus.UNAUTHORIZED: Cause.NOT_ALLOWED,
    HTTPStatus.FORBIDDEN: Cause.NOT_ALLOWED,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Cause.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: Cause.NOT_FOUND,
    HTTPStatus.GONE: Cause.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Cause.NOT_FOUND,
    HTTPStatus.NOT_IMPLEMENTED: Cause.NOT_OFFERED,
    HTTPStatus.NOT_ACCEPTABLE: Cause.NOT_OFFERED,
    HTTPStatus.REQUEST_TIMEOUT: Cause.TIMED_OUT,
    HTTPStatus.GATEWAY_TIMEOUT: Cause.TIMED_OUT,
    HTTPStatus.BAD_GATEWAY: Cause.UNREACHABLE,  # a proxy answers, and what it stands for does not
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Cause.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Cause.REFUSED_CONTENT,
    HTTPStatus.UNPROCESSABLE_ENTITY: Cause.REFUSED_CONTENT,
    HTTPStatus.TOO_MANY_REQUESTS: Cause.BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: Cause.BUSY,
    HTTPStatus.INSUFFICIENT_STORAGE: Cause.OUT_OF_RESOURCES,
}
_ERRNO = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE), Cause.OUT_OF_RESOURCES),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), Cause.NOT_ALLOWED),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), Cause.NOT_FOUND),
    # A network file system whose server is gone.
    **dict.fromkeys((errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.EHOSTDOWN), Cause.UNREACHABLE),
}
# Products have no code for it over HTTP, and say so in an error of their own making.
_FULL = re.compile(
    r"no space left|(disk|storage|volume|database|quota)\b.{0,30}\b(full|exceeded)"
    r"|out of (resources|memory|disk|space|storage)|(insufficient|not enough) (storage|space|resources|disk)",
    re.IGNORECASE,
)


def cause_of_http(status: int, words: str = "") -> Cause:
    """Return what an HTTP status means; where it means nothing, what `words` say."""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Cause.NOT_FOUND  # the service is somewhere else
    return _HTTP.get(status) or cause_of_words(words)


def cause_of_words(words: str) -> Cause:
    """Return what a destination's own words say, as far as any are understood."""
    return Cause.OUT_OF_RESOURCES if _FULL.search(words) else Cause.OTHER


def cause_of_file_error(fault: OSError) -> Cause:
    """Return why a folder cannot be used."""
    return _ERRNO.get(fault.errno or 0, Cause.OTHER)


def is_tls_fault(fault: BaseException) -> bool:
    """Tell whether TLS is what failed, also where a library has wrapped its error."""
    return any(isinstance(each, ssl.SSLError) for each in chain_of(fault))


def chain_of(fault: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, whatever a library has wrapped it in."""
    seen: list[BaseException] = []  # an error that was raised again may have itself among its causes
    found: BaseException | None = fault
    while found is not None and found not in seen:
        yield found
        seen.append(found)
        found = found.__cause__ or found.__context__
