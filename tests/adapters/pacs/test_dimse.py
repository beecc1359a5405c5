"""C-STORE against a node that fails when it is told to."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)
from pynetdicom.presentation import AllStoragePresentationContexts

from relaypacs.adapters.pacs.base import OutgoingInstance, StoreStatus
from relaypacs.adapters.pacs.dimse.association import MAX_SENT
from relaypacs.adapters.pacs.dimse.negotiation import Proposal
from relaypacs.adapters.pacs.dimse.sending import MAX_LOSSES
from relaypacs.adapters.pacs.part10 import read_header
from tests.adapters.pacs.dimse_peer import IMPATIENT, connect
from tests.adapters.pacs.outgoing import outgoing, reading, statuses, store_all, uid
from tests.builders.dicom import make_dicom, make_study
from tests.servers.dimse_faults import Abort, Answer, Coerce, Drop, Refuse, Stall, When
from tests.servers.flaky_dimse import FlakyDimse, running_flaky_dimse

STORED, COERCED, REFUSED, FAILED = StoreStatus


@pytest.fixture
def peer(flaky_dimse: FlakyDimse) -> FlakyDimse:
    return flaky_dimse


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=4, rows=128, columns=128)]


def data_set_of(content: bytes) -> bytes:
    return content[read_header(content).size :]


@pytest.mark.parametrize(
    "transfer_syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
        JPEG2000Lossless,
    ],
)
async def test_a_data_set_goes_out_as_it_is(peer: FlakyDimse, transfer_syntax: str) -> None:
    content = make_dicom(rows=128, columns=128, transfer_syntax=transfer_syntax)
    instance = outgoing(content)
    assert await statuses(connect(peer.port), [instance]) == [STORED]
    assert data_set_of(peer.stored[uid(instance)]) == data_set_of(content)
    assert peer.associations == [((instance.sop_class_uid, transfer_syntax),)]


@pytest.mark.parametrize("max_pdu", [0, 101, 1024 * 1024])
async def test_pieces_are_as_long_as_the_peer_allows(max_pdu: int) -> None:
    content = make_dicom(rows=512, columns=512)
    instance = outgoing(content)
    with running_flaky_dimse(max_pdu=max_pdu) as peer:
        assert await statuses(connect(peer.port), [instance]) == [STORED]
    assert data_set_of(peer.stored[uid(instance)]) == data_set_of(content)
    assert peer.longest_piece <= (max_pdu or MAX_SENT)


@pytest.mark.parametrize("size", [1, 1000, 256 * 1024, 1024 * 1024 + 1])
async def test_pieces_of_any_size_make_the_same_data_set(peer: FlakyDimse, size: int) -> None:
    content = make_dicom(rows=1024, columns=1024, frames=2)

    async def pieces() -> AsyncIterator[bytes]:
        step = size if size > 1 else len(content) // 2 - 1
        for start in range(0, len(content), step):
            yield content[start : start + step]
            yield b""

    instance = outgoing(content, open=pieces)
    assert await statuses(connect(peer.port), [instance]) == [STORED]
    assert data_set_of(peer.stored[uid(instance)]) == data_set_of(content)


@pytest.mark.parametrize("politely", [True, False])
@pytest.mark.parametrize("when", When)
async def test_an_abort_fails_what_was_under_way_and_the_rest_arrives(
    peer: FlakyDimse, study: list[OutgoingInstance], when: When, *, politely: bool
) -> None:
    peer.inject(Abort(when, politely))
    outcomes = await store_all(connect(peer.port, connections=1), study)
    assert [outcomes[uid(instance)].status for instance in study] == [FAILED, STORED, STORED, STORED]
    assert outcomes[uid(study[0])].reason
    assert (uid(study[0]) in peer.stored) == (when is When.AFTER)
    assert await statuses(connect(peer.port), study) == [STORED] * 4


async def test_a_node_that_always_aborts_is_given_up(peer: FlakyDimse) -> None:
    study = [outgoing(content) for _, content in make_study(slices=20, rows=8, columns=8)]
    peer.inject(*[Abort(When.AFTER)] * 20)
    assert await statuses(connect(peer.port, connections=1), study) == [FAILED] * 20
    assert len(peer.associations) == MAX_LOSSES


async def test_each_instance_has_its_own_status(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    first, second, third, fourth = study
    peer.inject(Refuse({uid(first): 0xA700, uid(second): 0x0122, uid(third): 0xC001}))
    outcomes = await store_all(connect(peer.port, connections=1), study)
    assert (outcomes[uid(first)].status, outcomes[uid(first)].reason) == (FAILED, "A700 out of resources")
    assert outcomes[uid(second)].status is REFUSED
    assert (outcomes[uid(third)].status, outcomes[uid(third)].reason) == (REFUSED, "C001 cannot understand")
    assert outcomes[uid(fourth)].status is STORED
    assert set(peer.stored) == {uid(fourth)}


async def test_the_nodes_own_words_are_kept_printable(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.inject(Answer(0xA700, "disk \x1b[31mfull\n"))
    outcomes = await store_all(connect(peer.port), study[:1])
    assert outcomes[uid(study[0])].reason == "A700 out of resources: disk [31mfull"


@pytest.mark.parametrize("code", [0xB000, 0xB006, 0xB007])
async def test_coercion_is_a_success_with_a_word(peer: FlakyDimse, study: list[OutgoingInstance], code: int) -> None:
    peer.inject(Coerce(code))
    outcomes = await store_all(connect(peer.port), study[:1])
    assert outcomes[uid(study[0])].status is COERCED
    assert outcomes[uid(study[0])].reason.startswith(f"{code:04X} ")


async def test_who_acknowledges_and_drops_is_found_out(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.inject(*[Drop()] * 4)
    pacs = connect(peer.port)
    assert await statuses(pacs, study) == [STORED] * 4
    assert await pacs.confirm(study) == set()


async def test_a_stall_ends_in_time(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.inject(Stall(30))
    pacs = connect(peer.port, connections=1, timeouts=IMPATIENT)
    before = time.monotonic()
    assert (await statuses(pacs, study)).count(FAILED) == 1
    assert time.monotonic() - before < 5


async def test_a_refused_transfer_syntax_concerns_those_instances_only(peer: FlakyDimse) -> None:
    plain = outgoing(make_dicom())
    packed = outgoing(make_dicom(instance_number=2, transfer_syntax=JPEG2000Lossless))
    peer.refused_syntaxes = {JPEG2000Lossless}
    outcomes = await store_all(connect(peer.port), [packed, plain])
    assert outcomes[uid(plain)].status is STORED
    assert outcomes[uid(packed)].status is REFUSED
    assert outcomes[uid(packed)].reason == (
        "The destination does not accept JPEG 2000 Image Compression (Lossless Only) (1.2.840.10008.1.2.4.90)"
        " for CT Image Storage (1.2.840.10008.5.1.4.1.1.2)."
    )


async def test_a_refused_class_is_named(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    peer.refused_classes = {CTImageStorage}
    outcomes = await store_all(connect(peer.port), study[:1])
    assert outcomes[uid(study[0])].status is REFUSED
    assert outcomes[uid(study[0])].reason == (
        "The destination does not accept CT Image Storage (1.2.840.10008.5.1.4.1.1.2)."
    )


async def test_more_classes_than_an_association_can_hold_arrive(peer: FlakyDimse) -> None:
    classes = [str(context.abstract_syntax) for context in AllStoragePresentationContexts[:150]]
    kinds = [outgoing(make_dicom(instance_number=n, SOPClassUID=each)) for n, each in enumerate(classes)]
    assert await statuses(connect(peer.port), kinds) == [STORED] * 150
    assert len(peer.stored) == 150
    assert max(map(len, peer.associations)) <= 128


@pytest.mark.parametrize("field", ["sop_class_uid", "transfer_syntax_uid"])
async def test_a_uid_that_is_none_is_refused(peer: FlakyDimse, study: list[OutgoingInstance], field: str) -> None:
    wrong = outgoing(make_dicom(instance_number=9), **{field: "9" * 65})
    assert await statuses(connect(peer.port), [wrong, study[0]]) == [REFUSED, STORED]


@pytest.mark.parametrize("fault", [EOFError("cut"), None])
async def test_a_large_source_that_fails_is_never_taken_for_whole(
    peer: FlakyDimse, study: list[OutgoingInstance], fault: Exception | None
) -> None:
    content = make_dicom(rows=1024, columns=1024, frames=3, instance_number=9)
    whole_and_then = outgoing(content, open=reading(content, EOFError("late")))
    cut = outgoing(content, open=reading(content[:-1000], fault))
    for broken in (whole_and_then, cut):
        assert await statuses(connect(peer.port, connections=1), [broken, study[0]]) == [FAILED, STORED]
    assert set(peer.stored) == {uid(study[0])}


async def test_what_is_no_part_10_file_is_our_own_fault(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    broken = outgoing(make_dicom(instance_number=9), open=reading(bytes(1000)), size=1000)
    outcomes = await store_all(connect(peer.port), [broken, study[0]])
    assert outcomes[uid(broken)].status is FAILED
    assert "gateway's own copy" in outcomes[uid(broken)].reason
    assert outcomes[uid(study[0])].status is STORED


async def test_no_more_associations_than_connections(peer: FlakyDimse) -> None:
    study = [outgoing(content) for _, content in make_study(slices=80, rows=8, columns=8)]
    pacs = connect(peer.port, connections=2)
    await asyncio.gather(store_all(pacs, study[:40]), store_all(pacs, study[40:]))
    assert len(peer.stored) == 80
    assert len(peer.associations) <= 4  # two for each call, one call after the other


async def test_a_node_that_allows_one_association_gets_everything_over_it(peer: FlakyDimse) -> None:
    study = [outgoing(content) for _, content in make_study(slices=40, rows=8, columns=8)]
    peer.reject_after = 1
    assert await statuses(connect(peer.port), study) == [STORED] * 40


async def test_a_message_number_never_leaves_its_range(peer: FlakyDimse, study: list[OutgoingInstance]) -> None:
    pacs = connect(peer.port)
    proposal = Proposal(study[0].sop_class_uid, (study[0].transfer_syntax_uid,))
    async with pacs._association([proposal]) as association:
        association._message_id = 0xFFFE
        assert [association.next_message_id() for _ in range(3)] == [0xFFFF, 1, 2]
