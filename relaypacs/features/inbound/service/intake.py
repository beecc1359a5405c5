"""The way of an instance that comes in by DICOM, from its bytes to the answer.

beginning read -> bytes at their place, synced -> row, committed -> check -> outcome
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.database import finished
from relaypacs.core.errors import RelayError
from relaypacs.features.inbound.errors import InstanceTooLarge, SenderNotActive, TooManyInstances
from relaypacs.features.inbound.metrics import BYTES, INSTANCES
from relaypacs.features.inbound.service.head import Head, read_head
from relaypacs.features.inbound.service.open_uploads import OpenUpload, OpenUploads
from relaypacs.features.inbound.service.outcome import Outcome, Status, status_of
from relaypacs.features.inbound.service.record import Received, Recorder
from relaypacs.features.inbound.service.sender import Sender
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.errors import TooManyOpenUploads, UploadClosed
from relaypacs.features.uploads.models import UploadFile, blob_key
from relaypacs.features.uploads.service.check import check_claimed
from relaypacs.features.uploads.service.complete import Completion
from relaypacs.infrastructure import Infrastructure

PIECE = 4 * 1024 * 1024
NOT_DICOM = "This is not DICOM, or names no study."
OTHER_STUDY = "The instance is of another study than the address."
NOT_CHECKED = "The check takes too long. What was received is safe."
GONE = "The upload was cancelled meanwhile. Send the instance again."

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Transfer:
    """What one request or one C-STORE brings. Its uploads stay open until it is over."""

    sender: Sender
    used: dict[str, OpenUpload] = field(default_factory=dict)  # by StudyInstanceUID
    checks: dict[str, asyncio.Task[Instance | None]] = field(default_factory=dict)  # by SHA-256

    @property
    def upload_ids(self) -> list[UUID]:
        """Return the uploads that have got an instance of it."""
        return [upload.id for upload in self.used.values() if upload.id and upload.is_stored]


class InboundIntake:
    """Takes instances. One per process: it gives each of them a place of its own."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._storage = infrastructure.storage
        self._sealed_by = infrastructure.sealed_by
        self._space = infrastructure.space
        self._open = OpenUploads(infrastructure.database, infrastructure.settings.dicom_study_idle)
        self._recorder = Recorder(infrastructure, self._open.closes_at_earliest())
        self._checks: set[asyncio.Task[Instance | None]] = set()

    @asynccontextmanager
    async def transfer(self, sender: Sender) -> AsyncIterator[Transfer]:
        transfer = Transfer(sender)
        try:
            yield transfer
        finally:
            for upload in transfer.used.values():
                self._open.leave(upload)

    async def receive(
        self, transfer: Transfer, content: AsyncIterator[bytes], study_instance_uid: str | None = None
    ) -> Outcome:
        """Take one Part 10 file; what is left of `content` is not read.

        An outcome that says "stored" is given only when bytes and row survive a power failure. What keeps an
        instance from being stored is an outcome too; raised is only what `content` raises.
        """
        return await (await self.accept(transfer, content, study_instance_uid))

    async def accept(
        self, transfer: Transfer, content: AsyncIterator[bytes], study_instance_uid: str | None = None
    ) -> asyncio.Task[Outcome]:
        """Do as `receive`, but return when `content` has been read; the check and the outcome are still to come."""
        head, begin = await read_head(content)
        if head is None:
            judging = _known(Outcome(Status.CANNOT_UNDERSTAND, NOT_DICOM))
        elif study_instance_uid and head.study_instance_uid != study_instance_uid:
            judging = _known(_outcome(head, Status.OTHER_STUDY, OTHER_STUDY))
        else:
            try:
                judging = self._judge(head, *await self._take(transfer, head, begin, content))
            except RelayError as error:
                log.info("instance_refused", code=error.code)
                judging = _known(_outcome(head, status_of(error), error.detail))
        return asyncio.create_task(self._counted(transfer, judging), name="judge_instance")

    @staticmethod
    async def _counted(transfer: Transfer, judging: Coroutine[Any, Any, Outcome]) -> Outcome:
        outcome = await judging
        INSTANCES.labels(transfer.sender.origin.value, outcome.status.name.lower()).inc()
        return outcome

    async def _judge(self, head: Head, upload_id: UUID, check: asyncio.Task[Instance | None] | Instance) -> Outcome:
        """Wait for the check as long as a sender should."""
        if isinstance(check, Instance):
            return _judged(head, upload_id, check)
        await asyncio.wait([check], timeout=self._infrastructure.settings.complete_wait)
        return _judged(head, upload_id, check.result() if check.done() and not check.cancelled() else None)

    async def _take(
        self, transfer: Transfer, head: Head, begin: bytes, content: AsyncIterator[bytes]
    ) -> tuple[UUID, asyncio.Task[Instance | None] | Instance]:
        """Make the instance durable. Returns its upload, and its check, or what the upload has of it already."""
        upload = transfer.used.get(head.study_instance_uid)
        if upload is None:
            upload = transfer.used[head.study_instance_uid] = self._open.use(transfer.sender, head.study_instance_uid)
        upload_id, ordinal = await self._open.place(upload)
        try:
            size, sha256 = await self._write(blob_key(upload_id, ordinal, self._sealed_by), begin, content)
            if twin := transfer.checks.get(sha256):
                await asyncio.wait([twin])  # the same bytes once more: then there is a verdict to be found
            received = Received(upload_id, ordinal, size, sha256, upload.given, self._sealed_by)
            recorded = await self._record(transfer.sender, head, upload, received)
        except (UploadClosed, FileNotFoundError):
            self._give_up(transfer, upload)
            raise UploadClosed(GONE) from None
        if isinstance(recorded, Instance):
            return upload_id, recorded
        BYTES.labels(transfer.sender.origin.value).inc(size)
        transfer.checks[sha256] = self._begin_check(recorded)
        return upload_id, transfer.checks[sha256]

    async def _record(
        self, sender: Sender, head: Head, upload: OpenUpload, received: Received
    ) -> UploadFile | Instance:
        """Record the instance. Its bytes go when there is surely no row: an unclear end of a commit is none such."""
        try:
            async with upload.until_stored():
                recorded = await self._recorder.record(sender, head, received)
                upload.is_stored = True
        except (SenderNotActive, TooManyInstances, TooManyOpenUploads, UploadClosed):
            await self._remove(received.upload_id, received.ordinal)
            raise
        if isinstance(recorded, Instance):
            await self._remove(received.upload_id, received.ordinal)
        return recorded

    async def _remove(self, upload_id: UUID, ordinal: int) -> None:
        await finished(self._storage.remove(blob_key(upload_id, ordinal, self._sealed_by)))

    def _give_up(self, transfer: Transfer, upload: OpenUpload) -> None:
        """Let go of an upload that takes nothing more."""
        self._open.forget(upload)
        self._open.leave(upload)
        del transfer.used[upload.key[2]]

    async def _write(self, key: str, begin: bytes, content: AsyncIterator[bytes]) -> tuple[int, str]:
        """Write the bytes durably. Returns their number and SHA-256. Raises InstanceTooLarge.

        What was written of an instance that does not come whole is removed.
        """
        try:
            return await self._write_pieces(key, begin, content)
        except BaseException:
            await finished(self._storage.remove(key))
            raise

    async def _write_pieces(self, key: str, begin: bytes, content: AsyncIterator[bytes]) -> tuple[int, str]:
        digest, offset, buffer = hashlib.sha256(), 0, bytearray(begin)
        limit = self._infrastructure.settings.max_upload_bytes
        is_over = False
        while not is_over or buffer:
            while len(buffer) < PIECE and not is_over:
                piece = await anext(content, None)
                is_over = piece is None
                buffer += piece or b""
            if offset + len(buffer) > limit:
                raise InstanceTooLarge(f"An instance has at most {limit} bytes.")
            data = bytes(buffer)
            buffer.clear()
            await asyncio.to_thread(digest.update, data)
            await self._space.require_reserve()
            await self._storage.write(key, offset, data, must_exist=offset > 0)
            offset += len(data)
        return offset, digest.hexdigest()

    def _begin_check(self, file: UploadFile) -> asyncio.Task[Instance | None]:
        check = asyncio.create_task(self._check(file), name="check_instance")
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)
        return check

    async def _check(self, file: UploadFile) -> Instance | None:
        """Check a file that has been recorded; what cannot be done now, the worker does."""
        try:
            found = await check_claimed(self._infrastructure, [file])
        except (RelayError, OSError) as error:
            log.warning("check_postponed", reason=type(error).__name__, upload_id=str(file.upload_id))
            return None
        return found[0] if found else None

    async def complete(self, transfer: Transfer) -> None:
        """Complete the uploads of a request that has ended, but those that somebody else is sending to."""
        completion = Completion(self._infrastructure)
        for upload in transfer.used.values():
            if upload.users or not upload.is_stored or upload.id is None:
                continue
            self._open.forget(upload)
            await completion.close(upload.id, transfer.sender.actor)

    async def stop(self) -> None:
        """End the checks that nobody waits for; the next start has them made."""
        await self._open.stop()
        for check in list(self._checks):
            check.cancel()
        await asyncio.gather(*self._checks, return_exceptions=True)


async def _known(outcome: Outcome) -> Outcome:
    return outcome


def _judged(head: Head, upload_id: UUID, instance: Instance | None) -> Outcome:
    """Return what the check says; a file that holds several instances is none that DICOM would send."""
    if instance is None:
        return _outcome(head, Status.STORED, NOT_CHECKED, upload_id, is_checked=False)
    sentences = " ".join(reason["sentence"] for reason in instance.reasons)
    verdicts = {
        Verdict.ACCEPTED: Status.STORED,
        Verdict.WARNING: Status.STORED_WITH_WARNING,
        Verdict.REJECTED: Status.CANNOT_UNDERSTAND,
    }
    return _outcome(head, verdicts[instance.verdict], sentences, upload_id)


def _outcome(
    head: Head, status: Status, reason: str = "", upload_id: UUID | None = None, *, is_checked: bool = True
) -> Outcome:
    return Outcome(status, reason, head.sop_class_uid, head.sop_instance_uid, upload_id, is_checked)
