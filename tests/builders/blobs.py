"""What lies in a store, whichever it is."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from relaypacs.adapters.storage.base import Storage, StoredBlob, StoredPrefix
from relaypacs.adapters.storage.sealed import SealedStorage, sealed_name
from relaypacs.core.keys import StorageKey
from relaypacs.core.settings import Settings
from tests.servers.s3 import folder_of

STORAGE_KEYS = (StorageKey(1, b"1" * 32), StorageKey(2, b"2" * 32))


async def blob_content(storage: Storage, key: str) -> bytes:
    """Return a blob as code in a child process would read it. Raises FileNotFoundError."""
    async with storage.blob(key) as blob:
        with blob.open() as file:
            return file.read()


class AllSealed:
    """A store of which every blob is sealed."""

    def __init__(self, inner: Storage) -> None:
        self._real = SealedStorage(inner, STORAGE_KEYS)

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        await self._real.write(sealed_name(key, 2), offset, data, must_exist=must_exist)

    def read(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        return self._real.read(sealed_name(key, 2), offset, length)

    def blob(self, key: str) -> AbstractAsyncContextManager[StoredBlob]:
        return self._real.blob(sealed_name(key, 2))

    async def remove(self, key: str) -> None:
        await self._real.remove(sealed_name(key, 2))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


async def prefixes_of(storage: Storage) -> list[StoredPrefix]:
    return [prefix async for prefix in storage.prefixes()]


def place_of(settings: Settings) -> Path:
    """Return the folder that the store's blobs lie below: those of an object store too, as its server has files."""
    place = settings.storage_place
    return place if isinstance(place, Path) else folder_of(place)


def keys_in(settings: Settings, prefix: str) -> set[str]:
    """Return the keys of the blobs whose keys start with `prefix/`."""
    place = place_of(settings)
    files = (path for path in (place / prefix).rglob("*") if path.is_file())
    # In an object store a blob is a folder of ranges.
    return {(file if settings.storage_dir else file.parent).relative_to(place).as_posix() for file in files}
