"""What is answered for one instance. STOW-RS and C-STORE have the same codes (PS3.18 I.2.2, PS3.4 table B.2-1)."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from relaypacs.core.errors import DatabaseFull, RelayError, StorageFull
from relaypacs.features.uploads.errors import TooManyOpenUploads


class Status(IntEnum):
    STORED = 0x0000
    PROCESSING_FAILURE = 0x0110
    NOT_AUTHORIZED = 0x0124
    OUT_OF_RESOURCES = 0xA700
    OTHER_STUDY = 0xA900
    STORED_WITH_WARNING = 0xB007
    CANNOT_UNDERSTAND = 0xC000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an instance. `reason` is a sentence without patient data, empty where all is well.

    Stored means: bytes and row survive a power failure, and the check has not rejected it. `is_checked` is False
    when the check takes longer than whoever waits should.
    """

    status: Status
    reason: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    upload_id: UUID | None = None
    is_checked: bool = True

    @property
    def is_stored(self) -> bool:
        return self.status in (Status.STORED, Status.STORED_WITH_WARNING)


def status_of(error: RelayError) -> Status:
    """Return the code for an error that keeps an instance from being stored."""
    if isinstance(error, StorageFull | DatabaseFull | TooManyOpenUploads):
        return Status.OUT_OF_RESOURCES
    if error.status in (401, 403):
        return Status.NOT_AUTHORIZED
    return Status.OUT_OF_RESOURCES if error.status in (413, 503) else Status.PROCESSING_FAILURE
