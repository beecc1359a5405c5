"""The storage port: where the bytes of uploads live."""

from collections.abc import AsyncIterator
from typing import BinaryIO, Protocol


class StoredBlob(Protocol):
    """A handle to one blob that can travel to another process (it is picklable) and be opened there."""

    def open(self) -> BinaryIO:
        """Open the blob for reading; the result can seek. Raises FileNotFoundError when it is absent."""
        ...


class Storage(Protocol):
    """Keeps blobs under keys that the gateway makes (`<upload>/<ordinal>`); a client's name is never a key.

    What every implementation guarantees, and `tests/conformance/test_storage.py` shows:

    - `write` returns only when the bytes, and the entry that leads to them, survive a power failure.
    - Ranges of one blob may be written in any order and side by side. Writing the same range twice is
      allowed; the *caller* sees to it that an acknowledged range is never written again.
    - A range that was never written reads as anything; the caller knows from its own rows what is there.
    - Absent blob: `read` and `blob().open()` raise `FileNotFoundError`, `delete` succeeds.
    - A full disk is `StorageFull`, any other fault of the store `StorageUnavailable`; what had been
      written before is untouched.
    """

    async def write(self, key: str, offset: int, data: bytes) -> None:
        """Write `data` at `offset` (bytes) of the blob, which is made when it does not exist, durably."""
        ...

    def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Yield the range in pieces of at most 1 MiB. Raises EOFError when the blob ends before the range does."""
        ...

    def blob(self, key: str) -> StoredBlob:
        """Return a handle for code that must read synchronously, in a child process."""
        ...

    async def delete(self, prefix: str) -> None:
        """Remove every blob whose key starts with `prefix/`. Idempotent."""
        ...

    async def check(self) -> None:
        """Prove that a blob can be written. Raises StorageFull or StorageUnavailable."""
        ...
