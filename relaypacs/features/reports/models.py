"""What a radiologist says about a study."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.adapters.storage.sealed import sealed_name
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel


class ReportStatus(StrEnum):
    ASSIGNED = "assigned"
    PENDING = "pending"
    READY = "ready"
    ADDITIONAL_DATA_REQUIRED = "additional_data_required"


OPEN = (ReportStatus.ASSIGNED, ReportStatus.PENDING, ReportStatus.ADDITIONAL_DATA_REQUIRED)

# What lists are narrowed by, and the two orders that they come in: see list_rows.
FACETS = ("status", "urgency", "modality_group")
QUEUE = ("urgency", "due_at", "id")
_IS_OPEN_HERE = text("status <> 'ready'")
IS_OPEN = text("reports.status <> 'ready'")  # in these words in queries too: so the indexes of what is open are found


class Report(Base):
    """One open report per site and study; `upload_id` is the first upload that brought the study.

    Site, urgency and group of modalities are repeated here, so that one index finds what is to be read next.
    """

    __tablename__ = "reports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id"))
    status: Mapped[ReportStatus] = mapped_column(
        enum_column(ReportStatus),
        default=ReportStatus.ASSIGNED,
    )
    radiologist_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    pdf_url: Mapped[str | None] = mapped_column(String(500))
    pacs_receipt_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    urgency: Mapped[int]  # 0 is read first: the priority of the most urgent upload that brought the study
    due_at: Mapped[datetime]  # by when it should be read
    modality_group: Mapped[ModalityGroup] = mapped_column(
        enum_column(ModalityGroup), server_default=ModalityGroup.OTHER.value
    )
    form: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the senders have said
    images_expected: Mapped[int] = mapped_column(default=0, server_default="0")  # of uploads that are not given up
    images_verified: Mapped[int] = mapped_column(default=0, server_default="0")
    reported_at: Mapped[datetime | None]  # when it first became ready

    revision: Mapped[int] = mapped_column(default=1, server_default="1")  # counts what was written, for ETags
    is_critical: Mapped[bool] = mapped_column(default=False, server_default=false())  # as signed
    signed_at: Mapped[datetime | None]  # when the final report was signed here: from then on there are only addenda

    critical_since: Mapped[datetime | None]  # a critical result was signed, and nobody has acknowledged it yet
    escalated_at: Mapped[datetime | None]  # others of the site were told of it

    # Who has it open: a claim that ends by itself, and says nothing about who reads it in the end.
    locked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    locked_until: Mapped[datetime | None]

    # Something was signed that is not on its way to every place where the study is: when that is to be planned.
    plan_at: Mapped[datetime | None] = mapped_column(index=True)
    looked_for_at: Mapped[datetime | None]  # when a destination was last asked for one that was written there
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, server_default=func.now())

    __table_args__ = (
        Index("idx_reports_upload_id", "upload_id"),
        Index("idx_reports_status", "status"),
        Index("idx_reports_study_id", "study_id"),
        Index("idx_reports_critical_since", "critical_since"),
        Index("idx_reports_reported_at", "reported_at"),
        Index("idx_reports_open_since", "created_at", sqlite_where=_IS_OPEN_HERE, postgresql_where=_IS_OPEN_HERE),
        Index("idx_reports_queue", *QUEUE, sqlite_where=_IS_OPEN_HERE, postgresql_where=_IS_OPEN_HERE),
        Index("idx_reports_site_queue", "site_id", *QUEUE, sqlite_where=_IS_OPEN_HERE, postgresql_where=_IS_OPEN_HERE),
        Index("idx_reports_facets_queue", *FACETS, "due_at", "id"),
        Index("idx_reports_site_facets_queue", "site_id", *FACETS, "due_at", "id"),
        Index("idx_reports_newest", "status", "id"),
        Index("idx_reports_site_newest", "site_id", "status", "id"),
        Index("idx_reports_reader_newest", "radiologist_id", "status", "id"),
        Index("idx_reports_facets_newest", *FACETS, "id"),
        Index("idx_reports_site_facets_newest", "site_id", *FACETS, "id"),
        Index("idx_reports_reader_facets_newest", "radiologist_id", *FACETS, "id"),
    )

    @property
    def service_level(self) -> ServiceLevel:
        return list(ServiceLevel)[self.urgency]

    def holder(self, at: datetime) -> UUID | None:
        """Return who has it open at a moment."""
        return self.locked_by if self.locked_until and self.locked_until > at else None

    def unlock(self) -> None:
        self.locked_by = self.locked_until = None


class VersionKind(StrEnum):
    DRAFT = "draft"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    ADDENDUM = "addendum"


class ReportVersion(Base):
    """What was written about a study. A draft is written again and again; what is signed is never changed."""

    __tablename__ = "report_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    kind: Mapped[VersionKind] = mapped_column(enum_column(VersionKind))
    number: Mapped[int] = mapped_column(default=1)  # of its kind: one draft, one final report, any number of the others
    findings: Mapped[str] = mapped_column(Text)
    impression: Mapped[str] = mapped_column(Text)
    recommendation: Mapped[str] = mapped_column(Text)
    is_critical: Mapped[bool]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)
    signed_at: Mapped[datetime | None]
    # The pages: set when it is signed, or brought along as they are; a draft has only such that were brought.
    pdf_key: Mapped[str | None] = mapped_column(String(100))
    pdf_size: Mapped[int | None]
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # lower-case hex
    is_pdf_brought: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (UniqueConstraint("report_id", "kind", "number"),)

    @property
    def is_empty(self) -> bool:
        return not (self.findings or self.impression or self.recommendation or self.pdf_key)

    def new_pdf_key(self, sealed_by: int | None) -> str:
        """Return where pages of this version may be kept that nobody has been promised yet, and how."""
        return sealed_name(f"report-{self.report_id}/{new_id()}", sealed_by)


class AcknowledgementWay(StrEnum):
    """How somebody has learnt of a critical result."""

    READ = "read"
    PHONE = "phone"
    IN_PERSON = "in_person"


class Acknowledgement(Base):
    """Who says that he knows of the critical result in what was signed."""

    __tablename__ = "report_acknowledgements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_versions.id"), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    how: Mapped[AcknowledgementWay] = mapped_column(enum_column(AcknowledgementWay))
    acknowledged_at: Mapped[datetime] = mapped_column(default=now)


class Question(Base):
    """What a radiologist asks those who have sent a study, and what came back: words, or an upload with more of it."""

    __tablename__ = "report_questions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str] = mapped_column(String(1000), default="")
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"))
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]


class ReportSender(Base):
    """Who has sent the study, or a part of it, and so waits for the report.

    What lists are narrowed by is repeated here, in one index with the user. Triggers of the database keep it (migration
    0020), whoever writes to either table.
    """

    __tablename__ = "report_senders"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True, index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    status: Mapped[ReportStatus] = mapped_column(enum_column(ReportStatus), server_default=ReportStatus.ASSIGNED.value)
    urgency: Mapped[int] = mapped_column(server_default="0")
    modality_group: Mapped[ModalityGroup] = mapped_column(
        enum_column(ModalityGroup), server_default=ModalityGroup.OTHER.value
    )

    __table_args__ = (
        Index("idx_report_senders_user_id", "user_id", "report_id"),
        Index("idx_report_senders_newest", "user_id", "status", "report_id"),
        Index("idx_report_senders_facets_newest", "user_id", *FACETS, "report_id"),
    )


class ReportDocument(Base):
    """A report that was written elsewhere and found in a destination, kept here as a PDF."""

    __tablename__ = "report_documents"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    sop_instance_uid: Mapped[str] = mapped_column(String(64))
    sop_class_uid: Mapped[str] = mapped_column(String(64))
    blob_key: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # lower-case hex
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (UniqueConstraint("report_id", "sop_instance_uid"),)
