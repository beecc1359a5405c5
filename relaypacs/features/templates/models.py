"""Words that a report begins with, so that nobody writes the same every day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, func
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.features.studies.models import ModalityGroup

NAME_LENGTH = 100
CODE_STRING_LENGTH = 16  # PS3.5 6.2, VR CS


class ReportTemplate(Base):
    """A template is its owner's. A shared one may be used by everybody who reads, and changed by administrators too."""

    __tablename__ = "report_templates"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    modality: Mapped[ModalityGroup | None] = mapped_column(enum_column(ModalityGroup))
    body_part: Mapped[str | None] = mapped_column(String(CODE_STRING_LENGTH))
    findings: Mapped[str] = mapped_column(Text)
    impression: Mapped[str] = mapped_column(Text)
    recommendation: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=1, server_default="1")  # counts changes, for ETags
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, server_default=func.now())

    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("idx_report_templates_is_shared", "is_shared", "name"),
    )
