"""The PACS port: how instances get into a destination, and how we prove that they are there."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from relaypacs.adapters.pacs.causes import Cause


class PacsUnavailable(Exception):
    """The destination cannot take or give anything now; asking again later may help.

    The message is for the administrator: the destination's own words, without credentials. `cause` is what they mean.
    """

    def __init__(self, words: str, cause: Cause = Cause.OTHER) -> None:
        super().__init__(words)
        self.cause = cause


class NotOffered(Exception):
    """The destination does not offer this service at all: asking again helps only when its set-up changes.

    The message names the service.
    """

    cause = Cause.NOT_OFFERED


@dataclass(frozen=True, slots=True)
class InstanceKey:
    """Names one instance the way DICOM does (PS3.3 C.12.1, C.7.2.1, C.7.3.1)."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A structured report or an encapsulated PDF that a destination holds."""

    key: InstanceKey
    sop_class_uid: str


@dataclass(frozen=True, slots=True)
class OutgoingInstance:
    """One instance on its way out.

    `open` may be called more than once; each call yields the Part 10 file (PS3.10) from its first byte,
    `size` bytes in all.
    """

    key: InstanceKey
    sop_class_uid: str
    transfer_syntax_uid: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]


class StoreStatus(StrEnum):
    STORED = "stored"
    COERCED = "coerced"  # stored, but the destination changed attributes (PS3.4 B.2.3: B000, B006, B007)
    REFUSED = "refused"  # will never be taken: SOP class, transfer syntax or content
    FAILED = "failed"  # not now: out of resources, connection lost, no answer


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    sop_instance_uid: str
    status: StoreStatus
    reason: str = ""  # in the destination's own words
    cause: Cause | None = None  # what they mean; of what is refused or has failed


class Pacs(Protocol):
    """One destination.

    `tests/conformance/test_pacs.py` shows what every implementation guarantees:

    - `store` yields exactly one outcome for each instance that it took from the iterable, in any order, as soon as
      it is known. An instance whose fate is unknown (the connection broke) is FAILED, never STORED.
    - `store` takes from the iterable only what a free connection sends next. Whoever ends the iterable early ends
      the sending after what is under way.
    - Storing what the destination already has succeeds and leaves the earlier object as it was.
    - `list_instances`, `find_documents` and `retrieve` ask the destination itself, and remember nothing.
    - A destination that cannot be reached or asked is `PacsUnavailable`; `store` reports it per instance.
    - A service that a destination does not have is `NotOffered`. Every destination has `echo` and `store`.
    - What cannot be reached, is refused or fails has a `Cause`, which is `OTHER` only where nothing tells it.
    - No method follows redirects, or lets credentials into an error or a log line.
    """

    async def echo(self) -> None:
        """Prove that the destination answers and takes our credentials. Raises PacsUnavailable."""
        ...

    async def list_instances(self, study_instance_uid: str) -> set[str]:
        """Return the SOPInstanceUIDs that the destination holds of this study; empty when it has none."""
        ...

    async def find_documents(self, study_instance_uid: str) -> Sequence[HeldDocument]:
        """Return the structured reports and encapsulated PDFs that the destination holds of this study."""
        ...

    async def confirm(self, instances: Sequence[OutgoingInstance]) -> set[str]:
        """Return the SOPInstanceUIDs of those that the destination vouches for.

        By storage commitment (PS3.4 Annex J) where it is offered and answered; else by what it lists. Raises
        NotOffered where there is neither.
        """
        ...

    def store(self, instances: Iterable[OutgoingInstance]) -> AsyncIterator[StoreOutcome]:
        """Send the instances and yield what became of each."""
        ...

    def retrieve(self, key: InstanceKey) -> AsyncIterator[bytes]:
        """Yield the Part 10 file that the destination holds, in any transfer syntax it likes to give.

        Raises FileNotFoundError when it does not hold the instance.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        ...
