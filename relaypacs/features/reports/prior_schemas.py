"""What is known of a patient from before, beside the report that is being written."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from relaypacs.features.reports.models import ReportStatus, VersionKind


class Difference(StrEnum):
    """In what a study disagrees with the one that is read, though the patient ID is the same."""

    PATIENT_NAME = "patient_name"
    PATIENT_BIRTH_DATE = "patient_birth_date"


class PriorAddendum(BaseModel):
    number: int
    author: str
    signed_at: datetime
    findings: str
    impression: str
    recommendation: str
    is_critical: bool


class PriorView(BaseModel):
    """Another report of the patient. The texts are those of the final report, else of the latest preliminary one."""

    report_id: UUID
    study_instance_uid: str
    study_date: str
    modality: str
    body_part: str | None
    study_description: str | None
    site_name: str
    patient_name: str
    patient_id: str | None
    patient_birth_date: str | None
    differs: list[Difference] = Field(
        description="What says that it could be of somebody else: the reader must see it."
    )
    status: ReportStatus
    is_critical: bool
    reported_at: datetime | None
    radiologist: str | None
    kind: VersionKind | None = Field(
        description="What the texts are of: final or preliminary; null: nothing is signed."
    )
    findings: str | None
    impression: str | None
    recommendation: str | None
    addenda: list[PriorAddendum] = Field(description="What was added to the final report, the latest first.")
    pdf_url: str | None


class PriorList(BaseModel):
    items: list[PriorView]
