"""What became of a study, as the caller gets it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from relaypacs.client.answers import Counts, InstanceStatus
from relaypacs.client.scan import LocalStudy


class Outcome(StrEnum):
    """What became of an upload."""

    VERIFIED = "verified"  # every instance is proven to be in the PACS
    PARTIAL = "partial"  # some instances were rejected, the others are verified
    SENT = "sent"  # all bytes are acknowledged; nobody waited for the rest
    HELD = "held"  # a person has to decide at the gateway
    DUPLICATE = "duplicate"  # the same study was delivered earlier
    REJECTED = "rejected"  # no instance could be accepted
    FAILED = "failed"  # refused, cancelled, expired or not to be sent at all


@dataclass(frozen=True, slots=True)
class UploadResult:
    """One upload. `detail` is a sentence for every outcome but `verified`."""

    outcome: Outcome
    upload_id: str | None = None
    detail: str = ""
    counts: Counts = field(default_factory=Counts)
    rejected: Sequence[InstanceStatus] = ()
    warnings: Sequence[str] = ()
    report_id: str | None = None
    receipt_id: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One study, which large ones reach the gateway as several uploads."""

    study: LocalStudy
    warnings: Sequence[str]
    uploads: Sequence[UploadResult]
