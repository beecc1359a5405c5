"""Writing a report: drafts of whoever has the study open, then signatures, and addenda to what is signed.

What is signed is never changed. Who signs proves once more who he is: the screen may have been left alone.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.core.conditional import require_match
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.errors import PasswordWrong, ProofRefused, TooManyFailures
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.passwords import Passwords
from relaypacs.features.identity.service.single_sign_on import SingleSignOn
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify
from relaypacs.features.reports.errors import (
    ReportEmpty,
    ReportFinished,
    ReportNotClaimed,
    ReportNotFinal,
)
from relaypacs.features.reports.models import Report, ReportStatus, ReportVersion, VersionKind
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import Addendum, DraftSaved, Proof, ReportText, ReportView, Signature
from relaypacs.features.reports.service.claims import keep_open, locked_report, refuse_others
from relaypacs.features.reports.service.views import report_view
from relaypacs.infrastructure import Infrastructure

READY = {
    VersionKind.PRELIMINARY: "A preliminary report on a study is ready.",
    VersionKind.FINAL: "The report on a study is ready.",
    VersionKind.ADDENDUM: "There is an addendum to the report on a study.",
}
CRITICAL = "A report on a study has a critical result. Read it now."


class ReportWriting:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)
        self._passwords = Passwords(infrastructure)
        self._single_sign_on = SingleSignOn(infrastructure)

    async def save(self, report_id: UUID, text: ReportText, if_match: str | None, caller: Caller) -> DraftSaved:
        """Keep what the caller has written so far, and the study open for him.

        Raises ReportNotFound, ReportFinished, ReportLocked, ReportNotClaimed, StaleEdit.
        """
        async with self._database.write() as session:
            report = await self._held(session, report_id, if_match, caller)
            repository = ReportRepository(session)
            draft = await repository.draft(report_id)
            if draft is None:
                draft = _written(report_id, VersionKind.DRAFT, 1, text, caller)
                await repository.add(draft)
            for name, value in text.model_dump().items():
                setattr(draft, name, value)
            draft.author_id, draft.written_at = caller.user_id, now()
            report.revision += 1
            keep_open(self._infrastructure, report, caller)
            return DraftSaved(revision=report.revision, saved_at=draft.written_at, locked_until=report.locked_until)

    async def sign(self, report_id: UUID, signature: Signature, if_match: str | None, caller: Caller) -> ReportView:
        """Sign the draft. A preliminary report may be followed by others; a final one is the end of writing.

        Raises what `save` does, ReportEmpty, PasswordWrong, ProofRefused, TooManyFailures.
        """
        kind = VersionKind(signature.kind.value)
        await self._prove(report_id, kind, signature, caller)
        async with self._database.write() as session:
            report = await self._held(session, report_id, if_match, caller)
            repository = ReportRepository(session)
            draft = await repository.draft(report_id)
            if draft is None or draft.is_empty:
                raise ReportEmpty("There is nothing to be signed: write findings or an impression first.")
            signed = await self._signed(repository, draft, kind)
            signed.author_id, signed.signed_at = caller.user_id, now()
            if kind is VersionKind.FINAL:
                report.status, report.signed_at = ReportStatus.READY, signed.signed_at
                report.reported_at = report.reported_at or signed.signed_at
                report.radiologist_id = caller.user_id
                report.unlock()
            else:
                keep_open(self._infrastructure, report, caller)
            return await self._issue(session, report, signed, caller)

    async def add(self, report_id: UUID, addendum: Addendum, if_match: str | None, caller: Caller) -> ReportView:
        """Add something to a final report, which stays as it is. Any radiologist may.

        Raises ReportNotFound, ReportNotFinal, ReportEmpty, StaleEdit, PasswordWrong, ProofRefused,
        TooManyFailures.
        """
        await self._prove(report_id, VersionKind.ADDENDUM, addendum, caller)
        async with self._database.write() as session:
            report = await locked_report(session, report_id)
            if report.signed_at is None:
                raise ReportNotFinal("There is no final report of ours to add something to.")
            require_match(if_match, report.revision)
            repository = ReportRepository(session)
            number = await repository.count_versions(report_id, VersionKind.ADDENDUM) + 1
            signed = _written(report_id, VersionKind.ADDENDUM, number, addendum.text, caller)
            if signed.is_empty:
                raise ReportEmpty("There is nothing to be signed.")
            signed.signed_at = now()
            await repository.add(signed)
            return await self._issue(session, report, signed, caller)

    async def _held(self, session: AsyncSession, report_id: UUID, if_match: str | None, caller: Caller) -> Report:
        """Return a report that the caller may write: he has it open, or had it and nobody else has opened it since."""
        report = await locked_report(session, report_id)
        await refuse_others(session, report, caller)
        if report.signed_at:
            raise ReportFinished("This report is signed. What is still to be said is an addendum.")
        if report.locked_by != caller.user_id:
            raise ReportNotClaimed("Claim the study first.")
        require_match(if_match, report.revision)
        return report

    @staticmethod
    async def _signed(repository: ReportRepository, draft: ReportVersion, kind: VersionKind) -> ReportVersion:
        """Return what is signed: the draft itself when it is final, else a copy, and the draft goes on."""
        if kind is VersionKind.FINAL:
            draft.kind = kind
            return draft
        signed = ReportVersion(
            report_id=draft.report_id,
            kind=kind,
            number=await repository.count_versions(draft.report_id, kind) + 1,
            findings=draft.findings,
            impression=draft.impression,
            recommendation=draft.recommendation,
            is_critical=draft.is_critical,
            author_id=draft.author_id,
        )
        await repository.add(signed)
        return signed

    async def _issue(self, session: AsyncSession, report: Report, signed: ReportVersion, caller: Caller) -> ReportView:
        """Write down what was signed, and tell everybody who has sent a part of the study."""
        report.revision += 1
        report.is_critical = signed.is_critical or (signed.kind is VersionKind.ADDENDUM and report.is_critical)
        details = {"kind": signed.kind.value, "number": signed.number, "is_critical": signed.is_critical}
        self._trail.record(
            session, Entry(Action.REPORT_SIGNED, caller.actor, "report", str(report.id), details=details)
        )
        is_addendum = signed.kind is VersionKind.ADDENDUM
        news = [
            (NotificationType.REPORT_ADDENDUM if is_addendum else NotificationType.REPORT_READY, READY[signed.kind])
        ]
        news += [(NotificationType.CRITICAL_RESULT, CRITICAL)] if signed.is_critical else []
        for user_id in await ReportRepository(session).senders(report.id):
            for kind, message in news:
                await notify(
                    session, self._infrastructure.events, user_id, kind=kind, message=message, related_id=report.id
                )
        await session.flush()
        return await report_view(session, report, shows_draft=True)

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


def _written(report_id: UUID, kind: VersionKind, number: int, text: ReportText, caller: Caller) -> ReportVersion:
    return ReportVersion(report_id=report_id, kind=kind, number=number, author_id=caller.user_id, **text.model_dump())
