"""What a report looks like from outside."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import now
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.models import OPEN, Acknowledgement, Question, Report, ReportVersion
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import (
    AcknowledgementView,
    DraftView,
    ImageCounts,
    QuestionView,
    ReportLock,
    ReportRow,
    ReportText,
    ReportView,
    StoredView,
    VersionView,
)
from relaypacs.features.reports.stored_rows import StoredRow, stored_rows
from relaypacs.features.studies.models import Study

READERS = (Role.RADIOLOGIST, Role.ADMIN)
TREATING = (Role.CLINICIAN, Role.RADIOGRAPHER)

# What the files say, and where the form says it too. Whoever reads the images goes by what stands in them.
OF_FILES = {
    "patient_name": "PatientName",
    "patient_id": "PatientID",
    "patient_birth_date": "PatientBirthDate",
    "patient_sex": "PatientSex",
    "study_date": "StudyDate",
    "body_part": "BodyPartExamined",
    "study_description": "StudyDescription",
    "accession_number": "AccessionNumber",
    "referring_physician": "ReferringPhysicianName",
}


def pdf_address(report_id: UUID) -> str:
    """Return where a report's PDF is to be had."""
    return f"/api/v1/reports/{report_id}/pdf"


def digest_of(version: ReportVersion) -> str:
    """Return the SHA-256 of what was signed, by which a printed report is compared with the one in the gateway."""
    said = {
        "report_id": str(version.report_id),
        "kind": version.kind.value,
        "number": version.number,
        **{name: getattr(version, name) for name in ReportText.model_fields},
        "author_id": str(version.author_id),
        "signed_at": version.signed_at.isoformat() if version.signed_at else None,
    }
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


async def report_rows(session: AsyncSession, reports: Sequence[Report]) -> list[ReportRow]:
    """Build the rows of a page with one query for each kind of thing, however many reports there are."""
    studies = await ReportRepository(session).studies({report.study_id for report in reports})
    identity = IdentityRepository(session)
    people = {user_id for report in reports for user_id in (report.radiologist_id, report.locked_by) if user_id}
    names = await identity.names(people)
    sites = await identity.site_names({report.site_id for report in reports})
    at = now()
    return [
        ReportRow(**_facts(report, studies[report.study_id], names, at), site_name=sites[report.site_id])
        for report in reports
    ]


def is_told_to(caller: Caller, senders: Collection[UUID]) -> bool:
    """Return whether somebody who may see a report answers its questions and acknowledges its critical result.

    Those who have sent the study do, whatever their role; of the others those who may treat the patient.
    """
    return caller.user_id in senders or caller.role in TREATING


async def report_view(session: AsyncSession, report: Report, caller: Caller) -> ReportView:
    """Return a report with all that was written. The draft, and where reports are stored, is for those who read."""
    (row,) = await report_rows(session, [report])
    repository = ReportRepository(session)
    versions = await repository.signed_versions(report.id)
    shows_draft = caller.role in READERS
    draft = await repository.draft(report.id) if shows_draft else None
    stored = await stored_rows(session, [version.id for version in versions]) if shows_draft else {}
    questions = await repository.questions(report.id)
    acknowledged = await repository.acknowledgements(report.id)
    authors = {version.author_id for version in (*versions, *([draft] if draft else []))}
    others = {row.user_id for row in acknowledged.values()}
    others |= {user_id for row in questions for user_id in (row.asked_by, row.answered_by) if user_id}
    names = await IdentityRepository(session).names(authors | others)
    return ReportView(
        **dict(row),
        clinical_history=report.form.get("clinical_history"),
        pacs_receipt_id=report.pacs_receipt_id,
        revision=report.revision,
        escalated_at=report.escalated_at,
        is_told_to_caller=is_told_to(caller, await repository.senders(report.id)),
        signed_at=report.signed_at,
        versions=[
            _signed(version, names, acknowledged.get(version.id), stored.get(version.id, []))
            for version in versions
            if version.signed_at and version.pdf_sha256
        ],
        questions=[_asked(row, names) for row in questions],
        draft=DraftView(**_written(draft, names), saved_at=draft.written_at, pdf_size=draft.pdf_size)
        if draft
        else None,
    )


def _signed(
    version: ReportVersion,
    names: dict[UUID, str],
    acknowledgement: Acknowledgement | None,
    stored: Sequence[StoredRow],
) -> VersionView:
    return VersionView(
        **_written(version, names),
        **{name: getattr(version, name) for name in ("id", "kind", "number", "signed_at", "pdf_sha256")},
        pdf_url=f"{pdf_address(version.report_id)}?version={version.id}",
        acknowledgement=_acknowledged(acknowledgement, names),
        stored=[StoredView.model_validate(row) for row in stored],
        digest=digest_of(version),
    )


def _acknowledged(row: Acknowledgement | None, names: dict[UUID, str]) -> AcknowledgementView | None:
    if row is None:
        return None
    facts = {"user_id": row.user_id, "name": names[row.user_id], "how": row.how}
    return AcknowledgementView(**facts, acknowledged_at=row.acknowledged_at)


def _asked(row: Question, names: dict[UUID, str]) -> QuestionView:
    return QuestionView(
        text=row.text,
        asked_by=names[row.asked_by],
        asked_at=row.asked_at,
        answer=row.answer,
        upload_id=row.upload_id,
        answered_by=names[row.answered_by] if row.answered_by else None,
        answered_at=row.answered_at,
    )


def _written(version: ReportVersion, names: dict[UUID, str]) -> dict[str, Any]:
    text = {name: getattr(version, name) for name in ReportText.model_fields}
    return {**text, "author_id": version.author_id, "author": names[version.author_id]}


def _facts(report: Report, study: Study, names: dict[UUID, str], at: datetime) -> dict[str, Any]:
    form = report.form
    holder = report.holder(at)
    return {
        **{name: study.attributes.get(keyword) or form.get(name) for name, keyword in OF_FILES.items()},
        **{
            name: getattr(report, name)
            for name in (
                *("id", "upload_id", "status", "service_level", "due_at", "created_at", "updated_at", "reported_at"),
                *("site_id", "radiologist_id", "pdf_url", "is_critical", "critical_since"),
            )
        },
        "is_overdue": report.status in OPEN and report.due_at <= at,
        "study_instance_uid": study.study_instance_uid,
        "modality": form["modality"],
        "has_history": bool(form.get("clinical_history")),
        "images": ImageCounts(expected=report.images_expected, verified=report.images_verified),
        "radiologist": names.get(report.radiologist_id) if report.radiologist_id else None,
        "lock": ReportLock(user_id=holder, name=names[holder], until=report.locked_until)
        if holder and report.locked_until
        else None,
    }
