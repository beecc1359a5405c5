"""C-FIND in the Study Root model (PS3.4 C.4.1), level by level: what the destination holds of a study."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from pydicom import Dataset

from relaypacs.adapters.pacs.base import HeldDocument, InstanceKey, NotOffered, PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.association import Association
from relaypacs.adapters.pacs.dimse.commands import MEDIUM_PRIORITY, SOME_DATA_SET, Command, Element, Field
from relaypacs.adapters.pacs.dimse.data_sets import UNCOMPRESSED, encode_data_set, receive_data_set
from relaypacs.adapters.pacs.dimse.negotiation import Proposal
from relaypacs.adapters.pacs.listing import is_document
from relaypacs.adapters.pacs.statuses import SUCCESS, describe_status, status_cause

STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
NOT_OFFERED = "the destination does not answer queries (C-FIND, Study Root)"
PROPOSAL = Proposal(STUDY_ROOT_FIND, UNCOMPRESSED)
PENDING = (0xFF00, 0xFF01)
# "SOP class not supported", "unrecognized operation"
NO_SUCH_SERVICE = (0x0122, 0x0211)
MAX_MATCH = 1024 * 1024  # bytes
MAX_MATCHES = 100_000
# PS3.3 C.7.3.1.1.1: series of documents have these. OT was usual for PDF before DOC existed, and some say nothing.
DOCUMENT_MODALITIES = ("SR", "KO", "DOC", "OT", "")


class Finder:
    """Asks on one association, which it does not end. Raises NotOffered and PacsUnavailable."""

    def __init__(self, association: Association) -> None:
        context = association.context(STUDY_ROOT_FIND)
        if context is None:
            raise NotOffered(NOT_OFFERED)
        self._association = association
        self._context = context

    async def instances(self, study_instance_uid: str) -> set[str]:
        found: set[str] = set()
        for series in await self._series(study_instance_uid):
            async for match in self._images(study_instance_uid, series):
                found.add(_text(match, "SOPInstanceUID"))
        return found - {""}

    async def documents(self, study_instance_uid: str) -> list[HeldDocument]:
        found = []
        for series, modality in (await self._series(study_instance_uid)).items():
            if modality not in DOCUMENT_MODALITIES:
                continue
            async for match in self._images(study_instance_uid, series):
                uid, sop_class_uid = _text(match, "SOPInstanceUID"), _text(match, "SOPClassUID")
                if uid and is_document(sop_class_uid):
                    found.append(HeldDocument(InstanceKey(study_instance_uid, series, uid), sop_class_uid))
        return found

    async def sop_class_of(self, key: InstanceKey) -> str | None:
        """Return the instance's SOP class, empty when the destination does not tell it; None when it has none."""
        matches = self._images(key.study_instance_uid, key.series_instance_uid, key.sop_instance_uid)
        found = [m async for m in matches if _text(m, "SOPInstanceUID") == key.sop_instance_uid]
        return _text(found[0], "SOPClassUID") if found else None

    async def _series(self, study_instance_uid: str) -> dict[str, str]:
        """Return the modality of each series."""
        query = Dataset()
        query.QueryRetrieveLevel = "SERIES"
        query.StudyInstanceUID = study_instance_uid
        query.SeriesInstanceUID = query.Modality = ""
        async with aclosing(self._matches(query)) as matches:
            # Some answer with more than was asked for.
            series = [match async for match in matches if _text(match, "StudyInstanceUID") in ("", study_instance_uid)]
        return {_text(match, "SeriesInstanceUID"): _text(match, "Modality").strip() for match in series}

    async def _images(self, study: str, series: str, instance: str = "") -> AsyncIterator[Dataset]:
        query = Dataset()
        query.QueryRetrieveLevel = "IMAGE"
        query.StudyInstanceUID, query.SeriesInstanceUID, query.SOPInstanceUID = study, series, instance
        query.SOPClassUID = ""
        async with aclosing(self._matches(query)) as matches:
            async for match in matches:
                belongs = _text(match, "StudyInstanceUID") in ("", study)
                if belongs and _text(match, "SeriesInstanceUID") in ("", series):
                    yield match

    async def _matches(self, query: Dataset) -> AsyncGenerator[Dataset, None]:
        association, context = self._association, self._context
        number = association.next_message_id()
        await association.send(
            context,
            {
                Element.AFFECTED_SOP_CLASS_UID: STUDY_ROOT_FIND,
                Element.COMMAND_FIELD: Field.C_FIND,
                Element.MESSAGE_ID: number,
                Element.PRIORITY: MEDIUM_PRIORITY,
                Element.DATA_SET_TYPE: SOME_DATA_SET,
            },
            encode_data_set(query, context),
        )
        for _ in range(MAX_MATCHES):
            answer = await association.receive_answer(number)
            match = await receive_data_set(association, context, MAX_MATCH) if answer.has_data_set else Dataset()
            if answer.status not in PENDING:
                _check_end(answer)
                return
            yield match
        raise await association.give_up(f"the destination answers a query with more than {MAX_MATCHES} matches")


def _check_end(answer: Command) -> None:
    """Raise NotOffered or PacsUnavailable unless the query has ended well."""
    if answer.status in NO_SUCH_SERVICE:
        raise NotOffered(f"{NOT_OFFERED}: {words_of(answer)}")
    if answer.status != SUCCESS:
        raise failure(answer)


def words_of(answer: Command) -> str:
    """Return the status, and what the destination says about it."""
    comment = answer.text(Element.ERROR_COMMENT)
    words = describe_status(answer.status)
    return f"{words}: {comment}" if comment else words


def failure(answer: Command, doing: str = "") -> PacsUnavailable:
    """Return what to raise of an answer that is no success; `doing` says what it did not succeed in."""
    words = words_of(answer)
    cause = status_cause(answer.status, words) or Cause.OTHER
    return PacsUnavailable(f"{doing}: {words}" if doing else words, cause)


def _text(match: Dataset, keyword: str) -> str:
    return str(match.get(keyword) or "")
