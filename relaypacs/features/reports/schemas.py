"""What the report calls give."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from relaypacs.features.reports.models import ReportStatus


class ReportView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    upload_id: UUID
    status: ReportStatus
    radiologist_id: UUID | None
    pdf_url: str | None
    pacs_receipt_id: str | None
    created_at: datetime
    updated_at: datetime
