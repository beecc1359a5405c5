"""Requests written byte by byte, for what no HTTP client would send."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.builders.gateway import md5
from tests.main_job.process import Sender

ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class RawAnswer:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        """The code of the problem document, empty when it is none."""
        if self.headers.get("content-type") != "application/problem+json":
            return ""
        document: dict[str, Any] = json.loads(self.body)
        return str(document["type"]).removeprefix("/problems/")


class Wire:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._received = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> RawAnswer | None:
        """Read one answer with Content-Length; None when the connection is closed instead."""
        while b"\r\n\r\n" not in self._received:
            if not self._receive():
                return None
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", 0))
        while len(self._received) < size:
            if not self._receive():
                break
        body, self._received = self._received[:size], self._received[size:]
        return RawAnswer(int(first.split()[1]), headers, body)

    def is_closed(self) -> bool:
        """Wait until the server has closed the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self._received += data
        return bool(data)


@contextmanager
def connected(port: int, seconds: float = ANSWER_SECONDS) -> Iterator[Wire]:
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        yield Wire(connection)


def chunk_head(sender: Sender, body: bytes, *headers: str, version: str = "1.1", index: int = 0) -> bytes:
    """Return the head of a chunk's PUT whose digest fits `body`; Content-Length is the caller's."""
    upload = sender.upload
    lines = [
        f"PUT /api/v1/upload/{upload['upload_id']}/chunk?file_id=scan&chunk_index={index} HTTP/{version}",
        "Host: gateway",
        f"X-Upload-Token: {upload['session_token']}",
        f"Content-MD5: {md5(body)}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def in_chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return pieces in chunked transfer coding (RFC 9112 7.1)."""
    return b"".join(b"%x" % len(piece) + b"\r\n" + piece + b"\r\n" for piece in pieces) + end
