"""An HTTP server that takes what the gateway sends to others, such as a push service or a webhook, and keeps it."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.builders.waiting import until

STOP_SECONDS = 0.05


@dataclass(frozen=True)
class Arrival:
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Receiver:
    """`status` and `extra` are what is answered from now on, after `pause` seconds."""

    address: str = ""
    status: int = 201
    extra: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)

    async def wait_for(self, count: int) -> list[Arrival]:
        """Return everything as soon as there are so many."""

        async def enough() -> bool:
            return len(self.arrivals) >= count

        await until(enough)
        return self.arrivals


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client hung up."""


@contextmanager
def receiving(*, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.arrivals.append(Arrival(self.path, headers, body))
            time.sleep(receiver.pause)
            self.send_response(receiver.status)
            for name, value in {"Content-Length": "0", **receiver.extra}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = _Server((host, 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.address = f"{'https' if tls else 'http'}://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(STOP_SECONDS,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
