"""C-STORE (PS3.4 Annex B): instances as they are, over a few associations at once."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreOutcome, StoreStatus
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.association import AssociationLost, NoAssociation
from relaypacs.adapters.pacs.dimse.negotiation import MAX_CONTEXTS
from relaypacs.adapters.pacs.dimse.sender import Open, Pair, Sender, pair_of
from relaypacs.adapters.pacs.source import SourceFailed
from relaypacs.adapters.pacs.uids import is_uid
from relaypacs.adapters.pacs.workers import Emit

# An association takes so many instances at a time from the caller: enough to choose presentation contexts by.
RUN = 8
# Losing the association so often without one success is no accident.
MAX_LOSSES = 3


class StoreCall:
    """One call of `store`: shares the instances out among senders, and gives up when none can have an association."""

    def __init__(self, instances: Iterable[OutgoingInstance], open_association: Open) -> None:
        self._instances = iter(instances)
        self._open = open_association
        self._opening = asyncio.Lock()  # one after the other: who is turned away need not be so four times
        self._active: set[Sender] = set()
        self._returned: list[OutgoingInstance] = []
        self._seen: dict[Pair, None] = {}
        self._given_up: PacsUnavailable | None = None

    async def work(self, emit: Emit) -> None:
        """Send, one instance after the other, until there is nothing left."""
        sender = Sender(self._open)
        self._active.add(sender)
        try:
            while run := self._next_run():
                for position, instance in enumerate(run):
                    try:
                        emit(await self._send(sender, instance, run))
                    except NoAssociation as fault:
                        # A destination may allow fewer associations than we would like.
                        if any(other.is_open for other in self._active):
                            self._returned += run[position:]
                            return
                        self._given_up = fault
                        emit(_failed(instance, fault))
        finally:
            self._active.discard(sender)  # before anything is awaited: nobody counts on it from here
            await sender.end()

    async def _send(self, sender: Sender, instance: OutgoingInstance, run: Sequence[OutgoingInstance]) -> StoreOutcome:
        """Return what became of the instance. Raises NoAssociation when nothing was sent for want of one."""
        if self._given_up:
            return _failed(instance, self._given_up)
        if not _is_legal(instance):
            uid = instance.key.sop_instance_uid
            return StoreOutcome(uid, StoreStatus.REFUSED, "a UID is not legal", Cause.REFUSED_CONTENT)
        try:
            if not sender.proposes(instance):
                async with self._opening:
                    if self._given_up:
                        return _failed(instance, self._given_up)
                    await sender.reopen(self._pairs_for(run))
            return await sender.store(instance)
        except SourceFailed as fault:
            return _failed(instance, fault)
        except AssociationLost as fault:
            if sender.losses >= MAX_LOSSES:
                self._given_up = fault
            return _failed(instance, fault)

    def _next_run(self) -> list[OutgoingInstance]:
        """Return what to send next; empty when there is nothing."""
        if self._returned:
            run, self._returned = self._returned[:RUN], self._returned[RUN:]
        else:
            run = list(islice(self._instances, RUN))
        self._seen |= dict.fromkeys(pair_of(instance) for instance in run if _is_legal(instance))
        return run

    def _pairs_for(self, run: Sequence[OutgoingInstance]) -> list[Pair]:
        """Return what to propose: what is sent next, and as much of what was sent before as an association can hold."""
        needed = [pair_of(instance) for instance in run if _is_legal(instance)]
        return list(dict.fromkeys([*needed, *reversed(self._seen)]))[:MAX_CONTEXTS]


def _is_legal(instance: OutgoingInstance) -> bool:
    return all(map(is_uid, (instance.key.sop_instance_uid, *pair_of(instance))))


def _failed(instance: OutgoingInstance, fault: PacsUnavailable | SourceFailed) -> StoreOutcome:
    return StoreOutcome(instance.key.sop_instance_uid, StoreStatus.FAILED, str(fault), fault.cause)
