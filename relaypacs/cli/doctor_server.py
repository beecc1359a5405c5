"""Examines a server from outside: as a client sees it."""

import json
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from relaypacs.cli.findings import Finding, good, problem
from relaypacs.client.errors import BadServerAddress
from relaypacs.client.session import Credentials
from relaypacs.client.wire import Answer, ExchangeFailed, Wire

SKEW_LIMIT = 30.0  # seconds; codes of the second factor are good for that long
MIB = 1024**2
LARGEST_CHUNK = 5 * MIB
STREAM_SECONDS = 20.0
NOBODYS_UPLOAD = "00000000-0000-7000-8000-000000000000"
NO_DIGEST = "AAAAAAAAAAAAAAAAAAAAAA=="
PROBLEM = "application/problem+json"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def examine_server(server: str, credentials: Credentials | None = None) -> Iterator[Finding]:
    """Yield what was found, and stop where nothing more can be seen. The live stream is for those who sign in."""
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
        yield _body(wire)
        if credentials:
            yield _stream(server, wire, credentials)
    except ExchangeFailed as error:
        yield problem("ready", str(error) or type(error).__name__, "The server hangs. Look into its log.")
    finally:
        wire.close()


def _body(wire: Wire) -> Finding:
    """Send as much as the largest chunk has, for an upload that does not exist, and see how far it comes."""
    what, detail = "body limit", f"{LARGEST_CHUNK / MIB:.0f} MiB go through"
    remedy = "Raise the limit of the proxy to 8 MB (client_max_body_size in nginx): a chunk has up to 5 MiB."
    path = f"/api/v1/upload/{NOBODYS_UPLOAD}/chunk?chunk_index=0&file_id=doctor"
    try:
        answer = wire.exchange("PUT", path, headers={"Content-MD5": NO_DIGEST}, body=bytes(LARGEST_CHUNK))
    except ExchangeFailed as error:
        said = str(error) or type(error).__name__
        return problem(what, f"the connection broke while a chunk was sent: {said}", remedy, code="body_limit")
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        by = "the gateway" if PROBLEM in answer.headers.get("content-type", "") else "a proxy before the gateway"
        return problem(what, f"{by} refuses a chunk as too large (413)", remedy, code="body_limit")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        remedy = "Look into the logs of the proxy and of the gateway."
        return problem(what, f"a chunk was answered with {answer.status}", remedy, code="body_failed")
    return good(what, detail)


def _stream(server: str, wire: Wire, credentials: Credentials) -> Finding:
    """Listen for the first sign of life on the live stream, which comes every 15 s, unless somebody keeps it back."""
    what = "live stream"
    form = {"username": credentials.username, "password": credentials.password, "totp_code": credentials.totp_code}
    body = json.dumps({name: value for name, value in form.items() if value}).encode()
    answer = wire.exchange("POST", "/api/v1/auth/login", headers={"Content-Type": "application/json"}, body=body)
    access = answer.json().get("access_token")
    if not access:
        said = answer.json().get("detail", "a code of the second factor is asked for")
        return problem(what, f"could not sign in: {said}", "Check --username, RELAYPACS_PASSWORD and --totp-code.")
    headers = {"Authorization": f"Bearer {access}", "Accept": "text/event-stream"}
    address = f"{server.rstrip('/')}/api/v1/notifications/stream"
    began = time.monotonic()
    try:
        with httpx.stream("GET", address, headers=headers, timeout=STREAM_SECONDS) as response:
            if response.status_code != HTTPStatus.OK:
                return problem(
                    what, f"it answered {response.status_code}", "Look into the proxy's and the server's log."
                )
            next(response.iter_raw())
    except (httpx.HTTPError, StopIteration):
        remedy = "Switch buffering off for /api/v1/notifications/stream (proxy_buffering off in nginx)."
        return problem(what, f"nothing came through within {STREAM_SECONDS:.0f} s", remedy, code="stream_buffered")
    finally:
        wire.exchange("POST", "/api/v1/auth/logout", headers={"Authorization": f"Bearer {access}"})
    return good(what, f"the first sign of life after {time.monotonic() - began:.0f} s")


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
