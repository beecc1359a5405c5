"""One association that we asked for (PS3.8), on the event loop: negotiation, messages in pieces, and its end."""

import asyncio
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.commands import (
    Command,
    Element,
    MalformedCommand,
    decode_command,
    encode_command,
)
from relaypacs.adapters.pacs.dimse.negotiation import (
    Accepted,
    Context,
    MalformedAnswer,
    Proposal,
    decode_acceptance,
    describe_abort,
    describe_rejection,
    encode_request,
    rejection_cause,
)
from relaypacs.adapters.pacs.dimse.node import Node, Timeouts
from relaypacs.adapters.pacs.dimse.wire import Kind, Wire, WireBroken, connect

# PS3.8 9.3.5, Annex E: the message control header.
COMMAND, LAST = 1, 2
# So much goes to the network at once: the longest step without a look at the clock.
PIECE = 256 * 1024
# Of a peer that names no limit.
MAX_SENT = 128 * 1024
MAX_COMMAND = 64 * 1024
FRAGMENT_HEADER = 6  # length, context, control

Bytes = bytes | memoryview


class NoAssociation(PacsUnavailable):
    """There is no association to be had: whatever is sent next would fail in the same way."""


class AssociationLost(PacsUnavailable):
    """The association ended, or is of no more use, while it was needed."""


class AssociationAborted(AssociationLost):
    """The other side ended it on purpose (A-ABORT) instead of answering."""


@dataclass(frozen=True, slots=True)
class Fragment:
    context: int
    is_command: bool
    is_last: bool
    data: bytes


class Association:
    """An established association. It serves one task at a time.

    Every method that waits raises AssociationLost: when the other side aborts, releases, hangs up, is silent for
    too long, or says what PS3.7 and PS3.8 do not allow.
    """

    def __init__(self, wire: Wire, accepted: Accepted, timeouts: Timeouts) -> None:
        self._wire = wire
        self._timeouts = timeouts
        self.contexts = accepted.contexts
        self._max_data = min(accepted.max_length or MAX_SENT, MAX_SENT) - FRAGMENT_HEADER
        self._fragments: deque[Fragment] = deque()
        self._message_id = 0

    def context(self, abstract_syntax: str, transfer_syntax: str = "") -> Context | None:
        """Return the accepted context of this abstract syntax, and of this transfer syntax if one is given."""
        for context in self.contexts:
            fits = context.proposal.abstract_syntax == abstract_syntax
            if context.identifier and fits and transfer_syntax in ("", context.transfer_syntax):
                return context
        return None

    def next_message_id(self) -> int:
        self._message_id = self._message_id % 0xFFFF + 1
        return self._message_id

    async def send(
        self, context: Context, command: Mapping[Element, int | str], data: Bytes = b"", *, more: bool = False
    ) -> None:
        """Send a command set and its data set, or the first bytes of it: `more`, which `send_data` sends."""
        pieces = list(self._fragmented(context.identifier, encode_command(command), COMMAND, is_last=True))
        if data:
            pieces += self._fragmented(context.identifier, data, 0, is_last=not more)
        await self._write(pieces)

    async def send_data(self, context: Context, data: Bytes, *, is_last: bool) -> None:
        """Send bytes of the data set of the message under way, at least one."""
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            part = view[start : start + PIECE]
            ends = is_last and start + len(part) == len(view)
            await self._write(list(self._fragmented(context.identifier, part, 0, is_last=ends)))

    async def receive(self) -> tuple[Context, Command]:
        """Return the next command set; its data set, if it has one, is to be read next."""
        data = b""
        while True:
            fragment = await self._fragment()
            if not fragment.is_command:
                raise await self.give_up("the destination sent data where a command belongs")
            data += fragment.data
            if len(data) > MAX_COMMAND:
                raise await self.give_up("the destination sent a command without end")
            if fragment.is_last:
                break
        context = next((context for context in self.contexts if context.identifier == fragment.context != 0), None)
        if context is None:
            raise await self.give_up("the destination used a presentation context that it had not accepted")
        try:
            return context, decode_command(data)
        except MalformedCommand as fault:
            raise await self.give_up(str(fault)) from fault

    async def receive_answer(self, message_id: int) -> Command:
        """Return the next command set, which must have a status and answer the message of this number."""
        _, command = await self.receive()
        try:
            answered, _ = command.number(Element.MESSAGE_ID_RESPONDED_TO), command.status
        except MalformedCommand as fault:
            raise await self.give_up(str(fault)) from fault
        if answered != message_id:
            raise await self.give_up("the destination answered another message")
        return command

    async def receive_data(self) -> AsyncIterator[bytes]:
        """Yield the data set that belongs to the command set read last."""
        while True:
            fragment = await self._fragment()
            if fragment.is_command:
                raise await self.give_up("the destination sent a command where data belong")
            yield fragment.data
            if fragment.is_last:
                return

    async def receive_whole(self, limit: int) -> bytes:
        """Return a whole data set of at most `limit` bytes."""
        data = bytearray()
        async for piece in self.receive_data():
            data += piece
            if len(data) > limit:
                raise await self.give_up(f"the destination sent a data set of more than {limit} bytes")
        return bytes(data)

    async def release(self) -> None:
        """End it in good order, or at least quickly. Raises nothing."""
        with suppress(WireBroken, TimeoutError):
            async with asyncio.timeout(self._timeouts.release):
                await self._wire.write([struct.pack(">BBLL", Kind.RELEASE_REQUEST, 0, 4, 0)], self._timeouts.progress)
                kind = 0
                while kind != Kind.RELEASE_ANSWER:
                    kind, _ = await self._wire.read(self._timeouts.answer)
        await self._wire.close()

    async def abort(self) -> None:
        """End it now (PS3.8 9.3.8). Raises nothing."""
        with suppress(WireBroken):
            await self._wire.write([struct.pack(">BBLBBBB", Kind.ABORT, 0, 4, 0, 0, 0, 0)], self._timeouts.release)
        await self._wire.close()

    async def give_up(self, reason: str, cause: Cause = Cause.NOT_DICOM) -> AssociationLost:
        """Abort, and return what to raise."""
        await self.abort()
        return AssociationLost(reason, cause)

    async def _write(self, pieces: Sequence[Bytes]) -> None:
        try:
            await self._wire.write(pieces, self._timeouts.progress)
        except WireBroken as fault:
            raise AssociationLost(await self._last_words(str(fault)), fault.cause) from fault

    async def _last_words(self, otherwise: str) -> str:
        """Return why the other side hung up while we wrote, where it said so."""
        with suppress(WireBroken):
            kind, body = await self._wire.read(self._timeouts.release)
            if kind == Kind.ABORT:
                return describe_abort(body)
        return otherwise

    async def _fragment(self) -> Fragment:
        while not self._fragments:
            try:
                kind, body = await self._wire.read(self._timeouts.answer)
            except WireBroken as fault:
                raise AssociationLost(str(fault), fault.cause) from fault
            if kind == Kind.ABORT:
                raise AssociationAborted(describe_abort(body), Cause.CONNECTION_LOST)
            if kind != Kind.DATA:
                words = "the destination ended the association in the middle"
                raise await self.give_up(words, Cause.CONNECTION_LOST)
            self._fragments.extend(await self._unpack(body))
        return self._fragments.popleft()

    async def _unpack(self, body: bytes) -> list[Fragment]:
        """Take a P-DATA-TF apart (PS3.8 9.3.5.1)."""
        found = []
        position = 0
        while position < len(body):
            if len(body) - position < FRAGMENT_HEADER:
                raise await self.give_up("the destination sent a piece that is too short")
            length, context, control = struct.unpack_from(">LBB", body, position)
            end = position + 4 + length
            if end > len(body) or length < 2:  # noqa: PLR2004 - context and control belong to it
                raise await self.give_up("the destination sent a piece of a wrong length")
            data = body[position + FRAGMENT_HEADER : end]
            found.append(Fragment(context, bool(control & COMMAND), bool(control & LAST), data))
            position = end
        return found

    def _fragmented(self, context: int, data: Bytes, control: int, *, is_last: bool) -> Iterator[Bytes]:
        """Yield headers and parts of `data`, without a copy of them, as the other side's limit demands."""
        view = memoryview(data)
        for start in range(0, len(view), self._max_data):
            part = view[start : start + self._max_data]
            ends = LAST if is_last and start + len(part) == len(view) else 0
            length = len(part) + 2
            yield struct.pack(">BBLLBB", Kind.DATA, 0, length + 4, length, context, control | ends)
            yield part


async def associate(
    node: Node, proposals: Sequence[Proposal], tls: ssl.SSLContext | None, timeouts: Timeouts
) -> Association:
    """Ask for an association. Raises NoAssociation."""
    try:
        wire = await connect(node, tls, timeouts)
    except WireBroken as fault:
        raise NoAssociation(str(fault), fault.cause) from fault
    try:
        await wire.write([encode_request(node, proposals)], timeouts.progress)
        kind, body = await wire.read(timeouts.association)
        if kind == Kind.ASSOCIATE_ACCEPT:
            return Association(wire, decode_acceptance(body, proposals), timeouts)
    except (WireBroken, MalformedAnswer) as fault:
        await wire.close()
        cause = fault.cause if isinstance(fault, WireBroken) else Cause.NOT_DICOM
        raise NoAssociation(f"no association: {fault}", cause) from fault
    except asyncio.CancelledError:
        await wire.close()
        raise
    await wire.close()
    if kind == Kind.ASSOCIATE_REJECT:
        raise NoAssociation(describe_rejection(body), rejection_cause(body))
    if kind == Kind.ABORT:
        raise NoAssociation(describe_abort(body), Cause.CONNECTION_LOST)
    raise NoAssociation("no association: the answer is not one of DICOM", Cause.NOT_DICOM)
