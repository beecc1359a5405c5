"""A question to those who have sent a study, and what comes back: words, or more of the study.

An upload that brings more of it answers by itself as soon as it is verified. While a question is open nobody reads.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, worklist_changed
from relaypacs.features.reports.errors import NothingAsked, ReportNotFound
from relaypacs.features.reports.models import Question, Report, ReportStatus
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportView
from relaypacs.features.reports.service.claims import locked_report
from relaypacs.features.reports.service.views import report_view
from relaypacs.features.reports.service.writing import held_report
from relaypacs.features.studies.models import Study
from relaypacs.infrastructure import Infrastructure

ASKED = (
    NotificationType.ADDITIONAL_DATA_REQUIRED,
    "The radiologist needs more data on a study. Read the question, and answer it or send more.",
)
FURTHER_PARTS = timedelta(hours=24)
ANSWERED = (NotificationType.REPORT_ASSIGNED, "What you have asked about a study is answered.")


class Questions:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def ask(self, report_id: UUID, text: str, if_match: str | None, caller: Caller) -> ReportView:
        """Ask everybody who has sent a part of the study; the study goes back to them, and the draft stays.

        Raises ReportNotFound, ReportFinished, ReportLocked, ReportNotClaimed, StaleEdit.
        """
        async with self._database.write() as session:
            report = await held_report(session, report_id, if_match, caller)
            repository = ReportRepository(session)
            await repository.add(Question(report_id=report_id, text=text, asked_by=caller.user_id))
            if report.status is not ReportStatus.READY:
                report.status = ReportStatus.ADDITIONAL_DATA_REQUIRED
            report.revision += 1
            report.unlock()
            await _tell(session, self._infrastructure, await repository.senders(report_id), ASKED, report)
            self._trail.record(session, Entry(Action.REPORT_DATA_REQUESTED, caller.actor, "report", str(report_id)))
            await session.flush()
            return await report_view(session, report, caller)

    async def answer(self, report_id: UUID, text: str, caller: Caller) -> ReportView:
        """Answer in words whatever is asked about a study that the caller may see.

        Raises ReportNotFound, NothingAsked.
        """
        async with self._database.write() as session:
            report = await locked_report(session, report_id)
            answered = await answer_questions(
                session, self._infrastructure, report, caller.user_id, actor=caller.actor, text=text
            )
            if not answered:
                raise NothingAsked("Nothing is asked about this study.")
            await session.flush()
            return await report_view(session, report, caller)


async def asked_study(session: AsyncSession, report_id: UUID, caller: Caller) -> Study:
    """Return the study of which the caller, who has sent a part of it, is asked for more.

    An answer too large for one upload comes in several: the first one answers, and the others may follow it.
    Raises ReportNotFound, NothingAsked.
    """
    repository = ReportRepository(session)
    found = await repository.with_study(report_id)
    if found is None or caller.user_id not in await repository.senders(report_id):
        raise ReportNotFound("There is no such report.")
    for question in await repository.questions(report_id):
        answered = question.answered_at
        is_begun = question.upload_id and question.answered_by == caller.user_id
        if answered is None or (is_begun and answered > now() - FURTHER_PARTS):
            return found[1]
    raise NothingAsked("Nothing is asked about this study.")


async def answer_questions(
    session: AsyncSession,
    infrastructure: Infrastructure,
    report: Report,
    answered_by: UUID,
    *,
    actor: Actor,
    text: str = "",
    upload_id: UUID | None = None,
) -> bool:
    """Answer what is asked, in the caller's transaction, and give the study back to who has asked.

    Returns whether anything was asked.
    """
    questions = await ReportRepository(session).open_questions(report.id)
    for question in questions:
        question.answer, question.upload_id = text, upload_id
        question.answered_by, question.answered_at = answered_by, now()
    if not questions:
        return False
    if report.status is ReportStatus.ADDITIONAL_DATA_REQUIRED:
        report.status = ReportStatus.PENDING if report.radiologist_id else ReportStatus.ASSIGNED
    report.revision += 1
    await _tell(session, infrastructure, {question.asked_by for question in questions}, ANSWERED, report)
    details = {"upload_id": str(upload_id)} if upload_id else {}
    entry = Entry(Action.REPORT_DATA_PROVIDED, actor, "report", str(report.id), details=details)
    AuditTrail(infrastructure).record(session, entry)
    return True


async def _tell(
    session: AsyncSession,
    infrastructure: Infrastructure,
    people: Iterable[UUID],
    news: tuple[NotificationType, str],
    report: Report,
) -> None:
    kind, message = news
    worklist_changed(session, infrastructure.events)
    for user_id in sorted(people):
        await notify(session, infrastructure, user_id, kind=kind, message=message, related_id=report.id)
