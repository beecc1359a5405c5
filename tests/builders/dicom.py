"""Builders of DICOM files: the same arguments always give the same bytes.

They are made with pydicom, so that the code under test meets files that it did not write itself. There is
no patient behind any of them.
"""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pydicom
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    MRImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    PositronEmissionTomographyImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

SOP_CLASSES = {
    "CT": CTImageStorage,
    "MR": MRImageStorage,
    "DX": DigitalXRayImageStorageForPresentation,
    "US": UltrasoundImageStorage,
    "PT": PositronEmissionTomographyImageStorage,
}


def make_uid(*parts: object) -> str:
    """Return a UID made from `parts` alone, of the UUID-derived form (PS3.5 B.2)."""
    digest = sha256("/".join(map(str, parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16])}"


def make_pixels(rows: int, columns: int, frames: int = 1, seed: int = 0) -> np.ndarray:
    """Return frames x rows x columns stored values of a CT-like head: air, bone, noisy soft tissue.

    A slice of 512 x 512 deflates about 2.4 : 1, as real CT does.
    """
    random = np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    radius = np.hypot(x / 0.8, y / 0.95)
    head = np.where(radius < 1, 40.0, -1000.0)
    head[(radius > 0.9) & (radius < 1)] = 900.0
    noise = random.normal(0.0, 1.0, (frames, rows, columns)) * np.where(radius < 1, 9.0, 2.0)
    return np.clip(head + noise + 1024, 0, 4095).astype("<u2")


@disable_value_validation()
def make_dicom(
    modality: str = "CT",
    *,
    rows: int = 64,
    columns: int = 64,
    frames: int = 1,
    transfer_syntax: str = ExplicitVRLittleEndian,
    patient_name: str = "Muster^Erika",
    patient_id: str = "PAT-0001",
    study_uid: str | None = None,
    series_uid: str | None = None,
    sop_instance_uid: str | None = None,
    instance_number: int = 1,
    seed: int = 0,
    **attributes: object,
) -> bytes:
    """Return a Part 10 file of 16-bit greyscale pixels.

    `attributes` are DICOM keywords that are added or replaced, also by illegal values; None removes one. RLE is
    really encoded; the frames of any other encapsulated syntax are fragments that no codec could decode.
    """
    study_uid = study_uid or make_uid("study", patient_id, seed)
    series_uid = series_uid or make_uid("series", study_uid, modality)
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = _sop_class(modality, frames)
    dataset.SOPInstanceUID = sop_instance_uid or make_uid("instance", series_uid, instance_number)
    dataset.StudyDate, dataset.StudyTime = "20240229", "101500"
    dataset.AccessionNumber = "ACC-0001"
    dataset.Modality = modality
    dataset.StudyDescription, dataset.SeriesDescription = "Head", "Head native"
    dataset.ReferringPhysicianName = "Landarzt^Rosa"
    dataset.StationName = "STATION1"
    dataset.PatientName, dataset.PatientID = patient_name, patient_id
    dataset.PatientBirthDate, dataset.PatientSex = "19700101", "F"
    dataset.BodyPartExamined = "HEAD"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, series_uid
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "1", 1, instance_number
    _add_pixels(dataset, make_pixels(rows, columns, frames, seed * 100_003 + instance_number), transfer_syntax)
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return write_dicom(dataset, transfer_syntax)


def make_study(slices: int = 3, **arguments: object) -> list[tuple[str, bytes]]:
    """Return (file name, bytes) of each slice of one series; `arguments` go to `make_dicom`."""
    return [
        (f"IM{number:06}.dcm", make_dicom(instance_number=number, **arguments))  # type: ignore[arg-type]
        for number in range(1, slices + 1)
    ]


def make_zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of `members` (name → bytes) in the order given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=(2024, 2, 29, 10, 15, 0))
            archive.writestr(entry, content, compress_type=method)
    return target.getvalue()


def transcoded(content: bytes, transfer_syntax: str) -> bytes:
    """Return the instance as a PACS gives it back that keeps images in `transfer_syntax`, a lossless one."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        dataset.decompress(generate_instance_uid=False)
    syntax = UID(transfer_syntax)
    if syntax.is_encapsulated:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.compress(syntax, generate_instance_uid=False)
    elif syntax == ExplicitVRBigEndian:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    return write_dicom(dataset, transfer_syntax)


def write_dicom(dataset: Dataset, transfer_syntax: str = ExplicitVRLittleEndian, **meta: object) -> bytes:
    """Return `dataset` as a Part 10 file (PS3.10 7); `meta` are keywords of the file meta information."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    if "SOPClassUID" in dataset:
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    if "SOPInstanceUID" in dataset:
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    for keyword, value in meta.items():
        setattr(dataset.file_meta, keyword, value)
    target = io.BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


def _sop_class(modality: str, frames: int) -> str:
    if frames > 1 and modality != "US":
        return MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    return SOP_CLASSES.get(modality, SecondaryCaptureImageStorage)


def _add_pixels(dataset: Dataset, pixels: np.ndarray, transfer_syntax: str) -> None:
    """Add the image pixel module (PS3.3 C.7.6.3), with the pixels as `transfer_syntax` wants them."""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    if len(pixels) > 1:
        dataset.NumberOfFrames = len(pixels)
    _, dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept, dataset.RescaleSlope = "-1024", "1"
    syntax = UID(transfer_syntax)
    if syntax == RLELossless:
        dataset.PixelData = pixels.tobytes()
        dataset["PixelData"].VR = "OW"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    elif syntax.is_encapsulated:
        dataset.PixelData = encapsulate([_opaque_frame(frame) for frame in pixels])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    else:
        dataset.PixelData = pixels.astype(">u2" if syntax == ExplicitVRBigEndian else "<u2").tobytes()
        dataset["PixelData"].VR = "OW"


def _opaque_frame(frame: np.ndarray) -> bytes:
    """Return bytes between JPEG's start and end markers, as incompressible as a codec's output."""
    body = np.random.default_rng(int(frame.sum())).bytes(frame.size // 2)
    return b"\xff\xd8" + body + b"\xff\xd9"
