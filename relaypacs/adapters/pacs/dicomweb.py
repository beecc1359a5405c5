"""A PACS that speaks DICOMweb (PS3.18): STOW-RS to store, QIDO-RS to list, WADO-RS to read back."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from relaypacs.adapters.pacs.base import (
    HeldDocument,
    InstanceKey,
    OutgoingInstance,
    PacsUnavailable,
    StoreOutcome,
    StoreStatus,
)
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dicomweb_session import (
    TIMEOUTS,
    Answer,
    DicomwebSession,
    ServiceUnavailable,
    read_whole_answer,
)
from relaypacs.adapters.pacs.listing import confirm_by_listing, is_document
from relaypacs.adapters.pacs.multipart import MalformedMultipart, boundary_of, first_part
from relaypacs.adapters.pacs.source import SourceFailed
from relaypacs.adapters.pacs.stow import Multipart, batches, read_answer
from relaypacs.adapters.pacs.tls import Tls
from relaypacs.adapters.pacs.uids import is_uid
from relaypacs.adapters.pacs.workers import Emit, run_workers

JSON = {"Accept": "application/dicom+json"}
PART10 = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
SOP_CLASS_UID, SOP_INSTANCE_UID, SERIES_INSTANCE_UID = "00080016", "00080018", "0020000E"
PAGE = 1000
NO_JSON = "the answer to a query is not DICOM JSON"
Item = Mapping[str, Any]

ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# Said of what was sent. Any other failure is said of the moment or of the set-up, and may pass.
ABOUT_THE_CONTENT = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
# The next batch would hear the same.
ABOUT_THE_SERVICE = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


class DicomwebPacs:
    """Implements `Pacs`. All calls of `store` together send at most `connections` batches at a time."""

    def __init__(
        self,
        base_url: str,
        username: str = "",
        password: str = "",
        *,
        tls: Tls | None = None,
        connections: int = 4,
        timeouts: httpx.Timeout = TIMEOUTS,
    ) -> None:
        self._session = DicomwebSession(base_url, username, password, timeouts, tls or Tls())
        self._connections = connections
        self._slots = asyncio.Semaphore(connections)

    async def echo(self) -> None:
        _items(await self._session.ask("GET", "studies", JSON, {"limit": 1}))

    async def list_instances(self, study_instance_uid: str) -> set[str]:
        if not is_uid(study_instance_uid):
            return set()
        return {_value(item, SOP_INSTANCE_UID) async for item in self._held(study_instance_uid)}

    async def find_documents(self, study_instance_uid: str) -> Sequence[HeldDocument]:
        if not is_uid(study_instance_uid):
            return []
        found = [_document(study_instance_uid, item) async for item in self._held(study_instance_uid, SOP_CLASS_UID)]
        return [document for document in found if is_document(document.sop_class_uid)]

    async def confirm(self, instances: Sequence[OutgoingInstance]) -> set[str]:
        return await confirm_by_listing(self, instances)

    async def store(self, instances: Iterable[OutgoingInstance]) -> AsyncIterator[StoreOutcome]:
        call = _StoreCall(self._post)
        waiting = batches(instances)

        async def work(emit: Emit) -> None:
            while True:
                async with self._slots:
                    if (batch := next(waiting, None)) is None:
                        return
                    for outcome in await call.send(batch):
                        emit(outcome)

        async with aclosing(run_workers([work] * self._connections)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    async def retrieve(self, key: InstanceKey) -> AsyncIterator[bytes]:
        uids = (key.study_instance_uid, key.series_instance_uid, key.sop_instance_uid)
        if not all(map(is_uid, uids)):
            raise FileNotFoundError(key.sop_instance_uid)
        path = "studies/{}/series/{}/instances/{}".format(*uids)
        async with self._session.open("GET", path, PART10) as response:
            if response.status_code in ABSENT:
                raise FileNotFoundError(key.sop_instance_uid)
            if response.status_code != HTTPStatus.OK:
                raise _failure(await read_whole_answer(response))
            async with aclosing(_content(response)) as content:
                async for piece in content:
                    yield piece

    async def told_time(self) -> datetime | None:
        """Return what time it says it is (RFC 9110 6.6.1), exact to the second; None where it does not say.

        Raises PacsUnavailable.
        """
        async with self._session.open("GET", "studies", JSON, {"limit": 1}) as response:
            try:
                return parsedate_to_datetime(response.headers["Date"])
            except (KeyError, ValueError):
                return None

    async def close(self) -> None:
        await self._session.close()

    async def _post(self, multipart: Multipart) -> Answer:
        return await self._session.ask("POST", "studies", JSON | multipart.headers, body=multipart.body())

    async def _held(self, study_instance_uid: str, *fields: str) -> AsyncIterator[Item]:
        """Yield what QIDO-RS (PS3.18 10.6) says about each instance of the study, `fields` included, once."""
        listed: set[str] = set()
        offset = 0
        # Servers have limits of their own and do not all admit to them, so only an empty page is the end;
        # those that ignore the offset give the same page for ever.
        while page := await self._list_page(study_instance_uid, offset, fields):
            fresh = {_value(item, SOP_INSTANCE_UID): item for item in page}
            if listed.issuperset(fresh):
                break
            for uid in fresh.keys() - listed:
                yield fresh[uid]
            listed.update(fresh)
            offset += len(page)

    async def _list_page(self, study_instance_uid: str, offset: int, fields: Sequence[str]) -> list[Item]:
        """Return one page of instances; empty at the end, or when there is no such study."""
        path = f"studies/{study_instance_uid}/instances"
        params: dict[str, str | int] = {"limit": PAGE, "offset": offset}
        if fields:
            params["includefield"] = ",".join(fields)
        answer = await self._session.ask("GET", path, JSON, params)
        if answer.status not in ABSENT:
            return _items(answer)
        # Some servers say so of a study that they do not hold; so does anything that is no DICOMweb server.
        params = {"StudyInstanceUID": study_instance_uid, "limit": 1}
        if _items(await self._session.ask("GET", "studies", JSON, params)):
            words = f"the study is listed, but its instances are not: {answer.words}"
            raise PacsUnavailable(words, Cause.NOT_OFFERED)
        return []


class _StoreCall:
    """One call of `store`: finds who is to blame in a batch, and gives up when the service is gone."""

    def __init__(self, post: Callable[[Multipart], Awaitable[Answer]]) -> None:
        self._post = post
        self._given_up: PacsUnavailable | None = None

    async def send(self, batch: Sequence[OutgoingInstance]) -> list[StoreOutcome]:
        """Return one outcome for each instance of `batch`."""
        outcomes: list[StoreOutcome] = []
        while batch:
            if self._given_up:
                return outcomes + _failed(batch, self._given_up)
            try:
                return outcomes + await self._settle(batch, await self._post(Multipart(batch)))
            except SourceFailed as fault:
                # The others of the batch are sound, and have not been sent whole.
                outcomes += _failed([fault.instance], fault)
                batch = [instance for instance in batch if instance is not fault.instance]
            except ServiceUnavailable as fault:
                self._given_up = fault
            except PacsUnavailable as fault:
                return outcomes + _failed(batch, fault)
        return outcomes

    async def _settle(self, batch: Sequence[OutgoingInstance], answer: Answer) -> list[StoreOutcome]:
        """Read the answer; where it blames something but names nobody, ask again one by one."""
        if answer.status in ABOUT_THE_SERVICE:
            self._given_up = _failure(answer)
        said = read_answer(answer.body)
        outcomes = [said[uid] for uid in _uids(batch) if uid in said]
        unnamed = [instance for instance in batch if instance.key.sop_instance_uid not in said]
        blames_unnamed = "" in said or answer.status in ABOUT_THE_CONTENT
        if blames_unnamed and len(batch) > 1:
            for instance in unnamed:
                outcomes += await self.send([instance])
            return outcomes
        nameless = said.get("") or _fate_of_unnamed(answer)
        return outcomes + [replace(nameless, sop_instance_uid=uid) for uid in _uids(unnamed)]


def _fate_of_unnamed(answer: Answer) -> StoreOutcome:
    """Return what became of an instance that the answer is about, but does not mention."""
    if answer.status in ABOUT_THE_CONTENT:
        cause = Cause.REFUSED_CONTENT if answer.cause is Cause.OTHER else answer.cause
        return StoreOutcome("", StoreStatus.REFUSED, answer.words, cause)
    if answer.status < HTTPStatus.BAD_REQUEST:
        words = f"{answer.words}, but not in the list of what was stored"
        return StoreOutcome("", StoreStatus.FAILED, words, Cause.NOT_KEPT)
    return StoreOutcome("", StoreStatus.FAILED, answer.words, answer.cause)


async def _content(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Yield the instance out of a WADO-RS answer (PS3.18 10.4). Raises PacsUnavailable when it is malformed."""
    boundary = boundary_of(response.headers.get("Content-Type", ""))
    body = response.aiter_bytes()
    try:
        # Some servers give a single instance bare, as PS3.18 8.7.4 allows.
        async for piece in first_part(body, boundary) if boundary else body:
            yield piece
    except MalformedMultipart as fault:
        raise PacsUnavailable(str(fault), Cause.NOT_DICOM) from fault


def _items(answer: Answer) -> list[Item]:
    """Return the data sets of a QIDO-RS answer. Raises PacsUnavailable when it is not one."""
    if answer.status == HTTPStatus.NO_CONTENT:
        return []
    if answer.status != HTTPStatus.OK:
        raise _failure(answer)
    try:
        found = json.loads(answer.body)
    except ValueError as fault:
        raise PacsUnavailable(NO_JSON, Cause.NOT_DICOM) from fault
    if not isinstance(found, list):
        raise PacsUnavailable(NO_JSON, Cause.NOT_DICOM)
    return found


def _value(item: Item, tag: str) -> str:
    """Return the first value under `tag`. Raises PacsUnavailable when there is none."""
    try:
        return str(item[tag]["Value"][0])
    except (LookupError, TypeError) as fault:
        raise PacsUnavailable(NO_JSON, Cause.NOT_DICOM) from fault


def _document(study_instance_uid: str, item: Item) -> HeldDocument:
    key = InstanceKey(study_instance_uid, _value(item, SERIES_INSTANCE_UID), _value(item, SOP_INSTANCE_UID))
    return HeldDocument(key, _value(item, SOP_CLASS_UID))


def _uids(batch: Iterable[OutgoingInstance]) -> list[str]:
    return [instance.key.sop_instance_uid for instance in batch]


def _failure(answer: Answer) -> PacsUnavailable:
    return PacsUnavailable(answer.words, answer.cause)


def _failed(batch: Iterable[OutgoingInstance], fault: PacsUnavailable | SourceFailed) -> list[StoreOutcome]:
    return [StoreOutcome(uid, StoreStatus.FAILED, str(fault), fault.cause) for uid in _uids(batch)]
