"""STOW-RS against a peer that fails when it is told to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance, StoreStatus
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.stow import BATCH_INSTANCES
from tests.adapters.pacs.outgoing import outgoing, read_back, statuses, store_all, uid
from tests.builders.dicom import make_dicom, make_study
from tests.servers.flaky_dicomweb import (
    Abort,
    Coerce,
    Drop,
    FlakyDicomweb,
    Refuse,
    Respond,
    Stall,
    When,
)

STORED, COERCED, REFUSED, FAILED = StoreStatus


def posts(peer: FlakyDicomweb) -> int:
    return peer.count("POST")


async def test_a_batch_is_one_request(pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]) -> None:
    assert await statuses(pacs, study) == [STORED] * 4
    assert peer.requests == [("POST", "/dicom-web/studies")]


@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 409, 425, 429, 500, 502, 503, 504, 507])
async def test_what_may_pass_fails_all_and_is_not_asked_again(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], status: int
) -> None:
    peer.inject(Respond(status, b"come back later"), for_ever=True)
    outcomes = await store_all(pacs, study)
    assert {outcome.status for outcome in outcomes.values()} == {FAILED}
    assert all(str(status) in outcome.reason for outcome in outcomes.values())
    assert all("come back later" in outcome.reason for outcome in outcomes.values())
    assert posts(peer) == 1
    peer.heal()
    assert await statuses(pacs, study) == [STORED] * 4


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_what_is_said_of_the_content_finds_the_guilty_one(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], status: int
) -> None:
    peer.inject(Respond(status), Refuse({}, 200), Respond(status, b"not this one"))
    outcomes = await store_all(pacs, study)
    assert [outcomes[uid(instance)].status for instance in study] == [STORED, REFUSED, STORED, STORED]
    assert outcomes[uid(study[1])].reason.endswith("not this one")
    assert posts(peer) == 1 + len(study)


async def test_a_partial_answer_is_read_instance_by_instance(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    first, second, third, fourth = study
    peer.inject(Refuse({uid(first): 0xA700, uid(second): 0x0122, uid(third): None}))
    outcomes = await store_all(pacs, study)
    assert (outcomes[uid(first)].status, outcomes[uid(first)].reason) == (FAILED, "A700 out of resources")
    assert outcomes[uid(second)].status is REFUSED
    assert outcomes[uid(third)].status is FAILED
    assert outcomes[uid(fourth)].status is STORED
    assert set(peer.stored) == {uid(fourth)}


async def test_a_conflict_that_names_its_reasons_is_believed(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    peer.inject(Refuse({uid(instance): 0xC122 for instance in study}, status=409))
    assert await statuses(pacs, study) == [REFUSED] * 4
    assert posts(peer) == 1


async def test_a_failure_without_a_name_is_pinned_down(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    nameless = {"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [0xC000]}}]}}
    answer = Respond(202, json.dumps(nameless).encode())
    peer.inject(answer, answer)
    outcomes = await store_all(pacs, study)
    assert [outcomes[uid(instance)].status for instance in study] == [REFUSED, STORED, STORED, STORED]
    assert outcomes[uid(study[0])].reason == "C000 cannot understand"


@pytest.mark.parametrize("body", [b"", b"{}", b"<NativeDicomModel/>", b"thanks!"])
async def test_an_acknowledgement_that_names_nobody_is_no_success(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], body: bytes
) -> None:
    peer.inject(Respond(200, body))
    assert await statuses(pacs, study) == [FAILED] * 4


@pytest.mark.parametrize("code", [0xB000, 0xB006, 0xB007])
async def test_coercion_is_a_success_with_a_word(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], code: int
) -> None:
    peer.inject(Coerce(code))
    outcomes = await store_all(pacs, study)
    assert {outcome.status for outcome in outcomes.values()} == {COERCED}
    assert all(outcome.reason.startswith(f"{code:04X} ") for outcome in outcomes.values())


async def test_who_acknowledges_and_drops_is_found_out_by_the_list(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    peer.inject(Drop())
    assert await statuses(pacs, study) == [STORED] * 4
    assert await pacs.list_instances(study[0].key.study_instance_uid) == set()
    with pytest.raises(FileNotFoundError):
        await read_back(pacs, study[0].key)


@pytest.mark.parametrize("when", When)
async def test_an_abort_fails_what_was_under_way(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], when: When
) -> None:
    peer.inject(Abort(when))
    outcomes = await store_all(pacs, study)
    assert {outcome.status for outcome in outcomes.values()} == {FAILED}
    assert all(outcome.reason for outcome in outcomes.values())
    assert len(peer.stored) == (4 if when is When.AFTER else 0)
    assert await statuses(pacs, study) == [STORED] * 4


async def test_a_stall_ends_in_time(pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]) -> None:
    peer.inject(Stall(30))
    before = time.monotonic()
    assert await statuses(pacs, study) == [FAILED] * 4
    assert time.monotonic() - before < 5


async def test_a_fault_of_one_batch_is_not_one_of_the_next(pacs: DicomwebPacs, peer: FlakyDicomweb) -> None:
    content = make_dicom(rows=8, columns=8)
    study = [outgoing(content) for _, content in make_study(slices=3 * BATCH_INSTANCES, rows=8, columns=8)]
    assert len({uid(instance) for instance in study}) == 3 * BATCH_INSTANCES
    assert len(content) < 10_000
    peer.inject(Abort(When.DURING))
    found = await statuses(pacs, study)
    assert (found.count(STORED), found.count(FAILED)) == (2 * BATCH_INSTANCES, BATCH_INSTANCES)


async def test_a_service_that_is_down_is_asked_once(peer: FlakyDicomweb) -> None:
    pacs = DicomwebPacs(peer.dicomweb_url, connections=1)
    study = [outgoing(content) for _, content in make_study(slices=3 * BATCH_INSTANCES, rows=8, columns=8)]
    peer.inject(Respond(503), for_ever=True)
    assert await statuses(pacs, study) == [FAILED] * len(study)
    assert posts(peer) == 1
    await pacs.close()


async def test_no_more_than_its_connections_are_used(peer: FlakyDicomweb) -> None:
    under_way, most = 0, 0

    def counting(content: bytes) -> OutgoingInstance:
        async def pieces() -> AsyncIterator[bytes]:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.01)
            yield content
            under_way -= 1

        return outgoing(content, open=pieces)

    pacs = DicomwebPacs(peer.dicomweb_url, connections=2)
    big = [content for _, content in make_study(slices=12, rows=1024, columns=1024)]
    await asyncio.gather(store_all(pacs, list(map(counting, big[:6]))), store_all(pacs, list(map(counting, big[6:]))))
    assert most == 2
    await pacs.close()
