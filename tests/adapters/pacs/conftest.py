"""Fixtures of the DICOMweb tests."""

from collections.abc import AsyncIterator

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from tests.adapters.pacs.outgoing import IMPATIENT, outgoing
from tests.builders.dicom import make_study
from tests.servers.flaky_dicomweb import PASSWORD, USER, FlakyDicomweb


@pytest.fixture
def peer(flaky_dicomweb: FlakyDicomweb) -> FlakyDicomweb:
    return flaky_dicomweb


@pytest.fixture
async def pacs(peer: FlakyDicomweb) -> AsyncIterator[DicomwebPacs]:
    adapter = DicomwebPacs(peer.dicomweb_url, USER, PASSWORD, timeouts=IMPATIENT)
    yield adapter
    await adapter.close()


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=4)]
