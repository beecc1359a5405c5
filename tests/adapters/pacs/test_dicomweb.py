"""DICOMweb against a peer that fails when it is told to, and what a real Orthanc says of bad files."""

import asyncio
import base64
import json
import logging
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from relaypacs.adapters.pacs import dicomweb
from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.stow import BATCH_INSTANCES
from tests.adapters.pacs.outgoing import outgoing, read_back, reading, statuses, store_all
from tests.builders.dicom import make_dicom, make_study
from tests.servers.flaky_dicomweb import (
    PASSWORD,
    USER,
    Abort,
    Coerce,
    Drop,
    Fault,
    FlakyDicomweb,
    Refuse,
    Respond,
    Stall,
    When,
)
from tests.servers.orthanc import Orthanc

STORED, COERCED, REFUSED, FAILED = StoreStatus
IMPATIENT = httpx.Timeout(connect=2, write=0.5, read=0.5, pool=None)


@pytest.fixture
def peer(flaky_dicomweb: FlakyDicomweb) -> FlakyDicomweb:
    return flaky_dicomweb


@pytest.fixture
async def pacs(peer: FlakyDicomweb) -> AsyncIterator[DicomwebPacs]:
    adapter = DicomwebPacs(peer.dicomweb_url, USER, PASSWORD, timeouts=IMPATIENT)
    yield adapter
    await adapter.close()


@pytest.fixture
async def to_orthanc(orthanc: Orthanc) -> AsyncIterator[DicomwebPacs]:
    adapter = DicomwebPacs(orthanc.dicomweb_url, "relay", "relay")
    yield adapter
    await adapter.close()


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=4)]


def uid(instance: OutgoingInstance) -> str:
    return instance.key.sop_instance_uid


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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], status: int
) -> None:
    redirect: Fault = Respond(status, headers={"Location": f"{peer.dicomweb_url}/elsewhere"})
    peer.inject(redirect, for_ever=True)
    peer.inject(redirect, method="GET", for_ever=True)
    assert await statuses(pacs, study) == [FAILED] * 4
    for question in (pacs.echo(), pacs.list_instances("1.2"), read_back(pacs, study[0].key)):
        with pytest.raises(PacsUnavailable, match="redirects are not followed"):
            await question
    assert not [path for _, path in peer.requests if "elsewhere" in path]


async def test_every_page_is_listed(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_all(pacs, study)
    everything = {uid(instance) for instance in study}
    monkeypatch.setattr(dicomweb, "PAGE", 3)
    assert await pacs.list_instances(study[0].key.study_instance_uid) == everything
    peer.page_limit = 1  # fewer than asked for
    assert await pacs.list_instances(study[0].key.study_instance_uid) == everything


async def test_a_server_without_offsets_is_not_asked_for_ever(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    page = [{"00080018": {"vr": "UI", "Value": [uid(instance)]}} for instance in study]
    peer.inject(Respond(200, json.dumps(page).encode()), method="GET", for_ever=True)
    assert await pacs.list_instances(study[0].key.study_instance_uid) == {uid(each) for each in study}
    assert peer.count("GET") == 2


async def test_404_means_an_unknown_study_only_where_studies_can_be_asked(
    pacs: DicomwebPacs, peer: FlakyDicomweb
) -> None:
    peer.inject(Respond(404), method="GET")
    assert await pacs.list_instances("1.2.3") == set()
    peer.inject(Respond(404), method="GET", for_ever=True)
    with pytest.raises(PacsUnavailable, match="404"):
        await pacs.list_instances("1.2.3")


@pytest.mark.parametrize(
    "fault",
    [
        Respond(401),
        Respond(503, b"maintenance"),
        Respond(200, b"<html>the wrong server</html>"),
        Respond(200, b'[{"00080018": {}}]'),
        Respond(200, b'{"status": "ok"}'),
        Abort(When.BEFORE),
        Stall(30),
    ],
)
async def test_a_list_that_cannot_be_had_is_not_an_empty_one(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], fault: Fault
) -> None:
    peer.inject(fault, method="GET", for_ever=True)
    with pytest.raises(PacsUnavailable):
        await pacs.list_instances(study[0].key.study_instance_uid)


@pytest.mark.parametrize(
    "fault",
    [
        Respond(500),
        Respond(200, b"--b\r\n\r\nhalf", {"Content-Type": "multipart/related; boundary=b"}),
        Abort(When.BEFORE),
        Stall(30),
    ],
)
async def test_an_instance_that_cannot_be_read_back_is_not_an_absent_one(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance], fault: Fault
) -> None:
    peer.inject(fault, method="GET", for_ever=True)
    with pytest.raises(PacsUnavailable):
        await read_back(pacs, study[0].key)


async def test_an_instance_may_come_without_a_wrapping(
    pacs: DicomwebPacs, peer: FlakyDicomweb, study: list[OutgoingInstance]
) -> None:
    peer.inject(Respond(200, b"a file", {"Content-Type": "application/dicom"}), method="GET")
    assert await read_back(pacs, study[0].key) == b"a file"


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


async def test_credentials_are_in_no_error_and_no_log_line(
    peer: FlakyDicomweb, study: list[OutgoingInstance], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pacs = DicomwebPacs(peer.dicomweb_url, "relay", "hunter2", timeouts=IMPATIENT)
    peer.inject(Respond(401), Abort(When.BEFORE), Stall(2))
    told = [outcome.reason for _ in range(3) for outcome in (await store_all(pacs, study)).values()]
    peer.inject(Respond(403), Abort(When.BEFORE), Stall(2), method="GET")
    for _ in range(3):
        with pytest.raises(PacsUnavailable) as caught:
            await pacs.echo()
        told.append(repr(caught.value))
    token = base64.b64encode(b"relay:hunter2").decode()
    for text in (*told, caplog.text):
        assert "hunter2" not in text
        assert token not in text
    await pacs.close()


def test_an_address_with_credentials_is_not_taken() -> None:
    with pytest.raises(ValueError, match="credentials") as caught:
        DicomwebPacs("http://relay:hunter2@pacs/rs")
    assert "hunter2" not in str(caught.value)


async def test_link_local_addresses_are_not_connected_to(study: list[OutgoingInstance]) -> None:
    pacs = DicomwebPacs("http://169.254.169.254/rs")
    with pytest.raises(PacsUnavailable, match="not allowed"):
        await pacs.echo()
    assert await statuses(pacs, study) == [FAILED] * 4
    await pacs.close()


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    command = ["openssl", "req", *request, "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)  # noqa: ASYNC221
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        pacs = DicomwebPacs(f"https://127.0.0.1:{port}/rs")
        with pytest.raises(PacsUnavailable, match="certificate"):
            await pacs.echo()
        await pacs.close()


# What a real Orthanc says


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
