"""The syslog message around an audit message (RFC 5424; its fields as in PS3.15 A.6 and A.7)."""

import re

from relaypacs.adapters.syslog.base import AuditRecord
from relaypacs.adapters.syslog.message import PROCESS, audit_message, timestamp

VERSION = 1
AUTHPRIV = 10
NOTICE, WARNING = 5, 4
MESSAGE_ID = "DICOM+RFC3881"
LONGEST_HOSTNAME = 255
NIL = "-"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # says that what follows is UTF-8 (RFC 5424 6.4)

_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")


def syslog_message(record: AuditRecord, *, source_id: str, hostname: str, process_id: int) -> bytes:
    """Return the whole syslog message of `record`, in one line and without framing. No structured data."""
    priority = AUTHPRIV * 8 + (NOTICE if record.outcome == "success" else WARNING)
    # HOSTNAME is printable ASCII without spaces (RFC 5424 6); a name that is not goes unnamed here.
    printable = hostname if 0 < len(hostname) <= LONGEST_HOSTNAME and not _NOT_PRINTABLE.search(hostname) else NIL
    header = f"<{priority}>{VERSION} {timestamp(record.at)} {printable} {PROCESS} {process_id} {MESSAGE_ID} {NIL} "
    return header.encode() + BYTE_ORDER_MARK + audit_message(record, source_id=source_id, hostname=hostname)
