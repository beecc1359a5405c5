"""The listener port: takes instances that others send by C-STORE (PS3.4 annex B)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from relaypacs.core.dicom_peers import DicomPeer

NOT_TAKEN = 0xA700
"""Refused: out of resources. The sender keeps the instance, and sends it again."""


class ListenerUnavailable(Exception):
    """The listener cannot begin: its address is taken, or its certificate can't be read."""


@dataclass(frozen=True, slots=True)
class IncomingInstance:
    """One instance as a Part 10 file, which can be read once, and who sends it from where."""

    peer: DicomPeer
    address: str
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """A status of PS3.4 table B.2-1, and a comment of which 64 characters are sent."""

    status: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class CommittedInstance:
    sop_class_uid: str
    sop_instance_uid: str
    failure_reason: int = 0


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """What a peer says of instances that it was asked to commit to (PS3.4 J.3.3)."""

    ae_title: str
    transaction_uid: str
    committed: Sequence[CommittedInstance]
    failed: Sequence[CommittedInstance]


StoreHandler = Callable[[IncomingInstance], Awaitable[StoreAnswer]]
CommitmentHandler = Callable[[CommitmentReport], Awaitable[None]]


class Listener(Protocol):
    """Answers an instance only with what the handler returns; success therefore means what the handler means by it.

    Handlers run on the event loop that called `start`. Memory is bounded whatever a peer sends.
    """

    @property
    def port(self) -> int:
        """The port on which it listens."""
        ...

    async def start(self) -> None:
        """Listen. Raises ListenerUnavailable."""
        ...

    async def stop(self) -> None:
        """Take no more, let what is being handled end within a few seconds, and break off the rest. Idempotent."""
        ...
