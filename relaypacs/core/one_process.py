"""Sees to it that one process at a time serves from a folder.

Without Redis, leases, events and what the chunk path remembers live in this process alone. A second one would
take the first one's work away, and write where it has acknowledged. With Redis that last remains: an object store
refuses to write a range twice, a folder does not.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESTORING = "relaypacs.db.restoring"
"""The database while a backup is being restored: a gateway that began anew beside it would be in its way."""


class AlreadyServed(RuntimeError):
    """Another process serves from this folder, or restores into it."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs; the kernel lets go of it when the process ends, however it ends.

    Raises AlreadyServed.
    """
    if (folder / RESTORING).exists():
        raise AlreadyServed(f"A restore into {folder} has not ended. Let it end, or empty the folder and do it again.")
    descriptor = os.open(folder / "serving.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServed(f"Another relaypacs process serves from {folder}. Stop it first.") from None
        yield
    finally:
        os.close(descriptor)
