"""A TCP relay that cuts connections after some bytes, or stops moving them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16 * 1024


class BadLink:
    """Forwards to `target`. `cuts` holds, for each connection to come, the bytes after which it is cut."""

    def __init__(self, target: int, cuts: list[int]) -> None:
        self.cuts = cuts
        self.connections = 0
        self.forwarded = 0
        self._target = target
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
            for source, sink, cap in ((client, server, limit), (server, client, None)):
                threading.Thread(target=self._pump, args=(source, sink, cap), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        moved = 0
        with suppress(OSError):
            while data := source.recv(PIECE):
                moved += len(data)
                self.forwarded += len(data)
                if limit is not None and moved > limit:
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


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
