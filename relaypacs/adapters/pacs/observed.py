"""A destination whose calls are measured and traced."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import cast

from relaypacs.adapters.metrics import PACS_BYTES, PACS_FAILURES, PACS_INSTANCES, PACS_SECONDS
from relaypacs.adapters.pacs.base import (
    HeldDocument,
    InstanceKey,
    NotOffered,
    OutgoingInstance,
    Pacs,
    PacsUnavailable,
    StoreOutcome,
    StoreStatus,
)
from relaypacs.core.tracing import Kind, span

TAKEN = (StoreStatus.STORED, StoreStatus.COERCED)


class ObservedPacs:
    """Implements `Pacs` by another one, of a kind: what is measured has the kind as its label, and no name."""

    def __init__(self, pacs: Pacs, kind: str) -> None:
        self._pacs = pacs
        self._kind = kind

    async def echo(self) -> None:
        with self._measured("echo"):
            await self._pacs.echo()

    async def list_instances(self, study_instance_uid: str) -> set[str]:
        with self._measured("list"):
            return await self._pacs.list_instances(study_instance_uid)

    async def find_documents(self, study_instance_uid: str) -> Sequence[HeldDocument]:
        with self._measured("find"):
            return await self._pacs.find_documents(study_instance_uid)

    async def confirm(self, instances: Sequence[OutgoingInstance]) -> set[str]:
        with self._measured("confirm"):
            return await self._pacs.confirm(instances)

    async def store(self, instances: Iterable[OutgoingInstance]) -> AsyncIterator[StoreOutcome]:
        sizes: dict[str, int] = {}

        def weighed() -> Iterator[OutgoingInstance]:
            for instance in instances:
                sizes[instance.key.sop_instance_uid] = instance.size
                yield instance

        with self._measured("store", is_current=False):
            outcomes = cast("AsyncGenerator[StoreOutcome]", self._pacs.store(weighed()))
            async with aclosing(outcomes):
                async for outcome in outcomes:
                    size = sizes.pop(outcome.sop_instance_uid, 0)
                    PACS_INSTANCES.labels(self._kind, outcome.status.value).inc()
                    if outcome.status in TAKEN:
                        PACS_BYTES.labels(self._kind).inc(size)
                    yield outcome

    async def retrieve(self, key: InstanceKey) -> AsyncIterator[bytes]:
        with self._measured("retrieve", is_current=False):
            pieces = cast("AsyncGenerator[bytes]", self._pacs.retrieve(key))
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece

    async def close(self) -> None:
        await self._pacs.close()

    @contextmanager
    def _measured(self, operation: str, *, is_current: bool = True) -> Iterator[None]:
        """Measure a call to its end, also what whoever asked does between two answers of it."""
        began = time.monotonic()
        called = {"relaypacs.pacs.kind": self._kind}
        try:
            with span(f"pacs {operation}", Kind.CLIENT, called, is_current=is_current):
                yield
        except (PacsUnavailable, NotOffered) as fault:
            reason = "unavailable" if isinstance(fault, PacsUnavailable) else "not_offered"
            PACS_FAILURES.labels(self._kind, operation, reason).inc()
            raise
        finally:
            PACS_SECONDS.labels(self._kind, operation).observe(time.monotonic() - began)
