"""The client against a peer that misbehaves on demand."""

import os
import stat
from pathlib import Path

import pytest

from relaypacs.client import (
    BadServerAddress,
    Compression,
    Credentials,
    Options,
    Order,
    Outcome,
    Refused,
    RelayClient,
    ServerUnreachable,
    SignInRefused,
    TotpRequired,
    scan_paths,
)
from tests.client.bad_link import running_bad_link
from tests.client.conftest import CHUNK, Sender
from tests.client.peer import PASSWORD, USERNAME, Fault, Peer
from tests.servers.ports import free_port

CHUNKS = 6  # of the `study` fixture


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_arrives_byte_for_byte_and_is_verified(peer: Peer, study: Path, send: Sender) -> None:
    (result,) = send(peer.address, study)
    (upload,) = result.uploads
    assert upload.outcome is Outcome.VERIFIED
    assert upload.counts.verified == 20
    assert upload.receipt_id
    assert peer.only.files() == contents(study)
    assert peer.only.metadata["patient_name"] == "Muster^Erika"


def test_gzip_on_the_wire_is_what_the_caller_says(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study, Options(chunk_size=CHUNK, compression=Compression.ALWAYS))
    assert set(peer.encodings) == {"gzip"}
    assert peer.only.files() == contents(study)


def test_a_near_server_gets_plain_bytes(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study, Options(chunk_size=CHUNK, compression=Compression.NEVER))
    assert set(peer.encodings) == {"identity"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_faults_of_the_server_are_outlasted(peer: Peer, study: Path, send: Sender, status: int) -> None:
    peer.faults.append(Fault("PUT", "/chunk", status, times=25, headers={"Retry-After": "0"}))
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert len(peer.acknowledged) == CHUNKS


def test_connections_cut_in_mid_body_cost_only_their_own_chunk(peer: Peer, study: Path, send: Sender) -> None:
    with running_bad_link(peer.port, cuts=[10_000_000, 300_000, 200_000, 900_000]) as link:
        (result,) = send(link.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert peer.only.files() == contents(study)
    assert len(peer.acknowledged) == len(set(peer.acknowledged)) == CHUNKS


def test_a_damaged_chunk_is_sent_again(peer: Peer, study: Path, send: Sender) -> None:
    peer.faults.append(Fault("PUT", "/chunk", 422, "chunk-checksum-mismatch"))
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED


def test_a_refusal_ends_that_study_with_the_servers_words(peer: Peer, study: Path, send: Sender) -> None:
    peer.faults.append(Fault("PUT", "/chunk", 409, "upload-closed", times=9))
    (result,) = send(peer.address, study)
    assert (result.uploads[0].outcome, result.uploads[0].detail) == (Outcome.FAILED, "Scripted: upload-closed.")


def test_an_expired_access_token_is_renewed(peer: Peer, study: Path, send: Sender) -> None:
    peer.faults.append(Fault("POST", "/init", 401, "invalid-token"))
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert "POST refresh" in peer.calls


def test_an_expired_session_token_is_renewed_once_for_all_connections(peer: Peer, study: Path, send: Sender) -> None:
    peer.token_expires_after = 2
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert peer.calls.count("POST token") == 1


def test_a_killed_run_is_taken_up_where_it_was(peer: Peer, study: Path, send: Sender) -> None:
    peer.faults.append(Fault("PUT", "/chunk", 409, "upload-closed", times=1))
    send(peer.address, study, Options(chunk_size=CHUNK, connections=1))
    peer.faults.append(Fault("POST", "/complete", 409, "chunks-missing"))
    send(peer.address, study)
    before = list(peer.acknowledged)
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert len(peer.uploads) == 1
    assert peer.acknowledged == before
    assert len(set(before)) == CHUNKS


def test_what_was_verified_is_not_sent_again(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study)
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert len(peer.acknowledged) == CHUNKS


def test_force_sends_it_all_the_same(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study)
    (result,) = send(peer.address, study, force=True)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert len(peer.acknowledged) == 2 * CHUNKS


@pytest.mark.parametrize("lost", ["expired", "forgotten", "failed", "other bytes"])
def test_an_upload_that_is_lost_begins_anew(peer: Peer, study: Path, send: Sender, lost: str) -> None:
    peer.faults.append(Fault("POST", "/complete", 409, "upload-closed"))
    send(peer.address, study)
    match lost:
        case "expired":
            peer.only.expired = True
        case "forgotten":
            peer.uploads.clear()
        case "failed":
            peer.only.status, peer.only.stage = "failed", "cancelled"
        case "other bytes":
            del peer.only.chunks[0, 1]
            peer.faults.append(Fault("PUT", "/chunk", 409, "chunk-conflict"))
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert list(peer.uploads.values())[-1].files() == contents(study)


def test_a_changed_file_is_another_upload(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study)
    first = next(study.iterdir())
    os.utime(first, ns=(0, 0))
    send(peer.address, study)
    assert len(peer.uploads) == 2


def test_a_duplicate_names_the_earlier_upload(peer: Peer, study: Path, send: Sender) -> None:
    peer.duplicate_of = "0190-earlier"
    (result,) = send(peer.address, study)
    assert (result.uploads[0].outcome, result.uploads[0].duplicate_of) == (Outcome.DUPLICATE, "0190-earlier")
    (result,) = send(peer.address, study, force=True)
    assert result.uploads[0].outcome is Outcome.VERIFIED
    assert len(peer.acknowledged) == CHUNKS  # forced without sending a byte twice


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([("processing", "held")], Outcome.HELD),
        ([("failed", "rejected")], Outcome.REJECTED),
        ([("failed", "cancelled")], Outcome.FAILED),
        ([("processing", "delivering")] * 3 + [("completed", "verified")], Outcome.VERIFIED),
    ],
)
def test_every_end_has_its_outcome(
    peer: Peer, study: Path, send: Sender, script: list[tuple[str, str]], outcome: Outcome
) -> None:
    peer.outcome = script
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is outcome


def test_rejected_instances_come_with_their_reasons(peer: Peer, study: Path, send: Sender) -> None:
    peer.rejected = ["IM000001.dcm", "IM000002.dcm"]
    (result,) = send(peer.address, study)
    (upload,) = result.uploads
    assert upload.outcome is Outcome.PARTIAL
    assert [(each.name, each.reason) for each in upload.rejected] == [
        ("IM000001.dcm", "The file is truncated."),
        ("IM000002.dcm", "The file is truncated."),
    ]


def test_without_waiting_the_result_is_sent(peer: Peer, study: Path, send: Sender) -> None:
    (result,) = send(peer.address, study, wait=False)
    assert result.uploads[0].outcome is Outcome.SENT
    assert peer.only.status == "processing"


def test_a_link_that_drops_while_waiting_is_outlasted(
    peer: Peer, study: Path, send: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaypacs.client.follow.PATIENCE", 0.01)
    peer.faults += [Fault("POST", "/complete", 503, times=9), Fault("GET", "/instances", 503)]
    (result,) = send(peer.address, study)
    assert result.uploads[0].outcome is Outcome.VERIFIED


def test_sign_in_problems_have_names(peer: Peer, study: Path, send: Sender) -> None:
    with pytest.raises(SignInRefused, match="invalid-credentials"):
        send(peer.address, study, credentials=Credentials(USERNAME, "wrong"))
    peer.totp_code = "123456"
    with pytest.raises(TotpRequired):
        send(peer.address, study)
    (result,) = send(peer.address, study, credentials=Credentials(USERNAME, PASSWORD, "123456"))
    assert result.uploads[0].outcome is Outcome.VERIFIED


def test_one_code_of_the_second_factor_is_enough_for_all_calls(peer: Peer, study: Path, tmp_path: Path) -> None:
    peer.totp_code = "123456"
    credentials = Credentials(USERNAME, PASSWORD, "123456")
    with RelayClient(peer.address, credentials, Options(chunk_size=CHUNK), state=tmp_path / "state") as client:
        (sent,) = client.upload(scan_paths([study]).studies, Order(), wait=False)[0].uploads
        assert sent.upload_id
        assert client.wait(sent.upload_id).outcome is Outcome.VERIFIED
        assert client.status(sent.upload_id).stage == "verified"
        assert client.upload(scan_paths([study]).studies, Order())[0].uploads[0].upload_id == sent.upload_id
    assert peer.calls.count("POST login") == 1


def test_a_server_that_is_not_there_is_reported_after_three_retries(study: Path, send: Sender) -> None:
    with pytest.raises(ServerUnreachable):
        send(f"http://127.0.0.1:{free_port()}", study)


def test_any_other_4xx_of_sign_in_is_a_refusal(peer: Peer, study: Path, send: Sender) -> None:
    peer.faults.append(Fault("POST", "/login", 400, "validation-error"))
    with pytest.raises(Refused, match="validation-error"):
        send(peer.address, study)
    peer.faults.append(Fault("POST", "/login", 308, headers={"Location": "https://elsewhere.example/"}))
    with pytest.raises(BadServerAddress, match="elsewhere"):
        send(peer.address, study)


@pytest.mark.parametrize("address", ["gateway", "ftp://gateway", "http://", "http://gateway:99999"])
def test_an_address_that_can_not_be_one(study: Path, send: Sender, address: str) -> None:
    with pytest.raises(BadServerAddress):
        send(address, study)


def test_the_state_tells_nothing_but_the_upload(peer: Peer, study: Path, send: Sender) -> None:
    send(peer.address, study)
    (state,) = send.state.iterdir()
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    (upload_id,) = peer.uploads
    assert upload_id in state.read_text()
    text = str(state) + state.read_text()
    for secret in ("Muster", "IM0000", str(study), PASSWORD, peer.valid_token[upload_id]):
        assert secret not in text


def test_credentials_do_not_show_the_password() -> None:
    assert PASSWORD not in repr(Credentials(USERNAME, PASSWORD, "123456"))
