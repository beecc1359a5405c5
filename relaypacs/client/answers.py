"""What the gateway's API answers, as far as the client reads it. Members it does not know are ignored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileStatus(_Answer):
    """One file of an upload; `missing` holds inclusive ranges of chunk indexes."""

    file_id: str
    file_name: str
    size: int
    chunk_count: int
    missing: list[tuple[int, int]] = []


class Counts(_Answer):
    """Instances of an upload, by how far they have come."""

    instances: int = 0
    accepted: int = 0
    rejected: int = 0
    delivered: int = 0
    verified: int = 0


class OpenedUpload(_Answer):
    """Answer to `POST /upload/init`; `files` are in the order of the request."""

    upload_id: str
    session_token: str
    chunk_size: int
    files: list[FileStatus]


class UploadStatus(_Answer):
    """One upload as `GET /upload/{upload_id}` and the list of uploads show it.

    `status` is pending, uploading, processing, completed or failed; `stage` says more. `metadata` is what the form
    said, the patient's name included. `safe_to_delete`: every instance was read back from the PACS and is the same.
    """

    upload_id: str
    status: str
    stage: str
    created_at: datetime | None = None
    completed_at: datetime | None = None
    chunk_size: int
    total_bytes: int = 0
    uploaded_bytes: int = 0
    files: list[FileStatus]
    counts: Counts = Counts()
    warnings: list[Any] = []
    metadata: Mapping[str, Any] = {}
    safe_to_delete: bool = False
    report_id: str | None = None
    pacs_receipt_id: str | None = None
    duplicate_of: str | None = None


class InstanceStatus(_Answer):
    """One instance: `verdict` is accepted, warning or rejected, `reason` says why, `outcome` how far it has come."""

    file_name: str
    member: str | None = None
    sop_instance_uid: str | None = None
    verdict: str
    reason: str | None = None
    outcome: str | None = None

    @property
    def name(self) -> str:
        """The name by which the sender knows the instance: that inside the ZIP where there is one."""
        return self.member or self.file_name


class UploadPage(_Answer):
    items: list[UploadStatus]
    next_cursor: str | None = None


class InstancePage(_Answer):
    items: list[InstanceStatus]
    next_cursor: str | None = None


class ReportStatus(_Answer):
    study_instance_uid: str


class SessionToken(_Answer):
    session_token: str = Field(min_length=1)
