"""A proxy before the object store: it notes what is asked, and goes wrong as it is told.

Signatures hold through it, as they cover the host that the client asks for, and that is passed on.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.s3 import S3


class Fault(Enum):
    CUT_REQUEST = auto()  # the connection ends before all was sent; the store hears nothing
    CUT_ANSWER = auto()  # the store has done it, and half of its answer arrives
    LOSE_ANSWER = auto()  # the store has done it, and nothing arrives
    STALL = auto()  # nothing happens until the proxy ends


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead of the store."""

    status: int
    code: str


@dataclass(slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case


@dataclass
class S3Proxy:
    """`faults` are for the next requests of one method, one each; `always` is for all others of it."""

    server: S3
    port: int = 0
    faults: dict[str, list[Fault | Refusal]] = field(default_factory=dict)
    always: dict[str, Fault | Refusal] = field(default_factory=dict)
    refuses_others: bool = False
    """Answer 412 to a PUT with If-None-Match where something is, as S3 does and the test's store does not."""
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def next_fault(self, method: str) -> Fault | Refusal | None:
        waiting = self.faults.get(method)
        return waiting.pop(0) if waiting else self.always.get(method)

    def refusal(self, request: Request) -> Refusal | None:
        is_there = (self.server.objects / request.path.partition("?")[0].lstrip("/")).is_file()
        is_first = request.method == "PUT" and request.headers.get("if-none-match") == "*"
        return Refusal(412, "PreconditionFailed") if self.refuses_others and is_first and is_there else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: S3Proxy

    def handle_one(self) -> None:
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        self.proxy.requests.append(request)
        fault = self.proxy.next_fault(self.command)
        size = int(self.headers.get("Content-Length", 0))
        if fault is Fault.STALL:
            self.proxy.ended.wait()
            self._cut()
            return
        if fault is Fault.CUT_REQUEST:
            self.rfile.read(size // 2)
            self._cut()
            return
        body = self.rfile.read(size)
        if isinstance(fault, Refusal):
            self._refuse(fault)
            return
        with self.proxy.lock:  # what is refused and what is written must not change in between
            if refusal := self.proxy.refusal(request):
                self._refuse(refusal)
                return
            status, headers, content = self._forward(body)
        if fault is Fault.LOSE_ANSWER:
            self._cut()
            return
        self._answer(status, headers, content if fault is None else content[: len(content) // 2])
        if fault is Fault.CUT_ANSWER:
            self._cut()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one  # noqa: N815 - as the standard library asks for them

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.server.port)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection"):
                self.send_header(name, value)
        if "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, refusal: Refusal) -> None:
        text = f"<Error><Code>{refusal.code}</Code><Message>told to</Message></Error>".encode()
        self._answer(refusal.status, [("Content-Type", "application/xml")], text)

    def _cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that go away."""


@contextmanager
def running_s3_proxy(server: S3) -> Iterator[S3Proxy]:
    proxy = S3Proxy(server)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with _Server(("127.0.0.1", 0), handler) as listening:
        proxy.port = listening.server_port
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.ended.set()
            listening.shutdown()
            thread.join()
