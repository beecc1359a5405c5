"""Checks received files: each instance in them gets its verdict."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import FileInspection, Inspected, Reason, Span, Verdict
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.database import after_commit
from relaypacs.core.leases import LeaseLost, heartbeat
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.studies.models import Instance
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.metrics import VERDICTS
from relaypacs.features.uploads.models import CheckState, Upload, UploadFile, UploadStatus
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.word_rows import WordRepository
from relaypacs.features.uploads.words import words_of_files
from relaypacs.infrastructure import Infrastructure

FILES_AT_ONCE = 16
EMPTY_FILE = FileInspection((), problem=Reason("empty-file", "The file is empty."))
OTHER_STUDY = Reason("other-study", "The file belongs to another study than the one that was asked about.")


async def check_files(infrastructure: Infrastructure, upload_id: UUID) -> bool:
    """Claim some files of the upload that are due, check them, store the verdicts. Returns False when none is due."""
    async with infrastructure.database.write() as session:
        files = await UploadRepository(session).claim_due_files(upload_id, FILES_AT_ONCE)
    return bool(files) and await check_claimed(infrastructure, files) is not None


async def check_claimed(infrastructure: Infrastructure, files: Sequence[UploadFile]) -> Sequence[Instance] | None:
    """Check files of one upload that this process has claimed, and store the verdicts.

    Returns None when the upload was cancelled or expired meanwhile, or somebody else has taken the files.
    """
    upload_id = files[0].upload_id
    file_ids = [file.id for file in files]

    async def renew() -> bool:
        async with infrastructure.database.write() as session:
            return await UploadRepository(session).renew_leases(file_ids)

    try:
        async with heartbeat(renew):
            results = await asyncio.gather(*(_inspect(infrastructure, file) for file in files))
        return await _store(infrastructure, files, results)
    except BaseException as error:
        async with infrastructure.database.write() as session:
            uploads = UploadRepository(session)
            await uploads.give_back(file_ids)
            upload = await uploads.get(upload_id)
        if isinstance(error, LeaseLost):
            return None  # somebody else checks them
        has_failed = upload is not None and upload.status is UploadStatus.FAILED
        if isinstance(error, FileNotFoundError) and has_failed:
            return None  # cancelled or expired meanwhile: the files are gone, and nobody wants to know
        raise


async def _inspect(infrastructure: Infrastructure, file: UploadFile) -> FileInspection:
    if file.size == 0:
        return EMPTY_FILE
    async with infrastructure.storage.blob(file.blob_key) as blob:
        return await infrastructure.inspector.inspect(blob)


async def _store(
    infrastructure: Infrastructure, files: Sequence[UploadFile], results: Sequence[FileInspection]
) -> Sequence[Instance]:
    stored: list[Instance] = []
    async with infrastructure.database.write() as session:
        uploads, studies = UploadRepository(session), StudyRepository(session)
        upload = await uploads.get(files[0].upload_id)
        asked = await _asked_study(session, upload)
        own = await uploads.lock_claimed([file.id for file in files])
        if len(own) < len(files):
            raise LeaseLost
        for claimed, result in zip(files, results, strict=True):
            instances = [_instance(claimed, found) for found in _all_found(claimed, result)]
            if asked:
                _refuse_others(instances, asked)
            await studies.replace_instances(claimed.id, instances)
            stored += instances
            file = own[claimed.id]
            file.check_state, file.skipped = CheckState.DONE, result.skipped
            file.release()
            for instance in instances:
                VERDICTS.labels(instance.verdict.value).inc()
        if upload:
            await WordRepository(session).add(upload, words_of_files(stored))
        wake = infrastructure.wakeups.wake
        after_commit(session, partial(wake, Task.SETTLE_UPLOAD, files[0].upload_id))
    return stored


async def _asked_study(session: AsyncSession, upload: Upload | None) -> str | None:
    """Return the StudyInstanceUID of which alone the upload takes instances, if it answers a question."""
    if upload is None or upload.answers_report_id is None:
        return None
    found = await ReportRepository(session).with_study(upload.answers_report_id)
    return found[1].study_instance_uid if found else None


def _refuse_others(instances: Sequence[Instance], study_instance_uid: str) -> None:
    """Reject what was acceptable, and is not of the study that was asked about."""
    for instance in instances:
        if instance.is_acceptable and instance.study_instance_uid != study_instance_uid:
            instance.verdict = Verdict.REJECTED
            instance.reasons = [{"code": OTHER_STUDY.code, "sentence": OTHER_STUDY.sentence}]


def _all_found(file: UploadFile, result: FileInspection) -> Sequence[Inspected]:
    """Return the file's instances; a file that can't be read, or holds none, counts as one that is rejected."""
    problem = result.problem
    if problem is None and not result.instances:
        problem = Reason("no-dicom-in-file", "The file holds no DICOM images.")
    if problem is None:
        return result.instances
    unreadable = Inspected(
        member=None, span=Span(0, file.size, file.size), sha256="", verdict=Verdict.REJECTED, reasons=(problem,)
    )
    return (*result.instances, unreadable)


def _instance(file: UploadFile, found: Inspected) -> Instance:
    return Instance.of(found, blob_key=file.blob_key, file_name=file.name, upload_id=file.upload_id, file_id=file.id)
