"""Storage commitment, push model (PS3.4 Annex J): asking the destination to take responsibility for instances."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid4

from pydicom import Dataset

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable
from relaypacs.adapters.pacs.commitments import CommitmentReport, CommitmentReports
from relaypacs.adapters.pacs.dimse.association import Association
from relaypacs.adapters.pacs.dimse.commands import (
    NO_DATA_SET,
    RESPONSE,
    SOME_DATA_SET,
    Command,
    Element,
    Field,
    MalformedCommand,
)
from relaypacs.adapters.pacs.dimse.data_sets import UNCOMPRESSED, encode_data_set, receive_data_set
from relaypacs.adapters.pacs.dimse.negotiation import Context, Proposal
from relaypacs.adapters.pacs.dimse.queries import failure
from relaypacs.adapters.pacs.statuses import SUCCESS

PUSH_MODEL = "1.2.840.10008.1.20.1"
PUSH_MODEL_INSTANCE = "1.2.840.10008.1.20.1.1"
REQUEST_COMMITMENT = 1  # PS3.4 Table J.3-1
PROPOSAL = Proposal(PUSH_MODEL, UNCOMPRESSED)
MAX_REPORT = 16 * 1024 * 1024


async def request_commitment(
    association: Association,
    context: Context,
    instances: Sequence[OutgoingInstance],
    reports: CommitmentReports,
    seconds: float,
) -> CommitmentReport | None:
    """Ask for commitment and return the report; None when none has come in time, on this association or another.

    Raises PacsUnavailable when the destination does not take the request.
    """
    transaction_uid = f"2.25.{uuid4().int}"
    with reports.expect(transaction_uid) as expectation:
        await _ask(association, context, encode_data_set(_request(transaction_uid, instances), context))
        listening = asyncio.create_task(_listen(association, reports))
        try:
            return await expectation.wait(seconds)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _ask(association: Association, context: Context, request: bytes) -> None:
    number = association.next_message_id()
    await association.send(
        context,
        {
            Element.REQUESTED_SOP_CLASS_UID: PUSH_MODEL,
            Element.COMMAND_FIELD: Field.N_ACTION,
            Element.MESSAGE_ID: number,
            Element.DATA_SET_TYPE: SOME_DATA_SET,
            Element.REQUESTED_SOP_INSTANCE_UID: PUSH_MODEL_INSTANCE,
            Element.ACTION_TYPE_ID: REQUEST_COMMITMENT,
        },
        request,
    )
    answer = await association.receive_answer(number)
    if answer.has_data_set:
        await association.receive_whole(MAX_REPORT)
    if answer.status != SUCCESS:
        raise failure(answer, "storage commitment was not taken up")


async def _listen(association: Association, reports: CommitmentReports) -> None:
    """Hand on what is reported on this association, until it ends: then the report may come on another."""
    with suppress(PacsUnavailable):
        while True:
            context, command = await association.receive()
            try:
                await _take_report(association, context, command, reports)
            except MalformedCommand as fault:
                raise await association.give_up(str(fault)) from fault


async def _take_report(
    association: Association, context: Context, command: Command, reports: CommitmentReports
) -> None:
    if command.number(Element.COMMAND_FIELD) != Field.N_EVENT_REPORT or not command.has_data_set:
        raise MalformedCommand("the destination sent something else than a report")
    report = await receive_data_set(association, context, MAX_REPORT)
    event = command.number(Element.EVENT_TYPE_ID)
    await association.send(
        context,
        {
            Element.AFFECTED_SOP_CLASS_UID: PUSH_MODEL,
            Element.COMMAND_FIELD: Field.N_EVENT_REPORT | RESPONSE,
            Element.MESSAGE_ID_RESPONDED_TO: command.number(Element.MESSAGE_ID),
            Element.DATA_SET_TYPE: NO_DATA_SET,
            Element.STATUS: SUCCESS,
            Element.AFFECTED_SOP_INSTANCE_UID: PUSH_MODEL_INSTANCE,
            Element.EVENT_TYPE_ID: event,
        },
    )
    committed, failed = read_report(report)
    reports.report(str(report.get("TransactionUID") or ""), committed, failed)


def read_report(report: Dataset) -> tuple[set[str], dict[str, int]]:
    """Return who is committed, and why the others are not (PS3.4 Table J.3-2)."""
    failed = {
        str(item.get("ReferencedSOPInstanceUID")): int(item.get("FailureReason") or 0)
        for item in report.get("FailedSOPSequence") or ()
    }
    referenced = report.get("ReferencedSOPSequence") or ()
    return {str(item.get("ReferencedSOPInstanceUID")) for item in referenced} - failed.keys(), failed


def _request(transaction_uid: str, instances: Sequence[OutgoingInstance]) -> Dataset:
    request = Dataset()
    request.TransactionUID = transaction_uid
    request.ReferencedSOPSequence = []
    for instance in instances:
        item = Dataset()
        item.ReferencedSOPClassUID = instance.sop_class_uid
        item.ReferencedSOPInstanceUID = instance.key.sop_instance_uid
        request.ReferencedSOPSequence.append(item)
    return request
