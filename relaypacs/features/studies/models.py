"""Studies, and the instances that uploads brought of them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.adapters.dicom.base import Encoding, Inspected, Span, Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column

UID = String(64)  # PS3.5 9.1: at most 64 characters
SHA256 = String(64)  # lower-case hex
IDENTIFIER = String(256)  # as much of a text as is kept of a file
IN_SITE = ("site_id", "patient_id", "study_date", "id", "issuer_of_patient_id")  # the issuer, to look at no row
BY_ISSUER = ("patient_id", "issuer_of_patient_id", "study_date", "id")
HAS_ISSUER = text("issuer_of_patient_id <> ''")  # in these words in queries too: so the index by issuer is found
UNREADABLE = "\ufffd"  # stands for what could not be decoded


class ServiceLevel(StrEnum):
    """How soon the study must be read; also the order in which studies are delivered."""

    STAT = "stat"
    EMERGENCY = "emergency"
    ROUTINE = "routine"
    SUBSPECIALTY = "subspecialty"

    @property
    def priority(self) -> int:
        return list(ServiceLevel).index(self)


class ModalityGroup(StrEnum):
    """Modalities as people tell them apart who look for a study, whichever term a device or a form uses."""

    CT = "CT"
    MR = "MR"
    XR = "XR"
    US = "US"
    MG = "MG"
    NM = "NM"
    PT = "PT"
    XA = "XA"
    RF = "RF"
    OTHER = "OTHER"

    @classmethod
    def of(cls, modality: str) -> "ModalityGroup":
        """Return the group of a term: MRI is MR, PET is PT, CR, DX and film are XR, and most are OTHER."""
        term = ALIASES.get(modality, modality)
        return cls(term) if term in cls.__members__ else cls.OTHER


ALIASES = {"MRI": "MR", "PET": "PT", "CR": "XR", "DX": "XR", "RG": "XR"}


def study_keys(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a study that say of whom it is, and of which day; empty where its files do not say it.

    An identifier that was not wholly readable is none: two patients could have the rest of it in common.
    """
    identifier = attributes.get("PatientID", "").strip()
    issuer = attributes.get("IssuerOfPatientID", "").strip()
    day = attributes.get("StudyDate", "").strip()
    return {
        "patient_id": "" if UNREADABLE in identifier else identifier,
        "issuer_of_patient_id": "" if UNREADABLE in issuer else issuer,
        "study_date": day if len(day) == len("YYYYMMDD") and day.isascii() and day.isdigit() else "",
    }


class Study(Base):
    """A study as a site knows it; several uploads may bring parts of it.

    Patient and day are repeated beside the attributes, so that an index finds the other studies of a patient.
    """

    __tablename__ = "studies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    study_instance_uid: Mapped[str] = mapped_column(UID)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)  # DICOM keyword -> text, from the first instance
    patient_id: Mapped[str] = mapped_column(IDENTIFIER, default="", server_default=text("''"))
    issuer_of_patient_id: Mapped[str] = mapped_column(IDENTIFIER, default="", server_default=text("''"))
    study_date: Mapped[str] = mapped_column(String(8), default="", server_default=text("''"))  # YYYYMMDD
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (
        UniqueConstraint("site_id", "study_instance_uid"),
        Index("idx_studies_site_patient", *IN_SITE),
        Index("idx_studies_patient", *BY_ISSUER, sqlite_where=HAS_ISSUER, postgresql_where=HAS_ISSUER),
    )


class Instance(Base):
    """One instance in one received file, with the verdict on it; rejected ones and unreadable files too.

    Or what was signed of a report as an instance of its study, which no upload has brought.
    """

    __tablename__ = "instances"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("upload_files.id"), index=True)
    report_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("report_versions.id"), unique=True)
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("studies.id"), index=True)
    blob_key: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(255))
    member: Mapped[str | None] = mapped_column(String(255))

    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    encoding: Mapped[Encoding] = mapped_column(enum_column(Encoding))
    neutralise_preamble: Mapped[bool]

    study_instance_uid: Mapped[str] = mapped_column(UID)
    series_instance_uid: Mapped[str] = mapped_column(UID)
    sop_instance_uid: Mapped[str] = mapped_column(UID, index=True)
    sop_class_uid: Mapped[str] = mapped_column(UID)
    transfer_syntax_uid: Mapped[str] = mapped_column(UID)
    sha256: Mapped[str] = mapped_column(SHA256)
    pixel_sha256: Mapped[str] = mapped_column(SHA256)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)

    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # [{code, sentence}]
    # An identical copy of an instance of the same upload: accepted, but sent only once.
    is_repeat: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("(upload_id IS NULL) <> (report_version_id IS NULL)", name="ck_instances_origin"),
        Index("idx_instances_upload_id_id", "upload_id", "id"),
        Index("idx_instances_verdicts", "upload_id", "verdict", "is_repeat", "id"),  # lists count from it alone
    )

    @classmethod
    def of(cls, found: Inspected, *, blob_key: str, file_name: str, **origin: UUID) -> "Instance":
        """Return the row of what was found in a file; `origin` are the columns that say how it came here."""
        return cls(
            id=new_id(),
            blob_key=blob_key,
            file_name=file_name,
            member=found.member,
            offset=found.span.offset,
            length=found.span.length,
            size=found.span.size,
            encoding=found.span.encoding,
            neutralise_preamble=found.span.neutralise_preamble,
            study_instance_uid=found.study_instance_uid,
            series_instance_uid=found.series_instance_uid,
            sop_instance_uid=found.sop_instance_uid,
            sop_class_uid=found.sop_class_uid,
            transfer_syntax_uid=found.transfer_syntax_uid,
            sha256=found.sha256,
            pixel_sha256=found.pixel_sha256,
            attributes=dict(found.attributes),
            verdict=found.verdict,
            reasons=[{"code": reason.code, "sentence": reason.sentence} for reason in found.reasons],
            **origin,
        )

    @property
    def span(self) -> Span:
        return Span(self.offset, self.length, self.size, self.encoding, self.neutralise_preamble)

    @property
    def is_acceptable(self) -> bool:
        return self.verdict is not Verdict.REJECTED
