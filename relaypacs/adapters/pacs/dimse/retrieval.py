"""C-GET in the Study Root model (PS3.4 C.4.3): one instance back, on the association on which it was asked for."""

from collections.abc import AsyncGenerator, Iterator

from pydicom import Dataset
from pydicom.uid import (
    JPEG2000,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from pynetdicom import ALL_TRANSFER_SYNTAXES
from pynetdicom.presentation import AllStoragePresentationContexts

from relaypacs.adapters.pacs.base import InstanceKey, NotOffered
from relaypacs.adapters.pacs.dimse.association import Association
from relaypacs.adapters.pacs.dimse.commands import (
    MEDIUM_PRIORITY,
    NO_DATA_SET,
    RESPONSE,
    SOME_DATA_SET,
    Command,
    Element,
    Field,
    MalformedCommand,
)
from relaypacs.adapters.pacs.dimse.data_sets import UNCOMPRESSED, encode_data_set
from relaypacs.adapters.pacs.dimse.negotiation import IMPLEMENTATION_UID, MAX_CONTEXTS, Context, Proposal
from relaypacs.adapters.pacs.dimse.queries import NO_SUCH_SERVICE, PENDING, failure, words_of
from relaypacs.adapters.pacs.part10 import make_header
from relaypacs.adapters.pacs.statuses import SUCCESS

STUDY_ROOT_GET = "1.2.840.10008.5.1.4.1.2.2.3"
MAX_FAILED_LIST = 1024 * 1024
NOT_OFFERED = "the destination gives nothing back (C-GET, Study Root)"
_GET = Proposal(STUDY_ROOT_GET, UNCOMPRESSED)
# A request with all of them for each class is longer than some can read.
_USUAL = (
    *UNCOMPRESSED,
    JPEG2000Lossless,
    JPEG2000,
    JPEGLosslessSV1,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSLossless,
    RLELossless,
)


def proposals_for(sop_class_uid: str) -> Iterator[list[Proposal]]:
    """Yield what to propose, association after association, to be given an instance of this SOP class.

    A known class gets a context for each transfer syntax, so that nothing need be converted. Where the class is
    not known (empty), every storage class of the standard gets one context with the usual ones.
    """
    if sop_class_uid:
        yield [_GET, *(Proposal(sop_class_uid, (uid,), gives=True) for uid in ALL_TRANSFER_SYNTAXES)]
        return
    classes = [str(context.abstract_syntax) for context in AllStoragePresentationContexts]
    step = MAX_CONTEXTS - 1
    for start in range(0, len(classes), step):
        chunk = classes[start : start + step]
        yield [_GET, *(Proposal(uid, _USUAL, gives=True) for uid in chunk)]


class Retrieval:
    """One C-GET of one instance."""

    def __init__(self, association: Association, key: InstanceKey) -> None:
        self._association = association
        self._key = key

    async def content(self) -> AsyncGenerator[bytes, None]:
        """Yield the Part 10 file; nothing when the destination has no such instance to give here.

        Raises NotOffered and PacsUnavailable.
        """
        number = await self._ask()
        while True:
            context, command = await self._association.receive()
            try:
                if command.number(Element.COMMAND_FIELD) == Field.C_STORE:
                    async for piece in self._given(context, command):
                        yield piece
                elif await self._has_ended(command, number):
                    return
            except MalformedCommand as fault:
                raise await self._association.give_up(str(fault)) from fault

    async def _ask(self) -> int:
        context = self._association.context(STUDY_ROOT_GET)
        if context is None:
            raise NotOffered(NOT_OFFERED)
        query = Dataset()
        query.QueryRetrieveLevel = "IMAGE"
        query.StudyInstanceUID = self._key.study_instance_uid
        query.SeriesInstanceUID = self._key.series_instance_uid
        query.SOPInstanceUID = self._key.sop_instance_uid
        number = self._association.next_message_id()
        await self._association.send(
            context,
            {
                Element.AFFECTED_SOP_CLASS_UID: STUDY_ROOT_GET,
                Element.COMMAND_FIELD: Field.C_GET,
                Element.MESSAGE_ID: number,
                Element.PRIORITY: MEDIUM_PRIORITY,
                Element.DATA_SET_TYPE: SOME_DATA_SET,
            },
            encode_data_set(query, context),
        )
        return number

    async def _given(self, context: Context, command: Command) -> AsyncGenerator[bytes, None]:
        """Take one C-STORE sub-operation, and acknowledge it once all of it has been handed on."""
        sop_class_uid = command.text(Element.AFFECTED_SOP_CLASS_UID)
        sop_instance_uid = command.text(Element.AFFECTED_SOP_INSTANCE_UID)
        number = command.number(Element.MESSAGE_ID)
        if sop_instance_uid != self._key.sop_instance_uid or not command.has_data_set:
            raise await self._association.give_up("the destination gave another instance than it was asked for")
        yield make_header(sop_class_uid, sop_instance_uid, context.transfer_syntax, IMPLEMENTATION_UID)
        async for piece in self._association.receive_data():
            yield piece
        await self._association.send(
            context,
            {
                Element.AFFECTED_SOP_CLASS_UID: sop_class_uid,
                Element.COMMAND_FIELD: Field.C_STORE | RESPONSE,
                Element.MESSAGE_ID_RESPONDED_TO: number,
                Element.DATA_SET_TYPE: NO_DATA_SET,
                Element.STATUS: SUCCESS,
                Element.AFFECTED_SOP_INSTANCE_UID: sop_instance_uid,
            },
        )

    async def _has_ended(self, answer: Command, number: int) -> bool:
        """Read a C-GET answer. Raises NotOffered and PacsUnavailable when it failed."""
        is_answer = answer.number(Element.COMMAND_FIELD) == Field.C_GET | RESPONSE
        if not is_answer or answer.number(Element.MESSAGE_ID_RESPONDED_TO) != number:
            raise MalformedCommand("the destination answered another message")
        if answer.has_data_set:  # the list of those that failed, which can only be ours
            await self._association.receive_whole(MAX_FAILED_LIST)
        if answer.status in PENDING:
            return False
        if answer.status in NO_SUCH_SERVICE:
            raise NotOffered(f"{NOT_OFFERED}: {words_of(answer)}")
        if answer.status != SUCCESS or answer.count(Element.FAILED_SUBOPERATIONS):
            raise failure(answer, "the destination cannot give the instance back")
        return True
