"""From the settings to the adapter that reaches the syslog server."""

import os
import socket
import ssl
from urllib.parse import urlsplit

from relaypacs.adapters.syslog.base import AuditRecord, SyslogSender, SyslogUnavailable
from relaypacs.adapters.syslog.envelope import syslog_message
from relaypacs.adapters.syslog.transport import StreamSender, UdpSender
from relaypacs.core.settings import Settings

# The registered ports of syslog over UDP and TLS (RFC 5426 3.3, RFC 5425 4.1), and the customary one over TCP.
PORTS = {"udp": 514, "tcp": 601, "tls": 6514}


def open_syslog(settings: Settings) -> SyslogSender | None:
    """Return the sender that the settings name, None when they name none; nothing is connected yet.

    It belongs to the running event loop.
    """
    if not settings.audit_syslog:
        return None
    address = urlsplit(settings.audit_syslog)
    host, port = address.hostname or "", address.port or PORTS[address.scheme]
    hostname, process_id = socket.gethostname(), os.getpid()

    def encode(record: AuditRecord) -> bytes:
        return syslog_message(record, source_id=settings.audit_source, hostname=hostname, process_id=process_id)

    def trust() -> ssl.SSLContext:
        return trusting(settings.audit_syslog_ca)

    match address.scheme:
        case "udp":
            return UdpSender(host, port, encode)
        case "tcp":
            return StreamSender(host, port, encode)
        case _:
            return StreamSender(host, port, encode, tls=trust)


def trusting(ca_file: str) -> ssl.SSLContext:
    """Return a context that trusts the authorities in `ca_file` (PEM), or the system's when it is empty.

    Raises SyslogUnavailable. Reads files, anew for each connection, so that a renewed authority is trusted at once.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as fault:  # ssl.SSLError too: there is no certificate in it
        raise SyslogUnavailable(
            "the file in RELAYPACS_AUDIT_SYSLOG_CA can't be read, or holds no certificate"
        ) from fault
