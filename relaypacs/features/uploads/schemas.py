"""What the upload calls take and give."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.texts import many_lines, one_line
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage, UploadOrigin, UploadStatus

# PS3.3 C.7.3.1.1.1, and before them the specification's own words.
MODALITY_TERMS = """
    CT MRI XR US PET OTHER
    ANN AR ASMT AU BDUS BI BMD CFM CR CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS
    KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG
    RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG VA
    XA XAPROTOCOL XC
"""
MODALITIES = frozenset(MODALITY_TERMS.split())


def _calendar_day(text: str) -> str:
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError("must be a day of the calendar, as YYYYMMDD") from None
    return text


def _known_modality(text: str) -> str:
    if text not in MODALITIES:
        raise ValueError("must be CT, MRI, XR, US, PET, OTHER or a defined term of DICOM PS3.3 C.7.3.1.1.1")
    return text


Line = AfterValidator(one_line)
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$"), AfterValidator(_calendar_day)]
Modality = Annotated[str, StringConstraints(max_length=16), AfterValidator(_known_modality)]
DicomUid = Annotated[str, StringConstraints(pattern=r"^[0-9.]{1,64}$")]  # PS3.5 9.1
OptionalLine = Annotated[str, StringConstraints(max_length=64), Line] | None


class StudyMetadata(BaseModel):
    """What the form says about the study; the files' own words are stored beside it."""

    patient_name: Annotated[str, StringConstraints(min_length=1, max_length=100), Line]
    study_date: Day
    modality: Modality
    service_level: ServiceLevel = ServiceLevel.ROUTINE
    clinical_history: Annotated[str, StringConstraints(max_length=500), AfterValidator(many_lines)] | None = None
    patient_id: OptionalLine = None
    issuer_of_patient_id: OptionalLine = None
    patient_birth_date: Day | None = None
    patient_sex: Annotated[str, StringConstraints(pattern=r"^[MFO]$")] | None = None
    accession_number: OptionalLine = None
    referring_physician: Annotated[str, StringConstraints(max_length=100), Line] | None = None
    study_description: OptionalLine = None
    body_part: OptionalLine = None


class UploadInitRequest(BaseModel):
    """Two lists of the same length. How many files and bytes are allowed is a setting (100 files, 2 GB)."""

    file_names: list[Annotated[str, StringConstraints(min_length=1, max_length=4096)]] = Field(min_length=1)
    file_sizes: list[Annotated[int, Field(ge=0, le=2**53)]] = Field(min_length=1)
    metadata: StudyMetadata
    study_instance_uids: list[DicomUid] = Field(
        [], max_length=100, description="What is found in the files, so that others can ask whether it is on its way."
    )
    report_id: UUID | None = Field(
        None, description="Of a study about which the caller is asked: instances of no other study are taken then."
    )
    chunk_size: int = Field(1048576, ge=524288, le=5242880, description="Bytes; 512 KB to 5 MB.")

    @model_validator(mode="after")
    def _same_length(self) -> "UploadInitRequest":
        if len(self.file_names) != len(self.file_sizes):
            raise ValueError("file_names and file_sizes must have the same length")
        return self


class FilePlan(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    file_id: str
    file_name: str = Field(validation_alias="name")
    size: int
    chunk_count: int


class UploadInitResponse(BaseModel):
    upload_id: UUID
    session_token: str
    expires_at: datetime
    chunk_size: int
    files: list[FilePlan]


class UploadTokenResponse(BaseModel):
    session_token: str
    expires_at: datetime


class ChunkResponse(BaseModel):
    """`uploaded_bytes` and `total_bytes` are those of the whole upload."""

    chunk_index: int
    checksum_verified: bool
    uploaded_bytes: int
    total_bytes: int


class CompleteResponse(BaseModel):
    upload_id: UUID
    status: UploadStatus
    stage: Stage
    report_id: UUID | None
    pacs_receipt_id: str | None


class FileStatus(BaseModel):
    file_id: str
    file_name: str
    size: int
    chunk_count: int
    missing: list[tuple[int, int]] = Field(description="Inclusive ranges of chunk indexes.")


class Counts(BaseModel):
    """`delivered` and `verified`: by every destination that must have the study."""

    instances: int = 0
    accepted: int = 0
    rejected: int = 0
    delivered: int = 0
    verified: int = 0


class UploadWarning(BaseModel):
    code: str
    detail: str


class HeldPatient(BaseModel):
    """A patient of whom instances are in a held upload, in the files' own words. `key` names him in a decision."""

    key: str
    patient_name: str
    patient_id: str
    patient_birth_date: str
    instances: int


class HeldContent(BaseModel):
    """One of the contents that stand under one SOPInstanceUID. `sha256` names it in a decision."""

    sha256: str
    file_name: str
    member: str | None
    earlier_upload: UUID | None = Field(None, description="Set for what was forwarded before; it can't be dropped.")


class HeldConflict(BaseModel):
    sop_instance_uid: str
    contents: list[HeldContent]


class HeldView(BaseModel):
    """What has to be decided. More than a hundred conflicts are counted, and not all listed."""

    patients: list[HeldPatient]
    conflicts: list[HeldConflict]
    conflict_count: int


class DecisionAction(StrEnum):
    CONFIRM = "confirm"
    DROP = "drop"
    SPLIT = "split"


class Decision(BaseModel):
    """`confirm`: the files are of one patient all the same. `split`: an upload for each patient.

    `drop`: leave out the instances of `patients` (keys), and the contents in `instances` (sha256); forward the rest.
    """

    action: DecisionAction
    patients: list[Annotated[str, StringConstraints(max_length=64)]] = Field([], max_length=1000)
    instances: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]] = Field([], max_length=10_000)


class UploadView(BaseModel):
    upload_id: UUID
    status: UploadStatus
    stage: Stage
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime
    study_hash: str | None
    chunk_count: int
    uploaded_chunks: int
    total_bytes: int
    uploaded_bytes: int
    chunk_size: int
    files: list[FileStatus]
    expected_instances: int = Field(description="That will be delivered, at least: files may still hold several.")
    counts: Counts
    warnings: list[UploadWarning]
    duplicate_of: UUID | None
    split_from: UUID | None
    sender: str = Field("", description="Who opened it: the full name, else the user name.")
    site: str = Field("", description="Name of the sender's site.")
    origin: UploadOrigin = UploadOrigin.WEB
    source: str | None = Field(None, description="The AE title that sent it, where it came by C-STORE.")
    held: HeldView | None = None
    report_id: UUID | None
    answers_report_id: UUID | None = Field(None, description="The report whose question it was opened to answer.")
    pacs_receipt_id: str | None
    safe_to_delete: bool = Field(description="Every instance was read back from every destination that must have it.")
    files_removed_at: datetime | None = Field(description="When the gateway deleted its own copy.")
    metadata: dict[str, Any]


class UploadPage(BaseModel):
    items: list[UploadView]
    next_cursor: str | None


class InstanceOutcome(StrEnum):
    """How far an instance has come at every destination that must have it."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    VERIFIED = "verified"
    REFUSED = "refused"


class InstanceView(BaseModel):
    """One instance with its verdict here and its outcome at the destinations."""

    file_name: str
    member: str | None
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    sha256: str
    size: int
    verdict: Verdict
    reason: str
    reason_codes: list[str]
    outcome: InstanceOutcome


class InstancePage(BaseModel):
    items: list[InstanceView]
    next_cursor: str | None
