"""The storage port: where the bytes of uploads live."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

SHORTEST_RANGE = 64 * 1024


class BlobDamaged(OSError):
    """What a blob holds is not what was written: the fault of whatever has changed it, not of who reads."""


@dataclass(frozen=True, slots=True)
class StoredPrefix:
    """The first part of some keys, and when a blob was last made or removed below it."""

    name: str
    changed_at: datetime


class StoredBlob(Protocol):
    """A handle to one blob that can travel to another process (it is picklable) and be opened there."""

    def open(self) -> BinaryIO:
        """Open the blob for reading; the result can seek. Raises FileNotFoundError when it is absent.

        Reading raises BlobDamaged where a store that can tell finds that the bytes are other ones.
        """
        ...


class Storage(Protocol):
    """Keeps blobs under keys that the gateway makes (`<upload>/<ordinal>`); a client's name is never a key.

    What every implementation guarantees, and `tests/conformance/test_storage.py` shows:

    - `write` returns only when the bytes, and the entry that leads to them, survive a power failure.
    - Ranges of one blob may be written in any order and side by side, also by several processes. Two of them are
      disjoint or the same. Writing the same range twice is allowed; the *caller* sees to it that an acknowledged
      range is never written again. A store that can refuse other bytes where some lie already raises
      FileExistsError for them, and keeps those that lie there.
    - Each range of a blob that may be sealed has at least SHORTEST_RANGE bytes, but for the blob's last one.
    - A range that was never written reads as anything, or raises StoredFileDamaged; the caller knows from its own rows
      what is there.
    - Absent blob: `read` raises `FileNotFoundError`, and so does entering `blob` or opening its handle;
      `delete` and `remove` succeed.
    - What was removed behind the store's back is not made anew by a `write` that says `must_exist`: a process
      that removed it knows at once, any other after a minute at the latest.
    - A full disk is `StorageFull`, any other fault of the store `StorageUnavailable`; what had been
      written before is untouched.
    """

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        """Write `data` at `offset` (bytes) of the blob, durably.

        The blob is made when it does not exist; with `must_exist` that raises FileNotFoundError instead.
        """
        ...

    def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Yield the range in pieces of at most 1 MiB.

        Raises EOFError when the blob ends before the range does, once what there is of the range was yielded.
        A store that can tell raises StoredFileDamaged rather than yielding a byte that was not written.
        """
        ...

    def blob(self, key: str) -> AbstractAsyncContextManager[StoredBlob]:
        """Give a handle for code that must read synchronously, in a child process. It is good inside the context.

        A store that lies elsewhere brings the blob to this machine for that long, and raises StorageFull where there
        is no room for it. Whoever has one must not wait for another: how many there are at a time is bounded.
        """
        ...

    async def delete(self, prefix: str) -> None:
        """Remove every blob whose key starts with `prefix/`. Idempotent."""
        ...

    async def remove(self, key: str) -> None:
        """Remove one blob that nobody was promised. Idempotent; its key must not be written again."""
        ...

    def prefixes(self) -> AsyncIterator[StoredPrefix]:
        """Yield what stands before the first `/` of the keys, each once, in any order. Made for cleaning up.

        What is written or removed meanwhile may be missing or not.
        """
        ...

    async def free_bytes(self) -> int | None:
        """Return how many more bytes can be written; None when the store has no bounds. Raises StorageUnavailable."""
        ...

    async def total_bytes(self) -> int | None:
        """Return how many bytes there are in all, used ones too; None when the store has no bounds.

        Raises StorageUnavailable.
        """
        ...

    async def check(self) -> None:
        """Prove that a blob can be written. Raises StorageFull or StorageUnavailable."""
        ...
