"""What lies in a store, whichever it is."""

from relaypacs.adapters.storage.base import Storage


async def blob_content(storage: Storage, key: str) -> bytes:
    """Return a blob as code in a child process would read it. Raises FileNotFoundError."""
    async with storage.blob(key) as blob:
        with blob.open() as file:
            return file.read()
