"""What the report calls take and give."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from relaypacs.core.texts import many_lines
from relaypacs.features.identity.schemas import NewPassword, SingleSignOnResult
from relaypacs.features.reports.models import AcknowledgementWay, ReportStatus, VersionKind
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel
from relaypacs.features.templates.schemas import Findings, Impression, Recommendation


class ReportShare(StrEnum):
    """Which part of the reports a list shows."""

    UNREAD = "unread"  # nobody reads them yet
    MINE = "mine"  # of a radiologist: that he reads, or has read; of everybody else: that he has sent
    ALL = "all"


class ReportListQuery(BaseModel):
    """Of each kind one of those named; any where none is."""

    share: ReportShare = Field(
        ReportShare.ALL, description="`unread`: nobody reads them yet; `mine`: whom the caller reads for, or has sent."
    )
    status: list[ReportStatus] = Field(
        [],
        description="Radiologists and administrators get what is to be read where none is named; with `ready` among "
        "those named the newest come first.",
    )
    service_level: list[ServiceLevel] = []
    modality: list[ModalityGroup] = []
    site_id: UUID | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None


class ReportLock(BaseModel):
    """Who has the study open, and until when if nothing more is heard of him."""

    user_id: UUID
    name: str
    until: datetime


class ImageCounts(BaseModel):
    """Of the whole study: how many have been accepted to be sent, and how many are proven to be in the PACS."""

    expected: int
    verified: int


class ReportRow(BaseModel):
    """One line of a list. Who the patient is comes from the files, and from the form where they are silent."""

    id: UUID
    upload_id: UUID
    status: ReportStatus
    service_level: ServiceLevel
    due_at: datetime
    is_overdue: bool = Field(description="It is not read yet, and should be.")
    created_at: datetime
    updated_at: datetime
    reported_at: datetime | None
    is_critical: bool
    critical_since: datetime | None = Field(description="Nobody has acknowledged its critical result since then.")
    site_id: UUID
    site_name: str
    patient_name: str
    patient_id: str | None
    patient_birth_date: str | None
    patient_sex: str | None
    study_instance_uid: str
    study_date: str
    modality: str
    body_part: str | None
    study_description: str | None
    accession_number: str | None
    referring_physician: str | None
    has_history: bool
    images: ImageCounts
    radiologist_id: UUID | None
    radiologist: str | None = Field(description="Who reads it, or has read it.")
    lock: ReportLock | None
    pdf_url: str | None


class ReportPage(BaseModel):
    items: list[ReportRow]
    next_cursor: str | None


class SiteName(BaseModel):
    id: UUID
    name: str


class ReportText(BaseModel):
    """What a radiologist writes. `is_critical`: whoever has sent the study must know of it now."""

    findings: Findings = ""
    impression: Impression = ""
    recommendation: Recommendation = ""
    is_critical: bool = False


class DraftSaved(BaseModel):
    """`revision` is what the ETag says: the next draft is written on it."""

    revision: int
    saved_at: datetime
    locked_until: datetime | None


class Proof(BaseModel):
    """Who signs proves once more who he is, by his password or at the identity provider: one of the two."""

    password: NewPassword | None = None
    single_sign_on: SingleSignOnResult | None = Field(
        None, description="What came of `POST /auth/oidc/start?again=true`."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.password is None) is (self.single_sign_on is None):
            raise ValueError("either password or single_sign_on is needed")
        return self


class SignatureKind(StrEnum):
    PRELIMINARY = "preliminary"
    FINAL = "final"


class Signature(Proof):
    kind: SignatureKind


class Addendum(Proof):
    text: ReportText


class DraftView(ReportText):
    author_id: UUID
    author: str
    saved_at: datetime
    pdf_size: int | None = Field(
        description="Bytes of a PDF that was brought, and is signed in the place of the words."
    )


class AcknowledgementNew(BaseModel):
    how: AcknowledgementWay


class AcknowledgementView(BaseModel):
    """Who knows of a critical result, since when, and how he has learnt of it."""

    user_id: UUID
    name: str
    how: AcknowledgementWay
    acknowledged_at: datetime


class Words(BaseModel):
    """A question to those who have sent a study, or the answer to it."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), AfterValidator(many_lines)
    ]


class QuestionView(BaseModel):
    """What a radiologist has asked, and what came back: words, or an upload that brought more of the study."""

    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    upload_id: UUID | None
    answered_by: str | None
    answered_at: datetime | None


class StoredState(StrEnum):
    """How far a signed version has come at a destination: the state of its delivery."""

    WAITING = "waiting"
    VERIFIED = "verified"
    ATTENTION = "attention"
    CANCELLED = "cancelled"


class StoredView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    destination: str
    state: StoredState
    reason: str = Field(description="In the destination's own words: why it waits, or was refused.")
    at: datetime = Field(description="Since when it has come that far.")


class VersionView(ReportText):
    """What was signed. `number` counts those of its kind."""

    id: UUID
    kind: VersionKind
    number: int
    author_id: UUID
    author: str
    signed_at: datetime
    pdf_url: str
    pdf_sha256: str
    acknowledgement: AcknowledgementView | None = Field(description="Of the critical result, if it is one.")
    stored: list[StoredView] = Field(
        description="Where it is an instance of the study, or will be; only who reads and administrators see it."
    )
    digest: str = Field(description="SHA-256 of what was signed, as the QR code on its pages says it.")


class ReportView(ReportRow):
    """A report with all that was written; `revision` is what the ETag says."""

    clinical_history: str | None
    pacs_receipt_id: str | None
    revision: int
    escalated_at: datetime | None = Field(description="When others of the site were told of a critical result.")
    is_told_to_caller: bool = Field(
        description="The caller answers its questions and acknowledges its critical result: he has sent the study, or "
        "treats patients."
    )
    signed_at: datetime | None = Field(description="When the final report was signed: from then on there are addenda.")
    versions: list[VersionView] = Field(description="What was signed, the latest first: addenda, final, preliminary.")
    questions: list[QuestionView] = Field(description="What was asked about the study, the latest first.")
    draft: DraftView | None = Field(description="What is being written; only who reads sees it.")
