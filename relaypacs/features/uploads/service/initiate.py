"""Opens an upload: checks the limits, names the files, hands out the token."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from re import fullmatch
from uuid import UUID

from relaypacs.core.clock import new_id, now
from relaypacs.core.errors import InvalidRequest
from relaypacs.core.settings import GIB, Settings
from relaypacs.core.turns import take_turns
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.service.questions import asked_study
from relaypacs.features.uploads.errors import TooManyOpenUploads, UploadClosed, UploadExpired, UploadNotFound
from relaypacs.features.uploads.metrics import count_stage
from relaypacs.features.uploads.models import CheckState, Upload, UploadFile
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.schemas import (
    FilePlan,
    UploadInitRequest,
    UploadInitResponse,
    UploadTokenResponse,
)
from relaypacs.features.uploads.service.room import available_room, require_room
from relaypacs.features.uploads.word_rows import WordRepository
from relaypacs.features.uploads.words import study_word, words_of_form
from relaypacs.infrastructure import Infrastructure

SAFE_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
LABEL_LENGTH = 255
RETRY_AFTER_SECONDS = "60"


class UploadOpening:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._settings = infrastructure.settings
        self._trail = AuditTrail(infrastructure)

    async def initiate(self, request: UploadInitRequest, caller: Caller) -> UploadInitResponse:
        """Make the rows of an upload.

        Raises InvalidRequest over the limits, TooManyOpenUploads, StorageFull; ReportNotFound and NothingAsked for one
        that answers a question which nobody has asked the caller.
        """
        check_limits(request, self._settings)
        available = await available_room(self._infrastructure)
        upload = self._upload(request, caller)
        files = plan_files(upload, request, self._infrastructure.sealed_by)
        upload.chunk_count = sum(file.chunk_count for file in files)
        async with self._infrastructure.database.write() as session:
            repository = UploadRepository(session)
            await take_turns(session, f"uploads:{upload.user_id}")
            await self._check_quota(repository, upload)
            await require_room(session, self._infrastructure, upload.total_bytes, available)
            words = _words(request)
            if request.report_id:
                words.add(study_word((await asked_study(session, request.report_id, caller)).study_instance_uid))
            await repository.add(upload)
            count_stage(session, upload)
            await repository.add(*files)
            await WordRepository(session).add(upload, words)
            details = {"report_id": str(request.report_id)} if request.report_id else {}
            entry = Entry(Action.UPLOAD_OPENED, caller.actor, "upload", str(upload.id), details=details)
            self._trail.record(session, entry)
        return UploadInitResponse(
            upload_id=upload.id,
            session_token=self._token(upload.id, upload.expires_at),
            expires_at=upload.expires_at,
            chunk_size=upload.chunk_size,
            files=[FilePlan.model_validate(file) for file in files],
        )

    def _upload(self, request: UploadInitRequest, caller: Caller) -> Upload:
        return Upload(
            id=new_id(),
            user_id=caller.user_id,
            site_id=caller.site_id,
            study_metadata=request.metadata.model_dump(mode="json"),
            priority=request.metadata.service_level.priority,
            answers_report_id=request.report_id,
            chunk_size=request.chunk_size,
            total_bytes=sum(request.file_sizes),
            expires_at=now() + timedelta(hours=self._settings.upload_ttl_hours),
        )

    async def _check_quota(self, repository: UploadRepository, upload: Upload) -> None:
        count, reserved = await repository.open_totals(upload.user_id)
        if count >= self._settings.max_open_uploads:
            raise TooManyOpenUploads(
                f"You have {count} uploads open. Finish or cancel one first.",
                headers={"Retry-After": RETRY_AFTER_SECONDS},
            )
        if reserved + upload.total_bytes > self._settings.max_reserved_bytes:
            raise TooManyOpenUploads(
                "Your open uploads already announce as many bytes as are allowed. Finish or cancel one first.",
                headers={"Retry-After": RETRY_AFTER_SECONDS},
            )

    async def renew_token(self, upload_id: UUID, caller: Caller) -> UploadTokenResponse:
        """Give the owner a new token. Raises UploadNotFound, UploadExpired, UploadClosed."""
        async with self._infrastructure.database.read() as session:
            upload = await UploadRepository(session).get(upload_id)
        if upload is None or upload.user_id != caller.user_id:
            raise UploadNotFound("There is no such upload.")
        if upload.is_open and upload.expires_at <= now():
            raise UploadExpired("This upload has expired. Start it again.")
        if upload.completed_at:
            raise UploadClosed("This upload is completed.")
        expires_at = now() + timedelta(hours=self._settings.upload_ttl_hours)
        return UploadTokenResponse(session_token=self._token(upload.id, expires_at), expires_at=expires_at)

    def _token(self, upload_id: UUID, expires_at: datetime) -> str:
        return self._infrastructure.tokens.issue("upload", str(upload_id), issued_at=now(), expires_at=expires_at)


def _words(request: UploadInitRequest) -> set[str]:
    return words_of_form(request.metadata.model_dump()) | {study_word(uid) for uid in request.study_instance_uids}


def check_limits(request: UploadInitRequest, settings: Settings) -> None:
    """Refuse more files or bytes than the settings allow. Raises InvalidRequest, saying the limit."""
    if len(request.file_names) > settings.max_files:
        raise InvalidRequest(
            f"An upload has at most {settings.max_files} files. Send many small files in a ZIP.",
            errors=[{"pointer": "/body/file_names", "detail": f"at most {settings.max_files} files"}],
        )
    if sum(request.file_sizes) > settings.max_upload_bytes:
        limit = f"{settings.max_upload_bytes / GIB:g}GB"
        raise InvalidRequest(
            f"Total upload size exceeds {limit} limit",
            errors=[{"pointer": "/body/file_sizes", "detail": f"more than {limit} in all"}],
        )


def plan_files(upload: Upload, request: UploadInitRequest, sealed_by: int | None) -> list[UploadFile]:
    """Return a row for each file. An empty one has nothing to receive, and is due to be checked at once."""
    identifiers = file_ids(request.file_names)
    return [
        UploadFile(
            id=new_id(),
            upload_id=upload.id,
            ordinal=ordinal,
            file_id=identifiers[ordinal],
            name=label(name),
            size=size,
            chunk_count=-(-size // upload.chunk_size),
            check_state=CheckState.RECEIVING if size else CheckState.DUE,
            sealed_by=sealed_by,
        )
        for ordinal, (name, size) in enumerate(zip(request.file_names, request.file_sizes, strict=True))
    ]


def file_ids(names: Sequence[str]) -> list[str]:
    """Return each file's id: its stem where that is safe and nobody else's, else its ordinal."""
    stems = [PurePosixPath(name.replace("\\", "/")).stem for name in names]
    count = Counter(stems)
    ids = [
        stem if count[stem] == 1 and fullmatch(SAFE_ID, stem) else str(ordinal) for ordinal, stem in enumerate(stems)
    ]
    if len(set(ids)) == len(ids):
        return ids
    # A stem such as "3" stood in the way of an ordinal: such stems give way.
    return [str(ordinal) if identifier.isdigit() else identifier for ordinal, identifier in enumerate(ids)]


def label(name: str) -> str:
    """Return a name that is fit to be shown: no control or direction-changing characters, bounded length."""
    shown = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return shown[-LABEL_LENGTH:] or "unnamed"
