"""The cache port: answers that are kept for a while, because making them again costs more than that they are a bit old.

Nothing is promised to be there: whoever asks must be able to make the value again. Everything that decides who may see
a value belongs into its key.
"""

from typing import Protocol


class Cache(Protocol):
    async def get(self, key: str) -> bytes | None:
        """Return what was last kept under the key, None when its time is over or it was dropped. Never fails."""
        ...

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value for so many seconds from now on, in place of what was kept before. Never fails."""
        ...
