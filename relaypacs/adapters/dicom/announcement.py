"""Announces a study: the metadata of `POST /upload/init`, with a warning for everything the files lack."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

ServiceLevel = Literal["stat", "emergency", "routine", "subspecialty"]

NAME_LENGTH = 100
TEXT_LENGTH = 64  # VR LO, PS3.5 6.2
UNKNOWN = "UNKNOWN"
DATE_KEYWORDS = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")

# Defined terms of Modality, PS3.3 C.7.3.1.1.1
_TERMS = (
    "AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL "
    "IVOCT IVUS KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG "
    "RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN "
    "TEXTUREMAP TG US VA XA XAPROTOCOL XC"
)
MODALITIES = frozenset(_TERMS.split())
# Objects that accompany images: they say what a study is only where there is nothing else in it
_BESIDE_IMAGES = "SR KO PR DOC PLAN REG SEG FID RWV RTDOSE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT"
COMPANIONS = frozenset(_BESIDE_IMAGES.split())
OPTIONAL = {
    "patient_id": "PatientID",
    "issuer_of_patient_id": "IssuerOfPatientID",
    "accession_number": "AccessionNumber",
    "referring_physician": "ReferringPhysicianName",
    "study_description": "StudyDescription",
    "body_part": "BodyPartExamined",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What the sender says about a study, beside what its files say."""

    service_level: ServiceLevel = "routine"
    clinical_history: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """The metadata of one study, and a sentence for each fallback that was taken."""

    metadata: Mapping[str, Any]
    warnings: tuple[str, ...]


def announce(attributes: Mapping[str, str], modalities: Mapping[str, int], order: Order, today: date) -> Announcement:
    """Make the metadata from DICOM keywords → text and the number of files per Modality."""
    warnings: list[str] = []
    metadata: dict[str, Any] = {
        "patient_name": _patient_name(attributes.get("PatientName", ""), warnings),
        "study_date": _study_date(attributes, today, warnings),
        "modality": _modality(modalities, warnings),
        "service_level": order.service_level,
    }
    if order.clinical_history:
        metadata["clinical_history"] = order.clinical_history
    if birth_date := _as_date(attributes.get("PatientBirthDate", "")):
        metadata["patient_birth_date"] = birth_date
    if (sex := attributes.get("PatientSex", "").upper()) in ("M", "F", "O"):
        metadata["patient_sex"] = sex
    for field, keyword in OPTIONAL.items():
        if text := _line(attributes.get(keyword, ""))[:TEXT_LENGTH]:
            metadata[field] = text
    return Announcement(metadata, tuple(warnings))


def _patient_name(text: str, warnings: list[str]) -> str:
    """Return the alphabetic group (PS3.5 6.2.1.2), at most 100 characters of it."""
    alphabetic = _line(text.partition("=")[0]).strip("^ ")
    if not alphabetic:
        warnings.append(f"The files name no patient; the upload says {UNKNOWN}.")
        return UNKNOWN
    if len(alphabetic) > NAME_LENGTH:
        warnings.append(f"The patient's name has more than {NAME_LENGTH} characters and was cut in the upload form.")
    return alphabetic[:NAME_LENGTH]


def _line(text: str) -> str:
    """Return the text with a space for each control character, which the API does not take."""
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text).strip()


def _study_date(attributes: Mapping[str, str], today: date, warnings: list[str]) -> str:
    for keyword in DATE_KEYWORDS:
        if found := _as_date(attributes.get(keyword, "")):
            if keyword != "StudyDate":
                warnings.append(f"The files have no StudyDate; {keyword} stands in its place.")
            return found
    warnings.append("The files have no date; today's stands in its place.")
    return f"{today:%Y%m%d}"


def _as_date(text: str) -> str:
    """Return YYYYMMDD, also from the YYYY.MM.DD of ACR-NEMA (PS3.5 6.2), or an empty string for no date."""
    digits = re.sub(r"[.-]", "", text.strip())
    try:
        date.fromisoformat(digits)
    except ValueError:
        return ""
    return digits if len(digits) == len("YYYYMMDD") and digits.isdecimal() else ""


def _modality(modalities: Mapping[str, int], warnings: list[str]) -> str:
    """Return the Modality that most files have, companions such as reports left aside."""
    known = {name: count for name, count in modalities.items() if name in MODALITIES}
    images = {name: count for name, count in known.items() if name not in COMPANIONS} or known
    if images:
        return max(images, key=lambda name: images[name])
    said = ", ".join(sorted(modalities)) or "none"
    warnings.append(f"The files' modality ({said}) is no defined term of DICOM; the upload says OTHER.")
    return "OTHER"
