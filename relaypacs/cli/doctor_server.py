"""Examines a server from outside: as a client sees it."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from relaypacs.cli.findings import Finding, good, problem
from relaypacs.client.errors import BadServerAddress
from relaypacs.client.wire import Answer, ExchangeFailed, Wire

SKEW_LIMIT = 30.0  # seconds; codes of the second factor are good for that long
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def examine_server(server: str) -> Iterator[Finding]:
    """Yield what was found, and stop where nothing more can be seen."""
    try:
        wire = Wire(server)
    except BadServerAddress as error:
        yield problem("address", str(error), "Correct --server.")
        return
    try:
        live = wire.exchange("GET", "/health/live")
    except ssl.SSLCertVerificationError as error:
        remedy = "Renew the server's certificate, or name its authority's file in SSL_CERT_FILE."
        yield problem("TLS", f"the certificate is not trusted: {error.verify_message}", remedy)
        return
    except ExchangeFailed as error:
        remedy = "Check the address, that the server runs, and the firewall or proxy in between."
        yield problem("connection", str(error) or type(error).__name__, remedy)
        return
    yield _tls(server)
    yield _health("live", live, "What answers here may be a proxy, or another server. Check the address.")
    try:
        ready = wire.exchange("GET", "/health/ready")
        yield _health("ready", ready, "Run `relaypacs doctor` on the server: its database or storage does not work.")
        yield _clock(live)
    except ExchangeFailed as error:
        yield problem("ready", str(error) or type(error).__name__, "The server hangs. Look into its log.")
    finally:
        wire.close()


def _tls(server: str) -> Finding:
    address = urlsplit(server)
    if address.scheme == "https":
        return good("TLS", "encrypted, and the certificate is trusted")
    if address.hostname in LOOPBACK:
        return good("TLS", "not encrypted, but nothing leaves this machine")
    remedy = "Put a proxy with a certificate before it: passwords and patient data travel in the clear."
    return problem("TLS", "not encrypted", remedy)


def _health(what: str, answer: Answer, remedy: str) -> Finding:
    if answer.status == HTTPStatus.OK and answer.json().get("status") == what:
        return good(what, "yes")
    said = answer.json().get("detail", "")
    return problem(what, f"it answered {answer.status} {said}".strip(), remedy)


def _clock(answer: Answer) -> Finding:
    """Compare the clocks by the Date header (RFC 9110 6.6.1), which is exact to the second."""
    try:
        skew = abs((parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)).total_seconds())
    except (KeyError, ValueError):
        return problem("clock", "the server does not say what time it is", "Check the proxy in between.")
    if skew > SKEW_LIMIT:
        remedy = "Set both clocks by NTP, or codes of the second factor and tokens will be refused."
        return problem("clock", f"{skew:.0f} s apart", remedy)
    return good("clock", "the same as here")
