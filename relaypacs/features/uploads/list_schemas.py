"""What a list of uploads is asked for."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import Stage, UploadStatus
from relaypacs.features.uploads.schemas import DicomUid, Modality

IDENTIFYING = ("q", "study_instance_uid")


class UploadFilters(BaseModel):
    """Which uploads a list shall hold: of each kind one of those named, any where none is."""

    status: list[UploadStatus] = []
    stage: list[Stage] = []
    service_level: list[ServiceLevel] = []
    modality: list[Modality] = Field(
        [],
        description="Any term of a group stands for the whole group: MR and MRI; PT and PET; XR, CR, DX and RG; "
        "CT, US, MG, NM, XA and RF alone; every other term for all others together.",
    )
    created_from: AwareDatetime | None = Field(None, description="Opened at this moment or later.")
    created_to: AwareDatetime | None = Field(None, description="Opened before this moment.")
    mine: bool = Field(default=False, description="Only the caller's own, also for who sees those of others.")
    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = None


class UploadListQuery(UploadFilters):
    """What may stand in an address. Addresses are logged everywhere, so nothing in them says who the patient is."""

    @model_validator(mode="before")
    @classmethod
    def _no_patient(cls, given: Any) -> Any:
        if isinstance(given, dict) and any(name in given for name in IDENTIFYING):
            raise ValueError("a patient or a study is asked for with POST /upload/search, never in an address")
        return given


class UploadSearch(UploadFilters):
    q: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None,
        description="Each word must begin a word of the patient's name, the patient ID or the accession number. "
        "Case and accents do not matter.",
    )
    study_instance_uid: DicomUid | None = Field(
        None, description="Uploads with acceptable instances of this study, or announced to bring it."
    )
