"""QIDO-RS and WADO-RS against a peer that fails when told to; credentials, redirects, addresses."""

import asyncio
import base64
import json
import logging
from pathlib import Path

import pytest

from relaypacs.adapters.pacs import dicomweb
from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from tests.adapters.pacs.outgoing import IMPATIENT, read_back, statuses, store_all, uid
from tests.servers.certificates import make_certificate, serving_with
from tests.servers.flaky_dicomweb import (
    Abort,
    Fault,
    FlakyDicomweb,
    Respond,
    Stall,
    When,
)

STORED, COERCED, REFUSED, FAILED = StoreStatus


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


async def test_credentials_are_in_no_error_and_no_log_line(
    peer: FlakyDicomweb, study: list[OutgoingInstance], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pacs = DicomwebPacs(peer.dicomweb_url, "relay", "hunter2", timeouts=IMPATIENT)
    peer.inject(Respond(401), Abort(When.BEFORE), Stall(30))
    told = [outcome.reason for _ in range(3) for outcome in (await store_all(pacs, study)).values()]
    peer.inject(Respond(403), Abort(When.BEFORE), Stall(30), method="GET")
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


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".invalid"])
async def test_a_name_without_an_address_is_unavailable(host: str) -> None:
    pacs = DicomwebPacs(f"http://{host}/rs")
    with pytest.raises(PacsUnavailable, match="cannot be resolved"):
        await pacs.echo()
    await pacs.close()


async def test_link_local_addresses_are_not_connected_to(study: list[OutgoingInstance]) -> None:
    pacs = DicomwebPacs("http://169.254.169.254/rs")
    with pytest.raises(PacsUnavailable, match="not allowed"):
        await pacs.echo()
    assert await statuses(pacs, study) == [FAILED] * 4
    await pacs.close()


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    context = serving_with(make_certificate(tmp_path))
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        pacs = DicomwebPacs(f"https://127.0.0.1:{port}/rs")
        with pytest.raises(PacsUnavailable, match="certificate"):
            await pacs.echo()
        await pacs.close()
