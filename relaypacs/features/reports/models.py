"""What a radiologist says about a study."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column


class ReportStatus(StrEnum):
    ASSIGNED = "assigned"
    PENDING = "pending"
    READY = "ready"
    ADDITIONAL_DATA_REQUIRED = "additional_data_required"


class Report(Base):
    """One open report per site and study; `upload_id` is the first upload that brought the study."""

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
    looked_for_at: Mapped[datetime | None]  # when a destination was last asked for one that was written there
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, server_default=func.now())

    __table_args__ = (
        Index("idx_reports_upload_id", "upload_id"),
        Index("idx_reports_status", "status"),
        Index("idx_reports_study_id", "study_id"),
    )


class ReportSender(Base):
    """Who has sent the study, or a part of it, and so waits for the report."""

    __tablename__ = "report_senders"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True, index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))


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
