"""Sends the missing chunks of one upload over several connections at once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass

from relaypacs.client.answers import FileStatus
from relaypacs.client.encoding import Encoder
from relaypacs.client.gateway import Chunk, Gateway, Ticket
from relaypacs.client.sources import Source, forget_bundles


@dataclass(frozen=True, slots=True)
class _Range:
    source: Source
    file_id: str
    index: int
    offset: int
    length: int


class Transfer:
    """The sending of one upload.

    Chunks leave in the order of the files, so that the gateway can check the first while the last are on their
    way. Network faults are waited out; the first refusal ends the transfer.
    """

    def __init__(
        self,
        gateway: Gateway,
        ticket: Ticket,
        encoder: Encoder,
        connections: int,
        acknowledged: Callable[[int], None],
    ) -> None:
        """`acknowledged` is told the size of each chunk that the gateway has, from any thread."""
        self._gateway = gateway
        self._ticket = ticket
        self._encoder = encoder
        self._connections = connections
        self._acknowledged = acknowledged
        self._lock = threading.Lock()
        self._halted = threading.Event()

    def run(self, sources: Sequence[Source], files: Sequence[FileStatus], chunk_size: int) -> None:
        """Send what `files` (in the order of `sources`) says is missing; return when all of it is acknowledged."""
        ranges = _missing(sources, files, chunk_size)
        with ThreadPoolExecutor(self._connections, thread_name_prefix="chunks") as pool:
            try:
                workers = [pool.submit(self._work, ranges) for _ in range(self._connections)]
                wait(workers, return_when=FIRST_EXCEPTION)
            except BaseException:  # the user's interrupt: nothing may go on waiting for the network
                self._gateway.close()
                raise
            finally:
                self._halted.set()
                forget_bundles()
        for worker in workers:
            worker.result()

    def _work(self, ranges: Iterator[_Range]) -> None:
        while not self._halted.is_set():
            with self._lock:
                part = next(ranges, None)
            if part is None:
                return
            body, gzipped = self._encoder.encode(part.source.read(part.offset, part.length))
            started = time.monotonic()
            self._gateway.put_chunk(self._ticket, Chunk(part.file_id, part.index, body, gzipped))
            self._encoder.measured(len(body), time.monotonic() - started, self._connections)
            self._acknowledged(part.length)


def missing_bytes(files: Iterable[FileStatus], chunk_size: int) -> int:
    """Return how many bytes of the upload the gateway does not have yet."""
    return sum(
        min(chunk_size, file.size - index * chunk_size)
        for file in files
        for first, last in file.missing
        for index in range(first, last + 1)
    )


def _missing(sources: Sequence[Source], files: Sequence[FileStatus], chunk_size: int) -> Iterator[_Range]:
    for source, file in zip(sources, files, strict=True):
        for first, last in file.missing:
            for index in range(first, last + 1):
                offset = index * chunk_size
                yield _Range(source, file.file_id, index, offset, min(chunk_size, file.size - offset))
