"""What every destination guarantees, whatever its protocol (the docstring of `relaypacs.adapters.pacs.base.Pacs`)."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import (
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    RLELossless,
)

from relaypacs.adapters.pacs.base import InstanceKey, OutgoingInstance, Pacs, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.factory import open_pacs, parse_pacs_url
from relaypacs.adapters.pacs.part10 import read_header
from tests.adapters.pacs.outgoing import make_document, outgoing, read_back, reading, statuses, store_all, uid
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.servers.orthanc import Orthanc
from tests.servers.ports import free_port

STORED, FAILED = StoreStatus.STORED, StoreStatus.FAILED


@dataclass
class Destination:
    """A real destination, and a way around the adapter."""

    url: str
    url_of_nothing: str  # of the same kind, where nobody answers
    remove: Callable[[InstanceKey], None]


def folder_destination(request: pytest.FixtureRequest) -> Destination:
    tmp_path: Path = request.getfixturevalue("tmp_path")
    root, occupied = tmp_path / "archive", tmp_path / "occupied"
    occupied.write_text("a file, where the folder should be")

    def remove(key: InstanceKey) -> None:
        (root / key.study_instance_uid / key.series_instance_uid / f"{key.sop_instance_uid}.dcm").unlink()

    return Destination(f"folder://{root}", f"folder://{occupied}", remove)


def dicomweb_destination(request: pytest.FixtureRequest) -> Destination:
    orthanc = request.getfixturevalue("orthanc")
    nobody = f"dicomweb+http://relay:relay@127.0.0.1:{free_port()}/dicom-web"
    return Destination(orthanc.pacs_url, nobody, partial(remove_from, orthanc))


def dimse_destination(request: pytest.FixtureRequest) -> Destination:
    orthanc = request.getfixturevalue("orthanc")
    return Destination(orthanc.dicom_url, f"dicom://NOBODY@127.0.0.1:{free_port()}", partial(remove_from, orthanc))


def remove_from(orthanc: Orthanc, key: InstanceKey) -> None:
    orthanc.delete(orthanc.instances()[key.sop_instance_uid])


DESTINATIONS = {"folder": folder_destination, "dicomweb": dicomweb_destination, "dimse": dimse_destination}


@pytest.fixture(params=DESTINATIONS)
def destination(request: pytest.FixtureRequest) -> Destination:
    return DESTINATIONS[request.param](request)


@pytest.fixture
async def pacs(destination: Destination) -> AsyncIterator[Pacs]:
    adapter = open_pacs(parse_pacs_url(destination.url))
    yield adapter
    await adapter.close()


@pytest.fixture
async def nobody(destination: Destination) -> AsyncIterator[Pacs]:
    adapter = open_pacs(parse_pacs_url(destination.url_of_nothing))
    yield adapter
    await adapter.close()


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=5)]


def data_set_of(content: bytes) -> bytes:
    """Return a file without what precedes its data set, which is of its writer (PS3.10 7.1)."""
    return content[read_header(content).size :]


def uids(instances: list[OutgoingInstance]) -> set[str]:
    return {instance.key.sop_instance_uid for instance in instances}


async def test_echo_succeeds(pacs: Pacs) -> None:
    await pacs.echo()


async def test_every_instance_has_one_outcome_and_is_listed(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    assert await statuses(pacs, study) == [STORED] * len(study)
    assert await pacs.list_instances(study[0].key.study_instance_uid) == uids(study)


async def test_storing_nothing_yields_nothing(pacs: Pacs) -> None:
    assert await store_all(pacs, []) == {}


@pytest.mark.parametrize("transfer_syntax", [ExplicitVRBigEndian, RLELossless, JPEG2000Lossless])
async def test_what_was_stored_can_be_read_back(pacs: Pacs, transfer_syntax: str) -> None:
    content = make_dicom(rows=256, columns=256, transfer_syntax=transfer_syntax)
    instance = outgoing(content)
    await store_all(pacs, [instance])
    found = pydicom.dcmread(io.BytesIO(await read_back(pacs, instance.key)))
    assert found.SOPInstanceUID == instance.key.sop_instance_uid
    assert found.file_meta.TransferSyntaxUID == transfer_syntax
    assert found.PixelData == pydicom.dcmread(io.BytesIO(content)).PixelData


async def test_an_object_larger_than_a_batch_arrives(pacs: Pacs) -> None:
    content = make_dicom(rows=1024, columns=1024, frames=6)
    instance = outgoing(content)
    assert await statuses(pacs, [instance]) == [STORED]
    assert data_set_of(await read_back(pacs, instance.key)) == data_set_of(content)


async def test_storing_again_succeeds_and_leaves_the_earlier_object(pacs: Pacs) -> None:
    earlier, later = make_dicom(StudyDescription="earlier"), make_dicom(StudyDescription="later")
    assert await statuses(pacs, [outgoing(earlier)]) == [STORED]
    assert await statuses(pacs, [outgoing(later)]) == [STORED]
    found = pydicom.dcmread(io.BytesIO(await read_back(pacs, outgoing(earlier).key)))
    assert found.StudyDescription == "earlier"


async def test_two_senders_at_once_leave_one_copy(
    destination: Destination, pacs: Pacs, study: list[OutgoingInstance]
) -> None:
    other = open_pacs(parse_pacs_url(destination.url))
    both = await asyncio.gather(statuses(pacs, study), statuses(other, study))
    await other.close()
    assert list(both) == [[STORED] * len(study)] * 2
    assert await pacs.list_instances(study[0].key.study_instance_uid) == uids(study)


async def test_a_list_holds_one_study_only(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    other = outgoing(make_dicom(seed=7))
    await store_all(pacs, [*study, other])
    assert await pacs.list_instances(other.key.study_instance_uid) == uids([other])


async def test_an_unknown_study_has_no_instances(pacs: Pacs) -> None:
    assert await pacs.list_instances(make_uid("nobody sent this")) == set()


async def test_an_absent_instance_is_not_found(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    await store_all(pacs, study[1:])
    with pytest.raises(FileNotFoundError):
        await read_back(pacs, study[0].key)


async def test_the_destination_itself_is_asked(
    destination: Destination, pacs: Pacs, study: list[OutgoingInstance]
) -> None:
    await store_all(pacs, study)
    destination.remove(study[0].key)
    assert await pacs.list_instances(study[0].key.study_instance_uid) == uids(study[1:])
    with pytest.raises(FileNotFoundError):
        await read_back(pacs, study[0].key)
    assert await statuses(pacs, study) == [STORED] * len(study)


@pytest.mark.parametrize("uid", ["../../etc/passwd", "1..2", "", ".", "1.2/..", "1.2\0", "9" * 65, "1.2?x=1"])
async def test_no_illegal_uid_becomes_a_path(pacs: Pacs, tmp_path: Path, uid: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd.dcm").touch()
    assert await pacs.list_instances(uid) == set()
    with pytest.raises(FileNotFoundError):
        await read_back(pacs, InstanceKey("1.2", "1.3", uid))


@pytest.mark.parametrize("fault", [EOFError("cut"), FileNotFoundError("gone"), None])
async def test_a_source_that_fails_harms_no_other_instance(
    pacs: Pacs, study: list[OutgoingInstance], fault: Exception | None
) -> None:
    content = make_dicom(instance_number=9)
    broken = outgoing(content, open=reading(content[:-1000], fault))
    assert await statuses(pacs, [study[0], broken, study[1]]) == [STORED, FAILED, STORED]
    assert await pacs.list_instances(broken.key.study_instance_uid) == uids(study[:2])


async def test_a_source_that_yields_too_much_is_not_stored(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    content = make_dicom(instance_number=9)
    broken = outgoing(content, size=len(content) - 10)
    assert await statuses(pacs, [broken, study[0]]) == [FAILED, STORED]
    assert await pacs.list_instances(broken.key.study_instance_uid) == uids(study[:1])


async def test_whoever_ends_the_iterable_ends_the_sending(pacs: Pacs) -> None:
    study = [outgoing(content) for _, content in make_study(slices=20, rows=1024, columns=1024)]
    taken: list[OutgoingInstance] = []
    has_ended = False

    def until_ended() -> Iterator[OutgoingInstance]:
        for instance in itertools.cycle(study):
            if has_ended:
                return
            taken.append(instance)
            yield instance

    outcomes = []
    async for outcome in pacs.store(until_ended()):
        has_ended = True
        outcomes.append(outcome)
    assert {outcome.status for outcome in outcomes} == {STORED}
    assert sorted(outcome.sop_instance_uid for outcome in outcomes) == sorted(map(uid, taken))
    assert len(taken) < 50


async def test_what_the_destination_holds_is_confirmed(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    other = outgoing(make_dicom(seed=7))
    await store_all(pacs, [*study[:3], other])
    assert await pacs.confirm([*study, other]) == uids([*study[:3], other])
    assert await pacs.confirm([]) == set()


async def test_documents_are_found_among_images(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    report = outgoing(make_document(study[0].key.study_instance_uid, ComprehensiveSRStorage, "SR"))
    pdf = outgoing(make_document(study[0].key.study_instance_uid, EncapsulatedPDFStorage, "DOC"))
    await store_all(pacs, [*study, report, pdf])
    found = await pacs.find_documents(study[0].key.study_instance_uid)
    assert {document.key: document.sop_class_uid for document in found} == {
        report.key: ComprehensiveSRStorage,
        pdf.key: EncapsulatedPDFStorage,
    }
    assert len(found) == 2
    assert list(await pacs.find_documents(make_uid("nobody sent this"))) == []
    assert list(await pacs.find_documents("../../etc")) == []


async def test_whoever_stops_listening_leaves_nothing_running(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    before = asyncio.all_tasks()
    outcomes = pacs.store(study)
    await anext(outcomes)
    await outcomes.aclose()  # type: ignore[attr-defined]
    assert asyncio.all_tasks() == before
    assert await statuses(pacs, study) == [STORED] * len(study)


async def test_nobody_there_is_unavailable(nobody: Pacs, study: list[OutgoingInstance]) -> None:
    with pytest.raises(PacsUnavailable):
        await nobody.echo()
    with pytest.raises(PacsUnavailable):
        await nobody.confirm(study)
    with pytest.raises(PacsUnavailable):
        await nobody.find_documents(study[0].key.study_instance_uid)
    with pytest.raises(PacsUnavailable):
        await nobody.list_instances(study[0].key.study_instance_uid)
    with pytest.raises(PacsUnavailable):
        await read_back(nobody, study[0].key)


async def test_nobody_there_fails_each_instance_with_a_reason(nobody: Pacs, study: list[OutgoingInstance]) -> None:
    outcomes = await store_all(nobody, study)
    assert {outcome.status for outcome in outcomes.values()} == {FAILED}
    assert all(outcome.reason and "relay" not in outcome.reason for outcome in outcomes.values())


async def test_closing_twice_is_closing_once(pacs: Pacs, study: list[OutgoingInstance]) -> None:
    await store_all(pacs, study)
    await pacs.close()
    await pacs.close()
