"""Queries, retrieval and storage commitment, of a node that does not all offer them."""

import asyncio
import time

import pytest
from pydicom.uid import EncapsulatedPDFStorage

from relaypacs.adapters.pacs.base import NotOffered, OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.commitments import CommitmentReports
from relaypacs.adapters.pacs.dimse.node import Timeouts
from tests.adapters.pacs.dimse_peer import connect
from tests.adapters.pacs.outgoing import make_document, outgoing, read_back, statuses, store_all, uid
from tests.builders.dicom import make_dicom, make_study
from tests.servers.dimse_faults import Commitment, Drop
from tests.servers.flaky_dimse import FIND, GET, VERIFICATION, FlakyDimse


@pytest.fixture
def peer(flaky_dimse: FlakyDimse) -> FlakyDimse:
    return flaky_dimse


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=3)]


def uids(instances: list[OutgoingInstance]) -> set[str]:
    return set(map(uid, instances))


async def test_a_node_without_echo_is_unavailable(peer: FlakyDimse) -> None:
    await connect(peer.port).echo()
    peer.refused_classes = {VERIFICATION}
    with pytest.raises(PacsUnavailable, match="C-ECHO"):
        await connect(peer.port).echo()


async def test_more_than_was_asked_for_is_left_out(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    pacs = connect(peer.port)
    other = outgoing(make_dicom(seed=9))
    await store_all(pacs, [*study, other])
    peer.lists_too_much = True
    assert await pacs.list_instances(study[0].key.study_instance_uid) == uids(study)


async def test_without_queries_everything_else_works(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.refused_classes = {FIND}
    pacs = connect(peer.port)
    assert await statuses(pacs, study) == [StoreStatus.STORED] * 3
    for question in (pacs.list_instances("1.2"), pacs.find_documents("1.2"), pacs.confirm(study)):
        with pytest.raises(NotOffered, match="C-FIND"):
            await question
    assert await read_back(pacs, study[0].key)
    with pytest.raises(FileNotFoundError):
        await read_back(pacs, outgoing(make_dicom(seed=9)).key)


@pytest.mark.parametrize("status", [0x0122, 0x0211])
async def test_queries_that_are_unknown_are_not_offered(peer: FlakyDimse, status: int) -> None:
    peer.stored["1.2"] = make_dicom()
    peer.find_status = status
    with pytest.raises(NotOffered, match=f"{status:04X}"):
        await connect(peer.port).list_instances("1.2")


@pytest.mark.parametrize("status", [0xA700, 0xA900, 0xC000, 0xFE00, 0x0124])
async def test_queries_that_fail_are_no_empty_lists(peer: FlakyDimse, status: int) -> None:
    peer.find_status = status
    with pytest.raises(PacsUnavailable, match=f"{status:04X}"):
        await connect(peer.port).list_instances("1.2")


async def test_who_hangs_up_on_a_question_and_answers_otherwise_does_not_want_to_be_asked(
    peer: FlakyDimse, study: list[OutgoingInstance]
) -> None:
    peer.hangs_up_on_questions = True
    pacs = connect(peer.port)
    assert await statuses(pacs, study) == [StoreStatus.STORED] * 3
    for question in (pacs.list_instances("1.2"), pacs.find_documents("1.2"), pacs.confirm(study)):
        with pytest.raises(NotOffered, match="aborted"):
            await question
    peer.refused_classes = {VERIFICATION}
    with pytest.raises(PacsUnavailable, match="C-ECHO"):
        await pacs.list_instances("1.2")


async def test_nothing_is_given_back_where_that_is_not_offered(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.refused_classes = {GET}
    pacs = connect(peer.port)
    await store_all(pacs, study)
    with pytest.raises(NotOffered, match="C-GET"):
        await read_back(pacs, study[0].key)
    with pytest.raises(FileNotFoundError):  # which needs no C-GET
        await read_back(pacs, outgoing(make_dicom(seed=9)).key)


async def test_a_class_that_is_not_told_is_found_among_all(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.tells_class = False
    pacs = connect(peer.port)
    pdf = outgoing(make_document("1.2.3", EncapsulatedPDFStorage, "DOC"))
    await store_all(pacs, [study[0], pdf])
    for instance in (study[0], pdf):
        assert uid(instance).encode() in await read_back(pacs, instance.key)


async def test_whoever_stops_reading_leaves_nothing_running(peer: FlakyDimse) -> None:
    pacs = connect(peer.port)
    instance = outgoing(make_dicom(rows=1024, columns=1024))
    await store_all(pacs, [instance])
    before = asyncio.all_tasks()
    content = pacs.retrieve(instance.key)
    await anext(content)
    await content.aclose()  # type: ignore[attr-defined]
    assert asyncio.all_tasks() == before


async def test_commitment_vouches_where_nothing_is_listed(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.refused_classes = {FIND}
    peer.commitment = Commitment()
    pacs = connect(peer.port)
    await store_all(pacs, study)
    assert await pacs.confirm(study) == uids(study)
    assert len(set(peer.transactions)) == 1


async def test_what_is_not_committed_is_not_confirmed_even_if_listed(
    peer: FlakyDimse, study: list[OutgoingInstance]
) -> None:
    peer.commitment = Commitment(failed={uid(study[0]): 0x0110})
    pacs = connect(peer.port)
    await store_all(pacs, study)
    assert await pacs.list_instances(study[0].key.study_instance_uid) == uids(study)
    assert await pacs.confirm(study) == uids(study[1:])


async def test_who_drops_commits_itself_to_nothing(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.commitment = Commitment()
    pacs = connect(peer.port)
    peer.inject(Drop(), Drop(), Drop())
    await store_all(pacs, study)
    assert await pacs.confirm(study) == set()


async def test_what_the_report_leaves_out_is_looked_for_in_the_lists(
    peer: FlakyDimse, study: list[OutgoingInstance]
) -> None:
    peer.commitment = Commitment(omits=frozenset(uids(study[:2])))
    pacs = connect(peer.port)
    await store_all(pacs, study[1:])
    assert await pacs.confirm(study) == uids(study[1:])


@pytest.mark.parametrize("behaviour", [Commitment(status=0x0110), Commitment(reports=False)])
async def test_the_lists_decide_where_no_report_comes(
    peer: FlakyDimse, study: list[OutgoingInstance], behaviour: Commitment
) -> None:
    peer.commitment = behaviour
    pacs = connect(peer.port, timeouts=Timeouts(commitment=2))
    await store_all(pacs, study[1:])
    assert await pacs.confirm(study) == uids(study[1:])
    started = time.monotonic()
    assert await pacs.confirm(study) == uids(study[1:])
    assert time.monotonic() - started < 2
    assert len(peer.transactions) == 1  # who did not answer is not asked again


async def test_a_report_may_come_by_another_way(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    reports = CommitmentReports()
    peer.refused_classes = {FIND}
    peer.commitment = Commitment(reports=False)
    pacs = connect(peer.port, reports=reports)
    confirmed = asyncio.create_task(pacs.confirm(study))
    await asyncio.to_thread(peer.asked_to_commit.wait, 5)
    failed = dict.fromkeys(map(uid, study[1:]), 0x0112)
    assert await asyncio.to_thread(reports.report, peer.transactions[0], uids(study[:1]), failed)
    assert await confirmed == uids(study[:1])
    assert not reports.report(peer.transactions[0], (), {})


async def test_a_report_that_nobody_expects_says_so() -> None:
    reports = CommitmentReports()
    assert not reports.report("1.2.3", ["1.2"], {})
    with reports.expect("1.2.3") as expectation:
        assert reports.report("1.2.3", ["1.2"], {})
        assert reports.report("1.2.3", [], {"1.2": 0x0110})  # too late: the first one counts
        report = await expectation.wait(0.1)
        assert report is not None
        assert report.committed == {"1.2"}
    with reports.expect("1.2.4") as expectation:
        assert await expectation.wait(0.01) is None
