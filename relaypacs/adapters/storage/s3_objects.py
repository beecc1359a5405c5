"""The objects of one part of a bucket: written once, fetched whole, listed page by page, removed by the thousand."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from relaypacs.adapters.storage.s3_causes import named, status_of
from relaypacs.core.errors import StorageUnavailable
from relaypacs.core.s3_address import S3Address

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

KEPT_BYTES = 16 * 1024 * 1024  # of objects, in each process
AT_ONCE = 1000  # S3's bound for a page, and for one request to delete
ATTEMPTS = 3
NOT_IMPLEMENTED = 501
# Together less than a chunk is waited for.
TIMEOUTS: "ClientConfig" = {"connect_timeout": "4s", "timeout": "20s"}
RETRIES: "RetryConfig" = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=8),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2},
}
CHANGES = "What is read from the gateway's object store is being written just now. Try again later."
Fault = (BaseError, FileNotFoundError)
T = TypeVar("T")


def open_bucket(address: S3Address) -> S3Store:
    """Return the library's client; nothing is asked yet. Raises ValueError with the reason."""
    options: dict[str, Any] = {
        "access_key_id": address.access_key,
        "secret_access_key": address.secret_key,
        "endpoint": _endpoint(address),
        "region": address.region or ("us-east-1" if address.endpoint else None),
        "virtual_hosted_style_request": address.is_virtual,
        "server_side_encryption": address.encryption,
        "sse_kms_key_id": address.kms_key,
        "sse_bucket_key_enabled": True if address.encryption == "aws:kms" else None,
        "checksum_algorithm": address.checksum,
    }
    client: ClientConfig = {**TIMEOUTS, "allow_http": (address.endpoint or "").startswith("http://")}
    try:
        if address.ca:
            client["root_certificate"] = Path(address.ca).read_bytes()
        return S3Store(
            address.bucket,
            prefix=address.prefix or None,
            client_options=client,
            retry_config=RETRIES,
            **{name: value for name, value in options.items() if value is not None},
        )
    except OSError as error:
        raise ValueError(f"names a ca that can't be read: {error.strerror}") from None
    except BaseError as error:
        # Its first line says what is missing, and quotes no value.
        raise ValueError(f"can't be used: {str(error).splitlines()[0]}") from None


def _endpoint(address: S3Address) -> str | None:
    """Return what the library takes for one: with the bucket in it where that is a part of the host's name."""
    if not address.endpoint or not address.is_virtual:
        return address.endpoint
    scheme, _, host = address.endpoint.partition("://")
    return f"{scheme}://{address.bucket}.{host}"


class Objects:
    """Objects that never change once they are there. Raises StorageFull and StorageUnavailable for faults of the store.

    They are fetched whole: they are small, and not every store gives ranges of them. The latest are kept, for what is
    read next mostly begins in the one where the last ended.
    """

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self._mode: Literal["create", "overwrite"] = "create"  # until the store says that it can't tell
        self._kept: OrderedDict[str, tuple[int, asyncio.Task[bytes]]] = OrderedDict()
        self._kept_bytes = 0

    async def put(self, path: str, data: bytes) -> None:
        """Write an object. Raises FileExistsError when another is there; the same again is as good as new."""
        for attempt in range(ATTEMPTS):
            try:
                await self._store.put_async(path, data, mode=self._mode, use_multipart=False)
            except AlreadyExistsError:
                # Written by somebody else, or by a request of ours whose answer was lost.
                if await self._is_there(path, data):
                    return
            except Fault as error:
                if status_of(error) == NOT_IMPLEMENTED and self._mode == "create":
                    self._mode = "overwrite"
                elif attempt == ATTEMPTS - 1 or not _was_cut(error):
                    raise named(error) from error
            else:
                return
        raise StorageUnavailable(CHANGES)

    async def _is_there(self, path: str, data: bytes) -> bool:
        """Say whether the object is there; it may be gone again. Raises FileExistsError when it is another."""
        try:
            if await self._fetch(path) == data:
                return True
        except FileNotFoundError:
            return False
        raise FileExistsError(path)

    def fetch(self, path: str, size: int) -> asyncio.Task[bytes]:
        """Begin to fetch, unless somebody has begun. Whoever waits for it must shield it: it belongs to all."""
        _, task = self._kept.get(path, (0, None))
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            self._drop(path)
            task = asyncio.create_task(self._fetch(path), name="fetch_object")
            task.add_done_callback(_look_at)
            self._kept[path] = (size, task)
            self._kept_bytes += size
        self._kept.move_to_end(path)
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))
        return task

    def _drop(self, path: str) -> None:
        size, _ = self._kept.pop(path, (0, None))
        self._kept_bytes -= size

    async def _fetch(self, path: str) -> bytes:
        """Return an object. One whose connection is cut in the middle is asked for again. Raises FileNotFoundError."""
        for attempt in range(ATTEMPTS):
            try:
                found = await self._store.get_async(path)
                return bytes(await found.bytes_async())
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise named(error) from error
                raise FileNotFoundError(path) from None
            except BaseError as error:
                if attempt == ATTEMPTS - 1 or not _was_cut(error):
                    raise named(error) from error
        raise AssertionError("unreachable")

    async def pages(self, prefix: str | None) -> AsyncIterator["Sequence[ObjectMeta]"]:
        """List objects, up to 1,000 at a time. An answer that is cut is asked for again as long as it is the first."""
        has_begun = False
        for attempt in range(ATTEMPTS):
            try:
                async for page in self._store.list(prefix, chunk_size=AT_ONCE):
                    has_begun = True
                    yield page
            except Fault as error:
                if has_begun or attempt == ATTEMPTS - 1 or not _was_cut(error):
                    raise named(error) from error
            else:
                return

    async def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, at most 1,000. Those that are gone already are no fault."""
        for path in paths:
            self._drop(path)
        with contextlib.suppress(FileNotFoundError):
            await told(self._store.delete_async(paths))


async def told(work: Coroutine[Any, Any, T]) -> T:
    """Wait for an answer of the store, and name its errors."""
    try:
        return await work
    except BaseError as error:
        raise named(error) from error


def _was_cut(error: BaseException) -> bool:
    """Say whether the connection ended before the answer did, where the library has not tried again by itself."""
    text = str(error)
    was_tried_again = "retries: " in text and "retries: 0," not in text
    return "kind: Timeout" not in text and status_of(error) is None and not was_tried_again


def _look_at(task: asyncio.Task[bytes]) -> None:
    """Take note of an error that nobody may wait for any more."""
    if not task.cancelled():
        task.exception()
