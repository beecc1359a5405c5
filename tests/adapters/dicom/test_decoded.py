"""Two files of one instance in different lossless transfer syntaxes are compared by what they decode to."""

import asyncio
import io
from collections.abc import AsyncIterator

import numpy as np
import pydicom
import pytest
import pytest_asyncio
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from relaypacs.adapters.dicom.base import PixelComparison, PixelPair
from relaypacs.adapters.dicom.inspector import ProcessInspector
from relaypacs.adapters.dicom.syntaxes import is_lossless
from tests.adapters.dicom.blobs import AbsentBlob, BytesBlob, DeadlyBlob, EndlessBlob
from tests.adapters.dicom.real_files import real_file
from tests.builders.dicom import make_dicom, transcoded, write_dicom

SAME, DIFFERENT, UNDECODABLE = PixelComparison.SAME, PixelComparison.DIFFERENT, PixelComparison.UNDECODABLE
COMPRESSED = (RLELossless, JPEGLSLossless, JPEG2000Lossless)
NATIVE = (ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
IMAGE = make_dicom(frames=3)


@pytest_asyncio.fixture
async def inspector() -> AsyncIterator[ProcessInspector]:
    inspector = ProcessInspector(1, time_limit=10)
    yield inspector
    await inspector.close()


async def compare(inspector: ProcessInspector, ours: bytes, theirs: bytes) -> PixelComparison:
    return await inspector.compare_pixels(PixelPair(BytesBlob(ours), BytesBlob(theirs)))


def changed(content: bytes) -> bytes:
    """Return the image with one bit of one value of its last frame changed."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    dataset.PixelData = dataset.PixelData[:-2] + bytes([dataset.PixelData[-2] ^ 1, dataset.PixelData[-1]])
    return write_dicom(dataset)


@pytest.mark.parametrize("syntax", [*COMPRESSED, *NATIVE], ids=lambda syntax: syntax.name)
async def test_what_was_transcoded_without_loss_is_the_same_and_a_changed_bit_is_found(
    inspector: ProcessInspector, syntax: str
) -> None:
    assert is_lossless(syntax)
    assert await compare(inspector, IMAGE, transcoded(IMAGE, syntax)) is SAME
    assert await compare(inspector, transcoded(IMAGE, syntax), IMAGE) is SAME
    assert await compare(inspector, IMAGE, transcoded(changed(IMAGE), syntax)) is DIFFERENT


async def test_a_frame_too_few_is_found(inspector: ProcessInspector) -> None:
    dataset = pydicom.dcmread(io.BytesIO(IMAGE))
    dataset.NumberOfFrames = 2
    dataset.PixelData = dataset.PixelData[: 2 * 64 * 64 * 2]
    assert await compare(inspector, IMAGE, transcoded(write_dicom(dataset), RLELossless)) is DIFFERENT


async def test_bits_that_hold_no_part_of_a_value_do_not_count(inspector: ProcessInspector) -> None:
    dataset = pydicom.dcmread(io.BytesIO(IMAGE))
    values = np.frombuffer(dataset.PixelData, "<u2")
    dataset.PixelData = (values | 0x8000).tobytes()
    assert await compare(inspector, IMAGE, write_dicom(dataset)) is SAME


@pytest.mark.parametrize(
    ("compressed", "native"),
    [
        ("JPEG-LL.dcm", None),
        ("JPEG2000.dcm", None),
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
    ],
)
async def test_real_files_are_decoded(inspector: ProcessInspector, compressed: str, native: str | None) -> None:
    ours = real_file(compressed).read_bytes()
    theirs = real_file(native).read_bytes() if native else transcoded(ours, ExplicitVRLittleEndian)
    assert await compare(inspector, ours, theirs) is SAME


@pytest.mark.parametrize("broken", [b"", b"no DICOM", IMAGE[:-4000], make_dicom(transfer_syntax=JPEG2000Lossless)])
async def test_what_cannot_be_decoded_proves_nothing(inspector: ProcessInspector, broken: bytes) -> None:
    assert await compare(inspector, IMAGE, broken) in (UNDECODABLE, DIFFERENT)
    assert await compare(inspector, transcoded(IMAGE, RLELossless), broken) in (UNDECODABLE, DIFFERENT)


async def test_a_decoder_that_dies_or_goes_on_for_ever_harms_nobody() -> None:
    inspector = ProcessInspector(1, time_limit=2)
    try:
        for blob in (DeadlyBlob(), EndlessBlob()):
            assert await inspector.compare_pixels(PixelPair(BytesBlob(IMAGE), blob)) is UNDECODABLE
        assert await compare(inspector, IMAGE, IMAGE) is SAME
    finally:
        await inspector.close()


async def test_a_file_that_is_gone_is_said_to_be(inspector: ProcessInspector) -> None:
    with pytest.raises(FileNotFoundError):
        await inspector.compare_pixels(PixelPair(AbsentBlob(), BytesBlob(IMAGE)))
    assert await asyncio.wait_for(compare(inspector, IMAGE, IMAGE), 10) is SAME
