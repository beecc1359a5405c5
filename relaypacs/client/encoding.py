"""Decides, chunk by chunk, whether gzip pays, by what the link was measured to carry."""

import gzip
import threading
from enum import StrEnum

LEVEL = 1  # 64 MB/s at 2.5 : 1 on CT; level 6 takes four times as long for 4 % less
PAYS_BELOW = 60e6 / 8  # bytes/s on the wire; above, compressing takes longer than sending
SLOW_ROUND_TRIP = 0.005  # s; no local network is that far away
SAMPLE = 32 * 1024
WORTH_IT = 0.9  # of the size; encapsulated pixel data is compressed already
SMOOTHING = 0.3


class Compression(StrEnum):
    """Whether chunks travel as gzip; `auto` does it where the measured link makes it pay."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Encoder:
    """Codes chunk bodies. Thread-safe.

    `auto` begins with a guess from the round trip and then follows the measured rate: the last chunks' bytes on
    the wire per second, of all connections together.
    """

    def __init__(self, mode: Compression, round_trip: float) -> None:
        """Take the round trip in seconds."""
        self._mode = mode
        self._lock = threading.Lock()
        self._rate = 0.0 if round_trip >= SLOW_ROUND_TRIP else 2 * PAYS_BELOW

    def encode(self, content: bytes) -> tuple[bytes, bool]:
        """Return the body to send, and whether it is gzip-coded."""
        if not self._pays() or (self._mode is Compression.AUTO and not _compressible(content)):
            return content, False
        body = gzip.compress(content, LEVEL, mtime=0)
        return (body, True) if len(body) < len(content) else (content, False)

    def measured(self, size: int, seconds: float, connections: int) -> None:
        """Take note that `size` bytes took `seconds` on one of that many busy connections."""
        rate = size * connections / max(seconds, 1e-6)
        with self._lock:
            self._rate += SMOOTHING * (rate - self._rate)

    def _pays(self) -> bool:
        return self._mode is Compression.ALWAYS or (self._mode is Compression.AUTO and self._rate < PAYS_BELOW)


def _compressible(content: bytes) -> bool:
    """Judge by a sample from the middle, where pixels are."""
    middle = len(content) // 2
    sample = content[middle : middle + SAMPLE]
    return len(gzip.compress(sample, LEVEL, mtime=0)) < WORTH_IT * len(sample)
