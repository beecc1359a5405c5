"""What a real Orthanc says, of bad files and otherwise."""

from collections.abc import AsyncIterator

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from tests.adapters.pacs.outgoing import outgoing, read_back, reading, statuses, store_all, uid
from tests.builders.dicom import make_dicom
from tests.servers.orthanc import Orthanc

STORED, COERCED, REFUSED, FAILED = StoreStatus


@pytest.fixture
async def to_orthanc(orthanc: Orthanc) -> AsyncIterator[DicomwebPacs]:
    adapter = DicomwebPacs(orthanc.dicomweb_url, "relay", "relay")
    yield adapter
    await adapter.close()


async def test_orthanc_stores_the_sound_ones_of_a_batch_with_bad_ones(
    to_orthanc: DicomwebPacs, orthanc: Orthanc, study: list[OutgoingInstance]
) -> None:
    garbage = outgoing(make_dicom(instance_number=90), size=7, open=reading(b"garbage"))
    cut = make_dicom(instance_number=91)[:-500]
    truncated = outgoing(make_dicom(instance_number=91), size=len(cut), open=reading(cut))
    headless = make_dicom(instance_number=92, StudyInstanceUID=None)
    no_study = outgoing(make_dicom(instance_number=92), size=len(headless), open=reading(headless))
    outcomes = await store_all(to_orthanc, [study[0], garbage, study[1], truncated, no_study, study[2]])
    assert {name for name, outcome in outcomes.items() if outcome.status is STORED} == set(map(uid, study[:3]))
    assert outcomes[uid(garbage)].status is REFUSED
    assert outcomes[uid(truncated)].status is REFUSED
    assert outcomes[uid(no_study)].reason == "C000 cannot understand"
    assert set(orthanc.instances()) == set(map(uid, study[:3]))


async def test_orthanc_keeps_the_bytes(to_orthanc: DicomwebPacs, orthanc: Orthanc) -> None:
    content = make_dicom(rows=300, columns=300)
    await store_all(to_orthanc, [outgoing(content)])
    assert orthanc.file(orthanc.instances()[uid(outgoing(content))]) == content
    assert await read_back(to_orthanc, outgoing(content).key) == content


async def test_orthanc_with_another_password_is_unavailable(orthanc: Orthanc, study: list[OutgoingInstance]) -> None:
    pacs = DicomwebPacs(orthanc.dicomweb_url, "relay", "wrong")
    with pytest.raises(PacsUnavailable, match="HTTP 401"):
        await pacs.echo()
    with pytest.raises(PacsUnavailable, match="HTTP 401"):
        await pacs.list_instances(study[0].key.study_instance_uid)
    assert await statuses(pacs, study) == [FAILED] * 4
    await pacs.close()


async def test_orthanc_that_dies_and_returns_is_found_again(
    to_orthanc: DicomwebPacs, orthanc: Orthanc, study: list[OutgoingInstance]
) -> None:
    assert await statuses(to_orthanc, study[:2]) == [STORED] * 2
    orthanc.kill()
    assert await statuses(to_orthanc, study) == [FAILED] * 4
    with pytest.raises(PacsUnavailable):
        await to_orthanc.echo()
    orthanc.start()
    assert await statuses(to_orthanc, study) == [STORED] * 4
    assert await to_orthanc.list_instances(study[0].key.study_instance_uid) == set(map(uid, study))
