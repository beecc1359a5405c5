"""Looks at the certificate of a peer that speaks TLS: who it is for, by whom, until when, and why it is not trusted."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.reach import refuse_forbidden
from relaypacs.cli.causes import REMEDIES
from relaypacs.cli.findings import Finding, good, problem

PORTS = {"https": 443, "dicom+tls": 2762}  # PS3.8 9.1.1 for the latter
SECONDS = 5.0
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a peer shows. `distrust` is why it is not trusted, in OpenSSL's words; empty when it is."""

    subject: str
    issuer: str
    ends_at: datetime
    distrust: str

    def finding(self, what: str) -> Finding:
        detail = f"for {self.subject} by {self.issuer}, until {self.ends_at:%Y-%m-%d %H:%M} UTC"
        if self.distrust:
            return problem(what, f"{self.distrust}: {detail}", REMEDIES[Cause.TLS], code=Cause.TLS.value)
        if self.ends_at - datetime.now(UTC) < SOON:
            return problem(what, f"ends soon: {detail}", "Have it renewed before it ends.", code="certificate_ends")
        return good(what, detail)


async def describe_certificate(address: str, authority: str = "") -> Certificate | None:
    """Return the certificate at an address; None where there is no TLS, or none to be had. `authority` is PEM."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    port = parts.port or PORTS[parts.scheme]
    try:
        await refuse_forbidden(parts.hostname, port)
        return await asyncio.to_thread(_look, parts.hostname, port, authority)
    except (OSError, ValueError, PacsUnavailable):
        return None  # the echo says what is wrong with the connection


def _look(host: str, port: int, authority: str) -> Certificate:
    distrust = ""
    try:
        _shake_hands(ssl.create_default_context(cadata=authority or None), host, port)
    except ssl.SSLCertVerificationError as fault:
        distrust = fault.verify_message
    except ssl.SSLError:
        pass  # a client certificate is demanded, perhaps: what it shows can be seen all the same
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    certificate = x509.load_der_x509_certificate(_shake_hands(anybody, host, port))
    names = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    return Certificate(names[0] or "nobody", names[1] or "nobody", certificate.not_valid_after_utc, distrust)


def _shake_hands(context: ssl.SSLContext, host: str, port: int) -> bytes:
    with (
        socket.create_connection((host, port), timeout=SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""
