"""A cache inside one process."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 16 * 1024**2


class MemoryCache:
    """Holds so many bytes of values; what was kept first goes first. `clock` counts seconds and never goes back."""

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_bytes = most_bytes
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    async def get(self, key: str) -> bytes | None:
        ends, value = self._kept.get(key, (0.0, b""))
        if ends > self._clock():
            return value
        self._drop(key)
        return None

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        self._drop(key)
        if len(value) > self._most_bytes:
            return
        self._kept[key] = (self._clock() + seconds, value)
        self._bytes += len(value)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        if key in self._kept:
            self._bytes -= len(self._kept.pop(key)[1])
