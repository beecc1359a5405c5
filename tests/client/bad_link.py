"""A TCP relay that cuts connections after some bytes, or stops moving any."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16 * 1024


class BadLink:
    """Forwards to `target`. `cuts` holds, for each connection to come, the bytes after which it is cut."""

    def __init__(self, target: int, cuts: list[int]) -> None:
        self.cuts = cuts
        self.connections = 0
        self.sent = 0  # bytes from clients to the target, of all connections
        self.hold_after: int | None = None  # nothing moves beyond that many of them
        self._target = target
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            limit = self.cuts.pop(0) if self.cuts else None
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {client, server}
            for source, sink, upstream in ((client, server, True), (server, client, False)):
                pump = (source, sink, limit if upstream else None, upstream)
                threading.Thread(target=self._pump, args=pump, daemon=True).start()

    def cut_all(self, expected: int) -> None:
        """Cut every connection, as soon as the `expected` ones are open: a client is connected before we know of it."""
        deadline = time.monotonic() + 5
        while len(self._open) < 2 * expected:
            assert time.monotonic() < deadline, f"{len(self._open) // 2} of {expected} connections came"
            time.sleep(0.005)
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _hold(self) -> None:
        while self.hold_after is not None and self.sent > self.hold_after:
            time.sleep(0.01)

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None, upstream: bool) -> None:  # noqa: FBT001
        moved = 0
        with suppress(OSError):
            while data := source.recv(PIECE):
                moved += len(data)
                if limit is not None and moved > limit:
                    break
                if upstream:
                    self.sent += len(data)
                    self._hold()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._open.discard(end)


@contextmanager
def running_bad_link(target: int, cuts: list[int]) -> Iterator[BadLink]:
    link = BadLink(target, cuts)
    thread = threading.Thread(target=link.serve, daemon=True)
    thread.start()
    try:
        yield link
    finally:
        link.close()
        thread.join(5)
