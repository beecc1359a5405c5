"""One association at a time that stores, replaced when it broke or does not offer what comes next."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from pydicom.uid import UID

from relaypacs.adapters.pacs.base import OutgoingInstance, StoreOutcome, StoreStatus
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.association import PIECE, Association, AssociationLost
from relaypacs.adapters.pacs.dimse.commands import MEDIUM_PRIORITY, SOME_DATA_SET, Element, Field
from relaypacs.adapters.pacs.dimse.negotiation import Context, Proposal
from relaypacs.adapters.pacs.dimse.queries import words_of
from relaypacs.adapters.pacs.part10 import MAX_HEADER, MalformedHeader, read_header
from relaypacs.adapters.pacs.source import SourceFailed, read_whole
from relaypacs.adapters.pacs.statuses import SUCCESS, status_cause, store_status

# An instance of up to this size is read whole before its first byte is sent: a source that fails then costs nothing.
READ_AHEAD = 1024 * 1024

Open = Callable[[Sequence[Proposal]], Awaitable[Association]]
Pair = tuple[str, str]  # SOP class and transfer syntax


def pair_of(instance: OutgoingInstance) -> Pair:
    return instance.sop_class_uid, instance.transfer_syntax_uid


class Sender:
    def __init__(self, open_association: Open) -> None:
        self._open = open_association
        self._association: Association | None = None
        self._proposed: frozenset[Pair] = frozenset()
        self.losses = 0  # of associations, since something was answered

    @property
    def is_open(self) -> bool:
        return self._association is not None

    def proposes(self, instance: OutgoingInstance) -> bool:
        """Tell whether there is an association that knows of such instances, be they accepted or refused."""
        return self.is_open and pair_of(instance) in self._proposed

    async def reopen(self, pairs: Sequence[Pair]) -> None:
        """Ask for an association for these. Raises NoAssociation."""
        await self.end()
        self._association = await self._open([Proposal(sop_class, (syntax,)) for sop_class, syntax in pairs])
        self._proposed = frozenset(pairs)

    async def store(self, instance: OutgoingInstance) -> StoreOutcome:
        """Send one instance, of a pair that was proposed.

        Raises SourceFailed, and AssociationLost, after which nobody knows whether the instance was stored.
        """
        association = self._association
        if association is None:
            raise AssociationLost("there is no association", Cause.CONNECTION_LOST)
        uid = instance.key.sop_instance_uid
        context = association.context(*pair_of(instance))
        if context is None:
            return StoreOutcome(uid, StoreStatus.REFUSED, *refusal(association, *pair_of(instance)))
        try:
            async with aclosing(_data_set(instance)) as pieces:
                number = await self._transmit(association, context, instance, pieces)
            answer = await association.receive_answer(number)
        except AssociationLost:
            self.losses += 1
            await self._drop()
            raise
        self.losses = 0
        reason = "" if answer.status == SUCCESS else words_of(answer)
        return StoreOutcome(uid, store_status(answer.status), reason, status_cause(answer.status, reason))

    async def end(self) -> None:
        """End the association, if there is one, in good order."""
        association, self._association = self._association, None
        if association:
            await association.release()

    async def _transmit(
        self,
        association: Association,
        context: Context,
        instance: OutgoingInstance,
        pieces: AsyncGenerator[memoryview, None],
    ) -> int:
        number = association.next_message_id()
        command: dict[Element, int | str] = {
            Element.AFFECTED_SOP_CLASS_UID: instance.sop_class_uid,
            Element.COMMAND_FIELD: Field.C_STORE,
            Element.MESSAGE_ID: number,
            Element.PRIORITY: MEDIUM_PRIORITY,
            Element.DATA_SET_TYPE: SOME_DATA_SET,
            Element.AFFECTED_SOP_INSTANCE_UID: instance.key.sop_instance_uid,
        }
        piece = await anext(pieces)
        try:
            following = await anext(pieces, None)
            first, rest = piece[:PIECE], piece[PIECE:]
            await association.send(context, command, first, more=bool(rest) or following is not None)
            if rest:
                await association.send_data(context, rest, is_last=following is None)
            # The last piece waits until the source has proven whole: the destination must not take it for so before.
            while following is not None:
                piece, following = following, await anext(pieces, None)
                await association.send_data(context, piece, is_last=following is None)
        except BaseException:
            # A message that is cut off can only be ended with its association.
            await self._drop()
            raise
        return number

    async def _drop(self) -> None:
        association, self._association = self._association, None
        if association:
            await association.abort()


async def _data_set(instance: OutgoingInstance) -> AsyncGenerator[memoryview, None]:
    """Yield the data set, without what precedes it in the file. Raises SourceFailed."""
    enough = min(instance.size, READ_AHEAD)
    async with aclosing(read_whole(instance)) as source:
        head = b""
        async for piece in source:
            head = head + piece if head else piece
            if len(head) >= enough and instance.size > READ_AHEAD:
                break
        try:
            start = read_header(head[:MAX_HEADER]).size
        except MalformedHeader as fault:
            raise SourceFailed(instance, str(fault)) from fault
        yield memoryview(head)[start:]
        async for piece in source:
            if piece:
                yield memoryview(piece)


def refusal(association: Association, sop_class_uid: str, transfer_syntax_uid: str) -> tuple[str, Cause]:
    """Return why there is no presentation context for this pair, which was proposed."""
    proposal = Proposal(sop_class_uid, (transfer_syntax_uid,))
    kind = _named(sop_class_uid)
    if any(context.proposal == proposal and context.is_class_unknown for context in association.contexts):
        return f"The destination does not accept {kind}.", Cause.REFUSED_SOP_CLASS
    words = f"The destination does not accept {_named(transfer_syntax_uid)} for {kind}."
    return words, Cause.REFUSED_TRANSFER_SYNTAX


def _named(uid: str) -> str:
    """Return the name that the standard gives to a UID, and the UID; of a private one, the UID alone."""
    name = UID(uid).name
    return uid if name == uid else f"{name} ({uid})"
