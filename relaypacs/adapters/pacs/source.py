"""Reading an instance on its way out, and telling our own faults from the destination's."""

import zlib
from collections.abc import AsyncGenerator

from relaypacs.adapters.pacs.base import OutgoingInstance
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.errors import RelayError


class SourceFailed(Exception):
    """The gateway's own copy of an instance cannot be read, which no destination is to blame for."""

    cause = Cause.OWN_COPY

    def __init__(self, instance: OutgoingInstance, reason: str) -> None:
        super().__init__(f"the gateway's own copy cannot be read: {reason}")
        self.instance = instance


async def read_whole(instance: OutgoingInstance) -> AsyncGenerator[bytes, None]:
    """Yield exactly `instance.size` bytes. Raises SourceFailed when they are not to be had."""
    count = 0
    try:
        async for piece in instance.open():
            count += len(piece)
            if count > instance.size:
                break
            yield piece
    except (OSError, EOFError, zlib.error, RelayError) as fault:
        raise SourceFailed(instance, type(fault).__name__) from fault
    if count != instance.size:
        raise SourceFailed(instance, f"its size is not the expected {instance.size} bytes")
