"""The gateway's upload calls, typed."""

import hashlib
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from relaypacs.client.answers import (
    InstancePage,
    InstanceStatus,
    OpenedUpload,
    ReportStatus,
    SessionToken,
    UploadPage,
    UploadStatus,
)
from relaypacs.client.errors import Refused
from relaypacs.client.retry import API_RETRIES
from relaypacs.client.session import Session
from relaypacs.client.wire import Answer

PAGE = 200  # the most that a list gives at once
MAX_DAMAGED = 5  # times that one chunk may arrive with other bytes than were sent


@dataclass(slots=True)
class Ticket:
    """The right to send to one upload. The token is renewed in place, once for all threads that need it."""

    upload_id: str
    token: str
    renewing: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk as it travels: `body` is gzip-coded where `gzipped`."""

    file_id: str
    index: int
    body: bytes
    gzipped: bool


class Gateway:
    """Calls of one signed-in user. Errors are those of `Session`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def round_trip(self) -> float:
        """Measure how long (s) the smallest exchange takes on the connection that the sign-in left open."""
        started = time.monotonic()
        self._session.probe()
        return time.monotonic() - started

    def close(self) -> None:
        """Break off every call that is under way, in any thread. Idempotent."""
        self._session.close()

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until `close`: then ClientClosed."""
        self._session.pause(seconds)

    def call(self, method: str, path: str, form: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make any other call of the API, and return the object that it answers; empty where it answers none."""
        return self._session.call(method, path, form).json()

    def study_of_report(self, report_id: str) -> str:
        """Return the StudyInstanceUID of a report that the user may see."""
        answer = self._session.call("GET", f"/reports/{quote(report_id)}")
        return ReportStatus.model_validate_json(answer.body).study_instance_uid

    def open_upload(
        self,
        names: Sequence[str],
        sizes: Sequence[int],
        metadata: Mapping[str, Any],
        chunk_size: int,
        report_id: str | None = None,
    ) -> OpenedUpload:
        """Open an upload; with `report_id` one that answers a question about that report's study."""
        form = {
            "file_names": list(names),
            "file_sizes": list(sizes),
            "metadata": dict(metadata),
            "chunk_size": chunk_size,
        } | ({"report_id": report_id} if report_id else {})
        return OpenedUpload.model_validate_json(self._session.call("POST", "/upload/init", form).body)

    def ticket(self, upload_id: str) -> Ticket:
        """Ask for a new session token of an upload that was opened earlier."""
        return Ticket(upload_id, self._new_token(upload_id, API_RETRIES))

    def status(self, upload_id: str) -> tuple[UploadStatus, Answer]:
        """Return the upload's state, and the answer it came in for its headers."""
        answer = self._session.call("GET", f"/upload/{quote(upload_id)}")
        return UploadStatus.model_validate_json(answer.body), answer

    def put_chunk(self, ticket: Ticket, chunk: Chunk) -> None:
        """Send one chunk, again and again until it is acknowledged. Raises Refused for a 4xx.

        A checksum that does not match says that the bytes changed on the way, so they are sent again.
        """
        digest = b64encode(hashlib.sha256(chunk.body).digest()).decode()
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Digest": f"sha-256=:{digest}:",  # RFC 9530: of the body as sent
        }
        if chunk.gzipped:
            headers["Content-Encoding"] = "gzip"
        query = urlencode({"chunk_index": chunk.index, "file_id": chunk.file_id})
        for attempt in range(1, MAX_DAMAGED + 1):
            try:
                self._with_ticket(ticket, "PUT", f"chunk?{query}", headers, chunk.body, retries=None)
            except Refused as refused:
                if refused.code != "chunk-checksum-mismatch" or attempt == MAX_DAMAGED:
                    raise
            else:
                return

    def complete(self, ticket: Ticket, *, force: bool) -> None:
        """Say that every chunk is there. Idempotent; 202 only means that the rest goes on by itself."""
        self._with_ticket(ticket, "POST", "complete?force=true" if force else "complete", {}, b"", retries=API_RETRIES)

    def uploads(self, filters: Mapping[str, str | Sequence[str]]) -> Iterator[UploadStatus]:
        """Yield the uploads that the user may see, the newest first, page by page."""
        for answer in self._pages("/upload", filters):
            yield from UploadPage.model_validate_json(answer.body).items

    def instances(self, upload_id: str) -> Iterator[InstanceStatus]:
        """Yield the verdict and outcome of each instance, page by page."""
        for answer in self._pages(f"/upload/{quote(upload_id)}/instances", {}):
            yield from InstancePage.model_validate_json(answer.body).items

    def receipt(self, upload_id: str) -> bytes:
        """Return the signed custody receipt, byte for byte as the gateway gave it."""
        return self._session.call("GET", f"/upload/{quote(upload_id)}/receipt").body

    def report_pages(self, report_id: str) -> bytes:
        """Return the latest pages of a report, a PDF."""
        return self._session.call("GET", f"/reports/{quote(report_id)}/pdf").body

    def _pages(self, path: str, filters: Mapping[str, str | Sequence[str]]) -> Iterator[Answer]:
        cursor: str | None = None
        while True:
            query: dict[str, Any] = {**filters, "limit": PAGE} | ({"cursor": cursor} if cursor else {})
            answer = self._session.call("GET", f"{path}?{urlencode(query, doseq=True)}")
            yield answer
            if not (cursor := answer.json().get("next_cursor")):
                return

    def _with_ticket(
        self,
        ticket: Ticket,
        method: str,
        call: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        retries: int | None,
    ) -> Answer:
        """Make a call that the session token authorises; get a new token where this one has run out."""
        path = f"/upload/{quote(ticket.upload_id)}/{call}"
        token = ticket.token
        try:
            sent = {**headers, "X-Upload-Token": token}
            return self._session.call_with(sent, method, path, body, retries=retries)
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        with ticket.renewing:
            if ticket.token == token:
                ticket.token = self._new_token(ticket.upload_id, retries)
        sent = {**headers, "X-Upload-Token": ticket.token}
        return self._session.call_with(sent, method, path, body, retries=retries)

    def _new_token(self, upload_id: str, retries: int | None) -> str:
        answer = self._session.call("POST", f"/upload/{quote(upload_id)}/token", retries=retries)
        return SessionToken.model_validate_json(answer.body).session_token
