"""Signing what was written, and adding to what is signed. Nothing of it is ever changed again.

Who signs proves once more who he is: the screen may have been left alone. The pages are made before the signature
becomes durable, of exactly what is signed: whatever was changed meanwhile makes the signature stale.
"""

import hashlib
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id, now
from relaypacs.core.conditional import etag, require_match
from relaypacs.core.database import after_commit
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.errors import PasswordWrong, ProofRefused, TooManyFailures
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.passwords import Passwords
from relaypacs.features.identity.service.single_sign_on import SingleSignOn
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, worklist_changed
from relaypacs.features.reports.errors import ReportEmpty, ReportNotFinal
from relaypacs.features.reports.metrics import count_ready
from relaypacs.features.reports.models import Report, ReportStatus, ReportVersion, VersionKind
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import Addendum, Proof, ReportText, ReportView, Signature
from relaypacs.features.reports.service.assign import turnaround
from relaypacs.features.reports.service.claims import keep_open, locked_report
from relaypacs.features.reports.service.report_page import PageSource, report_page
from relaypacs.features.reports.service.views import pdf_address, report_rows, report_view
from relaypacs.features.reports.service.writing import forget_pages, held_report
from relaypacs.infrastructure import Infrastructure

READY = {
    VersionKind.PRELIMINARY: "A preliminary report on a study is ready.",
    VersionKind.FINAL: "The report on a study is ready.",
    VersionKind.ADDENDUM: "There is an addendum to the report on a study.",
}
CRITICAL = "A report on a study has a critical result. Read it now."


class ReportSigning:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._storage = infrastructure.storage
        self._trail = AuditTrail(infrastructure)
        self._passwords = Passwords(infrastructure)
        self._single_sign_on = SingleSignOn(infrastructure)

    async def sign(self, report_id: UUID, signature: Signature, if_match: str | None, caller: Caller) -> ReportView:
        """Sign the draft. A preliminary report may be followed by others; a final one is the end of writing.

        Raises ReportNotFound, ReportFinished, ReportLocked, ReportNotClaimed, StaleEdit, ReportEmpty, PasswordWrong,
        ProofRefused, TooManyFailures.
        """
        kind = VersionKind(signature.kind.value)
        await self._prove(report_id, kind, signature, caller)
        async with self._database.read() as session:
            report = await held_report(session, report_id, if_match, caller)
            draft = await ReportRepository(session).draft(report_id)
            if draft is None or draft.is_empty:
                raise ReportEmpty("There is nothing to be signed: write findings or an impression first.")
            text = ReportText.model_validate(draft, from_attributes=True)
            version = await _version(session, report_id, kind, text, caller)
            version.pdf_key, version.pdf_size, version.pdf_sha256 = draft.pdf_key, draft.pdf_size, draft.pdf_sha256
            version.is_pdf_brought = draft.is_pdf_brought
            source = await _page_source(session, report, [version])
        await self._keep_page(version, source)
        try:
            async with self._database.write() as session:
                report = await held_report(session, report_id, etag(source.report.revision), caller)
                await self._close(session, report, version, caller)
                return await self._issue(session, report, version, caller)
        except BaseException:  # also a caller who goes away
            await self._forget(version)
            raise

    async def add(self, report_id: UUID, addendum: Addendum, if_match: str | None, caller: Caller) -> ReportView:
        """Add something to a final report, which stays as it is. Any radiologist may.

        Raises ReportNotFound, ReportNotFinal, ReportEmpty, StaleEdit (also when somebody else has added something
        meanwhile), PasswordWrong, ProofRefused, TooManyFailures.
        """
        await self._prove(report_id, VersionKind.ADDENDUM, addendum, caller)
        async with self._database.read() as session:
            report = await _final_report(session, report_id, if_match)
            version = await _version(session, report_id, VersionKind.ADDENDUM, addendum.text, caller)
            if version.is_empty:
                raise ReportEmpty("There is nothing to be signed.")
            earlier = await ReportRepository(session).signed_versions(report_id)
            kept = [each for each in earlier if each.kind in (VersionKind.ADDENDUM, VersionKind.FINAL)]
            source = await _page_source(session, report, [version, *kept])
        await self._keep_page(version, source)
        try:
            async with self._database.write() as session:
                report = await _final_report(session, report_id, etag(source.report.revision))
                await ReportRepository(session).add(version)
                return await self._issue(session, report, version, caller)
        except BaseException:  # as above
            await self._forget(version)
            raise

    async def _keep_page(self, version: ReportVersion, source: PageSource) -> None:
        """Set the pages, unless they were brought, and keep them durably."""
        if version.is_pdf_brought:
            return
        pdf = await report_page(self._infrastructure.typesetter, source)
        version.pdf_key, version.pdf_size = version.new_pdf_key(self._infrastructure.sealed_by), len(pdf)
        version.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        await self._storage.write(version.pdf_key, 0, pdf)

    async def _forget(self, version: ReportVersion) -> None:
        if version.pdf_key:
            await forget_pages(self._infrastructure, version.report_id, version.pdf_key)

    async def _close(self, session: AsyncSession, report: Report, version: ReportVersion, caller: Caller) -> None:
        """Keep what is signed. The draft of a final report has done its work."""
        repository = ReportRepository(session)
        await repository.add(version)
        if version.kind is not VersionKind.FINAL:
            keep_open(self._infrastructure, report, caller)
            return
        await repository.drop_draft(report.id)
        report.status, report.signed_at = ReportStatus.READY, version.signed_at
        if report.reported_at is None:
            report.reported_at = version.signed_at
            count_ready(session, report, turnaround(self._infrastructure.settings, report.service_level))
        report.radiologist_id = caller.user_id
        report.unlock()

    async def _issue(self, session: AsyncSession, report: Report, signed: ReportVersion, caller: Caller) -> ReportView:
        """Write down what was signed, and tell everybody who has sent a part of the study."""
        report.revision += 1
        report.pdf_url = pdf_address(report.id)
        is_closing = signed.kind is not VersionKind.ADDENDUM  # what it does not repeat is not critical any more
        if signed.is_critical:
            report.critical_since, report.escalated_at = signed.signed_at, None
        elif is_closing:
            report.critical_since = None
        report.plan_at = now()
        after_commit(session, partial(self._infrastructure.wakeups.wake, Task.STORE_REPORT, report.id))
        report.is_critical = signed.is_critical or (report.is_critical and not is_closing)
        details = {"kind": signed.kind.value, "number": signed.number, "is_critical": signed.is_critical}
        entry = Entry(Action.REPORT_SIGNED, caller.actor, "report", str(report.id), details=details)
        self._trail.record(session, entry)
        ready = NotificationType.REPORT_READY if is_closing else NotificationType.REPORT_ADDENDUM
        news = [(ready, READY[signed.kind])]
        news += [(NotificationType.CRITICAL_RESULT, CRITICAL)] if signed.is_critical else []
        worklist_changed(session, self._infrastructure.events)
        for user_id in await ReportRepository(session).senders(report.id):
            for kind, message in news:
                await notify(session, self._infrastructure, user_id, kind=kind, message=message, related_id=report.id)
        await session.flush()
        return await report_view(session, report, caller)

    async def _prove(self, report_id: UUID, kind: VersionKind, proof: Proof, caller: Caller) -> None:
        """Have the caller prove who he is; what fails is written down, as a failed sign-in is."""
        try:
            if proof.single_sign_on:
                await self._single_sign_on.prove(caller, proof.single_sign_on)
            else:
                await self._passwords.prove(caller, proof.password or "")
        except (PasswordWrong, ProofRefused, TooManyFailures) as refusal:
            details = {"kind": kind.value, "reason": refusal.code}
            entry = Entry(Action.REPORT_SIGNED, caller.actor, "report", str(report_id), AuditOutcome.FAILURE, details)
            await self._trail.note(entry)
            raise


async def _final_report(session: AsyncSession, report_id: UUID, if_match: str | None) -> Report:
    report = await locked_report(session, report_id)
    if report.signed_at is None:
        raise ReportNotFinal("There is no final report of ours to add something to.")
    require_match(if_match, report.revision)
    return report


async def _version(
    session: AsyncSession, report_id: UUID, kind: VersionKind, text: ReportText, caller: Caller
) -> ReportVersion:
    """Return what is about to be signed: no row yet."""
    return ReportVersion(
        id=new_id(),
        report_id=report_id,
        kind=kind,
        number=await ReportRepository(session).count_versions(report_id, kind) + 1,
        author_id=caller.user_id,
        signed_at=now(),
        **text.model_dump(),
    )


async def _page_source(session: AsyncSession, report: Report, versions: list[ReportVersion]) -> PageSource:
    (row,) = await report_rows(session, [report])
    authors = await IdentityRepository(session).names({version.author_id for version in versions})
    return PageSource(report, row, versions, authors)
