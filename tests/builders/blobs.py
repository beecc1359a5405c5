"""What lies in a store, whichever it is."""

from relaypacs.adapters.storage.base import Storage, StoredPrefix


async def blob_content(storage: Storage, key: str) -> bytes:
    """Return a blob as code in a child process would read it. Raises FileNotFoundError."""
    async with storage.blob(key) as blob:
        with blob.open() as file:
            return file.read()


async def prefixes_of(storage: Storage) -> list[StoredPrefix]:
    return [prefix async for prefix in storage.prefixes()]
