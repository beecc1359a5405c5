"""Opens reports for studies that have arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.settings import Settings
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.service import notify, worklist_changed
from relaypacs.features.reports.models import Report, ReportSender
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.service.questions import answer_questions
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel, Study
from relaypacs.infrastructure import Infrastructure

URGENT = (ServiceLevel.STAT, ServiceLevel.EMERGENCY)


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """Who has sent which study to be read, how soon, and what the form says about it."""

    study: Study
    upload_id: UUID
    sender_id: UUID
    opened_at: datetime
    form: Mapping[str, Any]
    pacs_receipt_id: str
    answers: UUID | None = None  # the report whose question the upload was opened for

    @property
    def service_level(self) -> ServiceLevel:
        return ServiceLevel(self.form["service_level"])


async def assign_report(session: AsyncSession, infrastructure: Infrastructure, request: ReadingRequest) -> Report:
    """Return the study's open report, made when there is none; the sender is among those who wait for it.

    More of a study that somebody has asked for is the answer.
    The caller holds the study's lock, so that two uploads of one study never open two reports.
    """
    repository = ReportRepository(session)
    due_at = request.opened_at + turnaround(infrastructure.settings, request.service_level)
    report = await repository.open_report(request.study.id)
    if report is None:
        report = Report(
            study_id=request.study.id,
            upload_id=request.upload_id,
            site_id=request.study.site_id,
            urgency=request.service_level.priority,
            due_at=due_at,
            modality_group=ModalityGroup.of(request.form["modality"]),
            form=dict(request.form),
            pacs_receipt_id=request.pacs_receipt_id,
        )
        await repository.add(report)
        entry = Entry(Action.REPORT_ASSIGNED, SYSTEM, "report", str(report.id))
        AuditTrail(infrastructure).record(session, entry)
        is_news = True
    else:
        is_news = request.service_level.priority < report.urgency
        _join(report, request, due_at)
    await repository.add(ReportSender(upload_id=request.upload_id, report_id=report.id, user_id=request.sender_id))
    await repository.plan_again([request.study.id])  # it may be in more places now
    await _answer(session, infrastructure, request, report)
    worklist_changed(session, infrastructure.events)
    if is_news and request.service_level in URGENT:
        await _tell_readers(session, infrastructure, report)
    return report


async def _answer(
    session: AsyncSession, infrastructure: Infrastructure, request: ReadingRequest, joined: Report
) -> None:
    """Answer what is asked in the report that the upload joins, and in the one that it was opened for.

    They are two where that one was signed before the answer came, and what came is to be read by itself.
    """
    asked = [joined]
    if request.answers and request.answers != joined.id:
        other = await ReportRepository(session).lock(request.answers)
        asked += [other] if other and other.study_id == request.study.id else []
    for report in asked:
        await answer_questions(
            session, infrastructure, report, request.sender_id, actor=SYSTEM, upload_id=request.upload_id
        )


def turnaround(settings: Settings, level: ServiceLevel) -> timedelta:
    """Return how long a study of this service level may take to be read, from the opening of its upload on."""
    minutes: int = getattr(settings, f"turnaround_{level.value}")
    return timedelta(minutes=minutes)


def _join(report: Report, request: ReadingRequest, due_at: datetime) -> None:
    """Have the report as urgent as its most urgent upload, and fill in what the earlier forms did not say."""
    report.urgency = min(report.urgency, request.service_level.priority)
    report.due_at = min(report.due_at, due_at)
    said = {name: value for name, value in report.form.items() if value is not None}
    report.form = {**request.form, **said, "service_level": report.service_level.value}


async def _tell_readers(session: AsyncSession, infrastructure: Infrastructure, report: Report) -> None:
    """Tell every radiologist. Of what is not urgent the worklist alone tells: it would be a message for each study."""
    for user_id in await IdentityRepository(session).active_with_role(Role.RADIOLOGIST):
        await notify(
            session,
            infrastructure,
            user_id,
            kind=NotificationType.REPORT_ASSIGNED,
            message="An urgent study is waiting to be read.",
            related_id=report.id,
        )
