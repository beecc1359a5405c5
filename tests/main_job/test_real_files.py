"""All valid files of pydicom's test data go through the whole gateway and come out byte for byte."""

import hashlib
from collections import defaultdict
from pathlib import Path

import pydicom
import pytest

from relaypacs.core.settings import Settings
from relaypacs.features.uploads.service.judge import comparable_name
from tests.adapters.dicom.real_files import real_files
from tests.adapters.dicom.test_real_files import RIGHTLY_REFUSED
from tests.builders.dicom import make_zip
from tests.builders.gateway import ADMIN
from tests.conftest import running_gateway

TIFF = (b"II", b"MM")
MAX_PLAIN_FILES = 3


def forwarded(content: bytes) -> bytes:
    """Return the file as it may be forwarded: a preamble that is neither zero nor TIFF is neutralised (PS3.10 7.1)."""
    preamble = content[:128]
    return content if not any(preamble) or preamble.startswith(TIFF) else bytes(128) + content[128:]


def by_patient() -> dict[tuple[str, str], dict[str, bytes]]:
    """Return the files of each patient, by name; of several with one SOPInstanceUID the first one.

    Other content under a known UID would rightly be held, and so would two patients in one upload.
    """
    seen: set[str] = set()
    found: defaultdict[tuple[str, str], dict[str, bytes]] = defaultdict(dict)
    for path in real_files():
        if path.name in RIGHTLY_REFUSED:
            continue
        header = pydicom.dcmread(path, stop_before_pixels=True)
        if header.SOPInstanceUID in seen:
            continue
        seen.add(header.SOPInstanceUID)
        identifier = str(header.get("PatientID", "") or "").strip()
        issuer = str(header.get("IssuerOfPatientID", "") or "").strip()
        name = comparable_name(str(header.get("PatientName", "") or ""))
        patient = (identifier, issuer) if identifier else ("", name)
        found[patient][f"{len(seen):03}-{path.name}"] = path.read_bytes()
    return found


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's: the files are odd on purpose
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_valid_file_arrives_as_it_is(settings: Settings) -> None:
    patients = by_patient()
    sent = [content for files in patients.values() for content in files.values()]
    assert len(sent) >= 150
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        for files in patients.values():
            plain = len(files) <= MAX_PLAIN_FILES
            bundle = list(files.items()) if plain else [("study.zip", make_zip(files))]
            upload, answer = await gateway.send(bundle)
            assert answer.status_code == 200, (list(files), answer.text)
            counts = (await gateway.status(upload))["counts"]
            assert (counts["accepted"], counts["verified"]) == (len(files), len(files)), list(files)
    assert digests(settings.data_dir / "archive") == sorted(digest(forwarded(content)) for content in sent)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(folder: Path) -> list[str]:
    return sorted(digest(path.read_bytes()) for path in folder.rglob("*.dcm"))
