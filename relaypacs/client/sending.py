"""Brings one parcel to the gateway: opens an upload or takes an earlier one up again, and sends what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from relaypacs.client.answers import FileStatus
from relaypacs.client.encoding import Encoder
from relaypacs.client.errors import Refused, ServerUnreachable
from relaypacs.client.gateway import Gateway, Ticket
from relaypacs.client.observer import Observer
from relaypacs.client.packing import Parcel
from relaypacs.client.state import ResumeStore
from relaypacs.client.transfer import Transfer, missing_bytes

PATIENCE = 10.0  # seconds between rounds of calls while the server can't be reached
OPEN = ("pending", "uploading")


@dataclass(frozen=True, slots=True)
class Pace:
    chunk_size: int
    connections: int


@dataclass(frozen=True, slots=True)
class Sent:
    """An upload of which the gateway has every byte; without a ticket it was completed by an earlier run."""

    upload_id: str
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class _Upload:
    upload_id: str
    ticket: Ticket | None
    files: list[FileStatus]
    chunk_size: int


class ParcelSender:
    """Sends parcels one at a time. The server being away, for however long, only makes it wait."""

    def __init__(
        self,
        gateway: Gateway,
        store: ResumeStore,
        encoder: Encoder,
        pace: Pace,
        observer: Observer,
        *,
        report_id: str | None = None,
    ) -> None:
        """With `report_id` every upload answers a question about that report's study."""
        self._gateway = gateway
        self._store = store
        self._encoder = encoder
        self._pace = pace
        self._observer = observer
        self._report_id = report_id

    def send(self, parcel: Parcel, metadata: Mapping[str, Any], label: str, *, force: bool) -> Sent:
        """Return once the gateway has every byte.

        An upload that the gateway no longer has, or that holds other bytes than the files do now, is begun
        anew once. Raises Refused and FileChanged.
        """
        renewed = False
        while True:
            try:
                upload = self._resumed(parcel, force=force) or self._opened(parcel, metadata)
                self._transfer(parcel, upload, label)
            except ServerUnreachable:  # its retries have been told to the observer
                self._gateway.pause(PATIENCE)
            except Refused as refused:
                if renewed or not _is_lost(refused):
                    raise
                renewed = True
                self._forget(parcel)
            else:
                return Sent(upload.upload_id, upload.ticket)

    def _resumed(self, parcel: Parcel, *, force: bool) -> _Upload | None:
        """Return the upload of an earlier run, or None when there is none to go on with."""
        upload_id = self._store.recall(self._identity(parcel))
        if upload_id is None:
            return None
        try:
            status, _ = self._gateway.status(upload_id)
            duplicate = status.stage == "duplicate"
            ended = status.status == "failed" and not duplicate
            if ended or (force and status.status == "completed"):
                self._forget(parcel)
                return None
            unfinished = status.status in OPEN or (force and duplicate)
            ticket = self._gateway.ticket(upload_id) if unfinished else None
        except Refused as refused:
            if not _is_lost(refused):
                raise
            self._forget(parcel)
            return None
        files = status.files if status.status in OPEN else []
        return _Upload(upload_id, ticket, files, status.chunk_size)

    def _opened(self, parcel: Parcel, metadata: Mapping[str, Any]) -> _Upload:
        names = [source.name for source in parcel.sources]
        sizes = [source.size for source in parcel.sources]
        opened = self._gateway.open_upload(names, sizes, metadata, self._pace.chunk_size, self._report_id)
        self._store.remember(self._identity(parcel), opened.upload_id)
        files = [file.model_copy(update={"missing": [(0, file.chunk_count - 1)]}) for file in opened.files]
        ticket = Ticket(opened.upload_id, opened.session_token)
        return _Upload(opened.upload_id, ticket, files, opened.chunk_size)

    def _transfer(self, parcel: Parcel, upload: _Upload, label: str) -> None:
        absent = missing_bytes(upload.files, upload.chunk_size)
        self._observer.upload_started(label, parcel.size, parcel.size - absent)
        if upload.ticket is not None and absent:
            Transfer(
                self._gateway,
                upload.ticket,
                self._encoder,
                self._pace.connections,
                self._observer.chunk_acknowledged,
            ).run(parcel.sources, upload.files, upload.chunk_size)
        self._observer.upload_sent(label)

    def _forget(self, parcel: Parcel) -> None:
        self._store.forget(self._identity(parcel))

    def _identity(self, parcel: Parcel) -> str:
        """Name the files and what they are sent for: an answer is another upload than what was sent unasked."""
        return f"{parcel.identity} for {self._report_id}" if self._report_id else parcel.identity


def _is_lost(refused: Refused) -> bool:
    """Tell whether the upload itself is gone, or no longer the one that these files belong to."""
    gone = refused.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    return gone or refused.code == "chunk-conflict"
