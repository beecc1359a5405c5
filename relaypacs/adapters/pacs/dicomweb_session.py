"""HTTP as the DICOMweb adapter wants it: bounded, patient only while there is progress, and discreet."""

import json
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause, cause_of_http, chain_of, is_tls_fault
from relaypacs.adapters.pacs.reach import refuse_forbidden
from relaypacs.adapters.pacs.tls import Tls, client_context
from relaypacs.core.tracing import carrier

MAX_ANSWER = 32 * 1024 * 1024
MAX_WORDS = 300
PORTS = {"http": 80, "https": 443}

# Seconds without progress, not for the whole request: a batch may take long on a slow link.
TIMEOUTS = httpx.Timeout(connect=10, write=30, read=60, pool=None)
# Shorter than servers keep an idle connection (Orthanc: 1 s), so that none is lost to their closing it.
IDLE_SECONDS = 0.75

NO_FILES = Tls()

# What products call the sentence in an error of type JSON.
_SENTENCES = ("Message", "Details", "message", "errorMessage", "error", "title", "detail")


class ServiceUnavailable(PacsUnavailable):
    """The destination as a whole is out of reach: whatever is asked next would fail in the same way."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `words` describes it to the administrator."""

    status: int
    body: bytes
    words: str

    @property
    def cause(self) -> Cause:
        """Return what it means, if it is no success."""
        return cause_of_http(self.status, self.words)


class DicomwebSession:
    """Keep-alive connections to one DICOMweb service. Follows no redirect, heeds no proxy or netrc settings."""

    def __init__(
        self, base_url: str, username: str, password: str, timeouts: httpx.Timeout = TIMEOUTS, tls: Tls = NO_FILES
    ) -> None:
        self._url = httpx.URL(base_url)
        if self._url.userinfo:
            raise ValueError("credentials do not belong into the base URL")
        transport = httpx.AsyncHTTPTransport(
            verify=client_context(tls) if self._url.scheme == "https" else False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=IDLE_SECONDS),
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            trust_env=False,
        )
        self._client = httpx.AsyncClient(
            base_url=self._url,
            auth=httpx.BasicAuth(username, password) if username else None,
            # Compressing pixels costs a PACS more time than it saves on its own network.
            headers={"Accept-Encoding": "identity", "User-Agent": "RelayPACS"},
            timeout=timeouts,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        body: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Yield the response, its body not yet read.

        Raises PacsUnavailable for every fault on the way there and back, also while the body is read;
        ServiceUnavailable where there is no connection to be had.
        """
        await self._refuse_forbidden()
        headers = {**headers, **carrier()}
        try:
            async with self._client.stream(method, path, headers=headers, params=params, content=body) as response:
                if response.is_redirect:
                    words = f"{_status_line(response.status_code)}: redirects are not followed"
                    raise ServiceUnavailable(words, cause_of_http(response.status_code))
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as fault:
            raise ServiceUnavailable(f"no connection: {_describe(fault)}", self._why_no_connection(fault)) from fault
        except httpx.TimeoutException as fault:
            raise PacsUnavailable(f"no answer in time: {_describe(fault)}", Cause.TIMED_OUT) from fault
        except (httpx.HTTPError, ssl.SSLError) as fault:  # an alert after the handshake comes as it is
            cause = Cause.TLS if is_tls_fault(fault) else Cause.CONNECTION_LOST
            raise PacsUnavailable(f"the connection broke: {_describe(fault)}", cause) from fault

    async def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        body: AsyncIterator[bytes] | None = None,
    ) -> Answer:
        """Return the whole answer, whatever its status. Raises as `open` does."""
        async with self.open(method, path, headers, params, body) as response:
            return await read_whole_answer(response)

    async def close(self) -> None:
        await self._client.aclose()

    async def _refuse_forbidden(self) -> None:
        try:
            await refuse_forbidden(self._url.host, self._url.port or PORTS.get(self._url.scheme, 0))
        except PacsUnavailable as fault:
            raise ServiceUnavailable(str(fault), fault.cause) from fault

    def _why_no_connection(self, fault: httpx.TransportError) -> Cause:
        if is_tls_fault(fault):
            return Cause.TLS
        # Over TLS, the handshake counts as well: somebody may be there who is slow.
        is_slow = isinstance(fault, httpx.ConnectTimeout) and self._url.scheme == "https"
        return Cause.TIMED_OUT if is_slow else Cause.UNREACHABLE


async def read_whole_answer(response: httpx.Response) -> Answer:
    """Read a body of bounded size. Raises PacsUnavailable when it is larger."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER:
            raise PacsUnavailable(f"the answer is longer than {MAX_ANSWER} bytes", Cause.NOT_DICOM)
    sentence = _sentence(bytes(body))
    line = _status_line(response.status_code)
    return Answer(response.status_code, bytes(body), f"{line}: {sentence}" if sentence else line)


def _status_line(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _sentence(body: bytes) -> str:
    """Return the destination's own words where they are meant for people: plain text, or a JSON error's."""
    try:
        answer = json.loads(body)
    except ValueError:
        text = body[: 4 * MAX_WORDS].decode(errors="replace")
    else:
        told = answer if isinstance(answer, dict) else {}
        text = "; ".join(str(told[name]) for name in _SENTENCES if isinstance(told.get(name), str))
    if text.lstrip().startswith("<"):  # a web page, or DICOM XML
        return ""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()[:MAX_WORDS]


def _describe(fault: httpx.HTTPError | ssl.SSLError) -> str:
    """Return what the system says, or else the library; such messages hold neither headers nor addresses."""
    for each in chain_of(fault):
        if isinstance(each, ConnectionError) and each.errno:
            return os.strerror(each.errno)
    return str(fault) or type(fault).__name__
