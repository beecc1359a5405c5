"""Uploads, their files, and which chunks of them are durable."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.adapters.storage.sealed import sealed_name
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.core.leases import Leased
from relaypacs.features.studies.models import ModalityGroup


class UploadStatus(StrEnum):
    PENDING = "pending"
    UPLOADING = "uploading"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Stage(StrEnum):
    """Refines the status."""

    RECEIVING = "receiving"
    RECEIVED = "received"
    VALIDATED = "validated"
    DELIVERING = "delivering"
    VERIFIED = "verified"
    HELD = "held"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = (UploadStatus.PENDING, UploadStatus.UPLOADING)


class UploadOrigin(StrEnum):
    """By which way a study came in."""

    WEB = "web"  # this API's own calls: the web app, the command line
    STOW = "stow"  # DICOMweb (PS3.18 10.5)
    DIMSE = "dimse"  # C-STORE (PS3.4 annex B)


def _group_of_form(context: Any) -> ModalityGroup:
    return ModalityGroup.of(context.get_current_parameters()["metadata"]["modality"])


FACETS = ("stage", "priority", "modality_group")


class Upload(Base):
    __tablename__ = "uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    study_hash: Mapped[str | None] = mapped_column(String(64))  # known once every file has been checked
    study_metadata: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    status: Mapped[UploadStatus] = mapped_column(enum_column(UploadStatus), default=UploadStatus.PENDING)
    stage: Mapped[Stage] = mapped_column(enum_column(Stage), default=Stage.RECEIVING)
    priority: Mapped[int]  # 0 goes first
    modality_group: Mapped[ModalityGroup] = mapped_column(
        enum_column(ModalityGroup), default=_group_of_form, server_default=ModalityGroup.OTHER.value
    )
    chunk_size: Mapped[int]
    chunk_count: Mapped[int]
    received_chunks: Mapped[int] = mapped_column(default=0)
    total_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    saved_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # fewer came over the wire
    first_byte_at: Mapped[datetime | None]  # when its first chunk began to arrive
    warnings: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # [{code, detail}]
    duplicate_of: Mapped[UUID | None]
    is_forced: Mapped[bool] = mapped_column(default=False)  # sent although the study is a duplicate
    is_confirmed: Mapped[bool] = mapped_column(default=False)  # a person says that it is one patient all the same
    split_from: Mapped[UUID | None]  # the upload whose files these are, when a person has told two patients apart
    report_id: Mapped[UUID | None]
    answers_report_id: Mapped[UUID | None]  # opened for a question about this report's study, and for nothing else
    origin: Mapped[UploadOrigin] = mapped_column(
        enum_column(UploadOrigin), default=UploadOrigin.WEB, server_default=UploadOrigin.WEB.value
    )
    # Of those that came in by DICOM alone:
    source: Mapped[str | None] = mapped_column(String(16))  # the AE title that sent it
    study_instance_uid: Mapped[str | None] = mapped_column(String(64))  # whose instances it gathers while it is open
    ordinals_given: Mapped[int] = mapped_column(default=0, server_default="0")  # no file gets a lower one any more
    closes_at: Mapped[datetime | None]  # nothing came for so long that it counts as complete
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    completed_at: Mapped[datetime | None]
    files_removed_at: Mapped[datetime | None]  # verified, kept for the retention time, and deleted
    expires_at: Mapped[datetime]

    __table_args__ = (
        Index("idx_uploads_user_id", "user_id", "id"),
        Index("idx_uploads_site_id", "site_id", "id"),
        Index("idx_uploads_study_hash", "study_hash"),
        Index("idx_uploads_created_at", created_at.desc()),
        Index("idx_uploads_status", "status", "expires_at"),
        Index("idx_uploads_closes_at", "closes_at"),
        # What lists are narrowed by, for each extent to which somebody may see them: see list_rows.
        Index("idx_uploads_user_facets", "user_id", *FACETS, "id"),
        Index("idx_uploads_site_facets", "site_id", *FACETS, "id"),
        Index("idx_uploads_facets", *FACETS, "id"),
    )

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


# Ordered byte by byte, as the words with one beginning must be. SQLite does nothing else.
WORD = String(68).with_variant(String(68, collation="C"), "postgresql")


class UploadWord(Base):
    """A word that an upload is found by: see `words`. Who may see the upload is repeated here, as it never changes.

    The epoch is that of the upload's id. It keeps apart what is old and what is new among the many words with one
    beginning, so that the newest uploads are found without a look at all of them.
    """

    __tablename__ = "upload_words"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    epoch: Mapped[int]
    user_id: Mapped[UUID]
    site_id: Mapped[UUID]

    __table_args__ = (
        Index("idx_upload_words_user_id", "user_id", "epoch", "word", "upload_id"),
        Index("idx_upload_words_site_id", "site_id", "epoch", "word", "upload_id"),
        Index("idx_upload_words_epoch", "epoch", "word", "upload_id"),
    )


class CheckState(StrEnum):
    RECEIVING = "receiving"
    DUE = "due"  # every byte is here
    DONE = "done"


class UploadFile(Leased, Base):
    """One file of an upload: a DICOM Part 10 file, or a ZIP of them."""

    __tablename__ = "upload_files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    ordinal: Mapped[int]
    file_id: Mapped[str] = mapped_column(String(64))  # what the client calls it
    name: Mapped[str] = mapped_column(String(255))  # a label, never a path
    size: Mapped[int] = mapped_column(BigInteger)
    chunk_count: Mapped[int]
    received_chunks: Mapped[int] = mapped_column(default=0)
    check_state: Mapped[CheckState] = mapped_column(enum_column(CheckState), default=CheckState.RECEIVING)
    skipped: Mapped[int] = mapped_column(default=0)  # clutter of a ZIP that is no DICOM instance
    sealed_by: Mapped[int | None]  # the number of the storage key; None: it lies in the storage as it came

    __table_args__ = (
        UniqueConstraint("upload_id", "ordinal"),
        Index("idx_upload_files_check_state", "check_state", "upload_id"),
    )

    @property
    def blob_key(self) -> str:
        return blob_key(self.upload_id, self.ordinal, self.sealed_by)


class UploadChunk(Base):
    """A row means: these bytes are durable and were acknowledged. Nothing ever writes there again."""

    __tablename__ = "upload_chunks"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("upload_files.id"), primary_key=True)
    chunk_index: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(default=now)


def blob_key(upload_id: UUID, ordinal: int, sealed_by: int | None) -> str:
    """Return where a file's bytes lie in the storage, and how. Made of our own identifiers only."""
    return sealed_name(f"{upload_id}/{ordinal}", sealed_by)
