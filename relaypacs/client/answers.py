"""What the gateway's API answers, as far as the client reads it. Members it does not know are ignored."""

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
    upload_id: str
    status: str
    stage: str
    chunk_size: int
    files: list[FileStatus]
    counts: Counts = Counts()
    warnings: list[Any] = []
    report_id: str | None = None
    pacs_receipt_id: str | None = None
    duplicate_of: str | None = None


class InstanceStatus(_Answer):
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


class InstancePage(_Answer):
    items: list[InstanceStatus]
    next_cursor: str | None = None


class ReportStatus(_Answer):
    study_instance_uid: str


class SessionToken(_Answer):
    session_token: str = Field(min_length=1)
