"""STOW-RS (PS3.18 10.5): what goes into one request, and what its answer says about each instance."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from relaypacs.adapters.pacs.base import OutgoingInstance, StoreOutcome, StoreStatus
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.source import read_whole
from relaypacs.adapters.pacs.statuses import describe_status, status_cause, store_status

# Big enough that the round trip does not count, small enough for a PACS that keeps the request in memory.
BATCH_BYTES = 10_000_000
BATCH_INSTANCES = 100

# Keys of the answer's DICOM JSON (PS3.18 Annex F, attributes of Annex I.2).
FAILED_SOP_SEQUENCE = "00081198"
REFERENCED_SOP_SEQUENCE = "00081199"
REFERENCED_SOP_INSTANCE_UID = "00081155"
FAILURE_REASON = "00081197"
WARNING_REASON = "00081196"

Item = Mapping[str, Any]


class Multipart:
    """One request body of several instances, its length known before the first byte is read."""

    def __init__(self, instances: Sequence[OutgoingInstance]) -> None:
        boundary = uuid4().hex
        self._instances = instances
        # A length in each part spares the destination the search for the next boundary in all of its pixels.
        head = f"\r\n--{boundary}\r\nContent-Type: application/dicom\r\nContent-Length: "
        self._heads = [f"{head}{instance.size}\r\n\r\n".encode() for instance in instances]
        self._end = f"\r\n--{boundary}--\r\n".encode()
        length = sum(map(len, self._heads)) + sum(instance.size for instance in instances) + len(self._end)
        self.headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Content-Length": str(length),
        }

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body. Raises SourceFailed when an instance cannot be read."""
        for head, instance in zip(self._heads, self._instances, strict=True):
            yield head
            async for piece in read_whole(instance):
                yield piece
        yield self._end


def batches(instances: Iterable[OutgoingInstance]) -> Iterator[list[OutgoingInstance]]:
    """Cut `instances` into runs of at most `BATCH_BYTES` and `BATCH_INSTANCES`; a larger one goes alone.

    Takes no more from `instances` than the run that is asked for, and the first of the next.
    """
    batch: list[OutgoingInstance] = []
    size = 0
    for instance in instances:
        if batch and (size + instance.size > BATCH_BYTES or len(batch) == BATCH_INSTANCES):
            yield batch
            batch, size = [], 0
        batch.append(instance)
        size += instance.size
    if batch:
        yield batch


def read_answer(body: bytes) -> dict[str, StoreOutcome]:
    """Return what an answer in DICOM JSON says, by SOPInstanceUID; nothing where it cannot be read.

    Orthanc adds such an answer to a 400, too: an instance that it lists there as stored is stored.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    if isinstance(answer, list):  # some servers wrap the data set, as QIDO-RS does
        answer = answer[0] if answer else {}
    if not isinstance(answer, dict):
        return {}
    stored = map(_stored, _items(answer, REFERENCED_SOP_SEQUENCE))
    failed = map(_failed, _items(answer, FAILED_SOP_SEQUENCE))
    return {outcome.sop_instance_uid: outcome for outcome in (*stored, *failed)}


def _stored(item: Item) -> StoreOutcome:
    warning = _code(item, WARNING_REASON)
    if warning is None:
        return StoreOutcome(_uid(item), StoreStatus.STORED)
    return StoreOutcome(_uid(item), StoreStatus.COERCED, describe_status(warning))


def _failed(item: Item) -> StoreOutcome:
    code = _code(item, FAILURE_REASON)
    if code is None:
        return StoreOutcome(_uid(item), StoreStatus.FAILED, "the destination gives no reason", Cause.OTHER)
    status = store_status(code)
    # A duplicate counts as stored. A warning in the list of failures is still a failure.
    if status is StoreStatus.COERCED:
        status = StoreStatus.FAILED
    cause = None if status is StoreStatus.STORED else status_cause(code) or Cause.OTHER
    return StoreOutcome(_uid(item), status, describe_status(code), cause)


def _items(data_set: Item, tag: str) -> list[Item]:
    return [item for item in _values(data_set, tag) if isinstance(item, dict)]


def _uid(item: Item) -> str:
    return "".join(str(value) for value in _values(item, REFERENCED_SOP_INSTANCE_UID)[:1])


def _code(item: Item, tag: str) -> int | None:
    values = _values(item, tag)
    try:
        return int(values[0]) if values else None
    except (TypeError, ValueError):
        return None


def _values(data_set: Item, tag: str) -> list[Any]:
    element = data_set.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []
