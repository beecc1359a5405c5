"""Writing a report: drafts of whoever has the study open, in words or as a PDF that was made elsewhere."""

import hashlib
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.conditional import require_match
from relaypacs.core.database import after_commit
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.errors import NotAPdf, ReportFinished, ReportNotClaimed
from relaypacs.features.reports.models import Report, ReportVersion, VersionKind
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import DraftSaved, ReportText
from relaypacs.features.reports.service.claims import keep_open, locked_report, refuse_others
from relaypacs.infrastructure import Infrastructure

PDF_BEGINS, PDF_ENDS, TAIL = b"%PDF-", b"%%EOF", 1024  # ISO 32000-1 7.5.2 and 7.5.5, and how much may follow


class ReportWriting:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database

    async def save(self, report_id: UUID, text: ReportText, if_match: str | None, caller: Caller) -> DraftSaved:
        """Keep what the caller has written so far, and the study open for him.

        Raises ReportNotFound, ReportFinished, ReportLocked, ReportNotClaimed, StaleEdit.
        """
        async with self._database.write() as session:
            report = await held_report(session, report_id, if_match, caller)
            draft = await self._draft(session, report, caller)
            for name, value in text.model_dump().items():
                setattr(draft, name, value)
            return self._saved(report, draft, caller)

    async def bring(self, report_id: UUID, pdf: bytes, if_match: str | None, caller: Caller) -> DraftSaved:
        """Keep a PDF that is signed as it is, in the place of pages made of words; the file is durable first.

        Raises NotAPdf, and what `save` does.
        """
        check_pdf(pdf)
        async with self._database.read() as session:
            await held_report(session, report_id, if_match, caller)
        key = ReportVersion(report_id=report_id).new_pdf_key(self._infrastructure.sealed_by)
        await self._infrastructure.storage.write(key, 0, pdf)
        try:
            async with self._database.write() as session:
                report = await held_report(session, report_id, if_match, caller)
                draft = await self._draft(session, report, caller)
                await self._let_go(session, draft)
                draft.pdf_key, draft.pdf_size, draft.is_pdf_brought = key, len(pdf), True
                draft.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
                return self._saved(report, draft, caller)
        except BaseException:  # also a caller who goes away
            await forget_pages(self._infrastructure, report_id, key)
            raise

    async def drop(self, report_id: UUID, if_match: str | None, caller: Caller) -> DraftSaved:
        """Take a PDF that was brought away again, so that pages are made of the words. Raises what `save` does."""
        async with self._database.write() as session:
            report = await held_report(session, report_id, if_match, caller)
            draft = await self._draft(session, report, caller)
            await self._let_go(session, draft)
            draft.pdf_key, draft.pdf_size, draft.pdf_sha256, draft.is_pdf_brought = None, None, None, False
            return self._saved(report, draft, caller)

    @staticmethod
    async def _draft(session: AsyncSession, report: Report, caller: Caller) -> ReportVersion:
        repository = ReportRepository(session)
        draft = await repository.draft(report.id)
        if draft is None:
            words = ReportText().model_dump()
            draft = ReportVersion(report_id=report.id, kind=VersionKind.DRAFT, author_id=caller.user_id, **words)
            await repository.add(draft)
        return draft

    async def _let_go(self, session: AsyncSession, draft: ReportVersion) -> None:
        """Remove the draft's PDF once that is certain, unless it was signed as a preliminary report."""
        if draft.pdf_key is None:
            return
        kinds = await ReportRepository(session).kinds_with(draft.report_id, draft.pdf_key)
        if kinds == {VersionKind.DRAFT}:
            after_commit(session, partial(self._infrastructure.storage.remove, draft.pdf_key))

    def _saved(self, report: Report, draft: ReportVersion, caller: Caller) -> DraftSaved:
        draft.author_id, draft.written_at = caller.user_id, now()
        report.revision += 1
        keep_open(self._infrastructure, report, caller)
        return DraftSaved(revision=report.revision, saved_at=draft.written_at, locked_until=report.locked_until)


async def held_report(session: AsyncSession, report_id: UUID, if_match: str | None, caller: Caller) -> Report:
    """Return a report that the caller may write: he has it open, or had it and nobody else has opened it since.

    Raises ReportNotFound, ReportFinished, ReportLocked, ReportNotClaimed, StaleEdit.
    """
    report = await locked_report(session, report_id)
    await refuse_others(session, report, caller)
    if report.signed_at:
        raise ReportFinished("This report is signed. What is still to be said is an addendum.")
    if report.locked_by != caller.user_id:
        raise ReportNotClaimed("Claim the study first.")
    require_match(if_match, report.revision)
    return report


async def forget_pages(infrastructure: Infrastructure, report_id: UUID, key: str) -> None:
    """Remove pages that were kept for nothing. Not those of a row: it may be durable though its caller has gone."""
    async with infrastructure.database.read() as session:
        if await ReportRepository(session).kinds_with(report_id, key):
            return
    await infrastructure.storage.remove(key)


def check_pdf(content: bytes) -> None:
    """Refuse what is no PDF, is cut off, or cannot be read without a password. Raises NotAPdf."""
    if not content.startswith(PDF_BEGINS):
        raise NotAPdf("This is not a PDF.")
    if PDF_ENDS not in content[-TAIL:]:
        raise NotAPdf("This PDF has no end: it was cut off.")
    if b"/Encrypt" in content:
        raise NotAPdf("This PDF is encrypted: nobody could read it.")
