"""`relaypacs upload` as a user runs it, against a scripted peer."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.commands import environment, run_upload, upload_command
from tests.client.peer import USERNAME, Fault, Peer
from tests.servers.ports import free_port

SMALL_CHUNKS = ("--chunk-size", "524288")


def wait_until(peer: Peer, chunks: int) -> None:
    deadline = time.monotonic() + 30
    while len(peer.acknowledged) < chunks:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_after_a_kill_no_acknowledged_chunk_is_sent_again(peer: Peer, study: Path, tmp_path: Path) -> None:
    peer.refuses_chunks_after = 5
    process = subprocess.Popen(upload_command(peer.address, study, *SMALL_CHUNKS, "--quiet"), env=environment(tmp_path))
    wait_until(peer, 5)
    process.kill()
    process.wait()
    before = list(peer.acknowledged)
    peer.refuses_chunks_after = None

    done = run_upload(tmp_path, peer.address, study, *SMALL_CHUNKS)

    assert done.returncode == 0, done.stderr
    assert len(peer.uploads) == 1
    assert len(before) < len(peer.acknowledged)
    assert len(set(peer.acknowledged)) == len(peer.acknowledged)
    assert peer.only.files() == contents(study)
    assert "sent earlier" in done.stdout


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_at_once_even_without_a_network(
    peer: Peer, study: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    peer.refuses_chunks_after = 2
    process = subprocess.Popen(
        upload_command(peer.address, study, *SMALL_CHUNKS),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(peer, 2)
    process.send_signal(stop)
    _, said = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "go on where it was" in said


def test_all_is_well(peer: Peer, study: Path, tmp_path: Path) -> None:
    done = run_upload(
        tmp_path,
        peer.address,
        study,
        "--service-level",
        "stat",
        "--clinical-history",
        "Fall",
        "--receipt",
        tmp_path / "r",
    )
    assert done.returncode == 0, done.stderr
    assert "VERIFIED" in done.stdout
    assert "40 accepted, 0 rejected, 40 verified" in done.stdout
    assert "Muster" not in done.stdout + done.stderr
    assert (peer.only.metadata["service_level"], peer.only.metadata["clinical_history"]) == ("stat", "Fall")
    (receipt,) = (tmp_path / "r").iterdir()
    assert json.loads(receipt.read_text())["receipt"]["upload_id"] in receipt.name


def test_quiet_says_only_the_result(peer: Peer, study: Path, tmp_path: Path) -> None:
    done = run_upload(tmp_path, peer.address, study, "--quiet")
    assert done.stdout.startswith("Study 1, 2.25.")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("script", "code", "word"),
    [
        ([("processing", "held")], 8, "HELD"),
        ([("failed", "rejected")], 6, "REJECTED"),
        ([("failed", "cancelled")], 1, "FAILED"),
    ],
)
def test_the_exit_code_says_what_became_of_it(
    peer: Peer, study: Path, tmp_path: Path, script: list[tuple[str, str]], code: int, word: str
) -> None:
    peer.outcome = script
    done = run_upload(tmp_path, peer.address, study)
    assert (done.returncode, word in done.stdout) == (code, True)


def test_rejected_files_are_named_with_the_reason(peer: Peer, study: Path, tmp_path: Path) -> None:
    peer.rejected = ["IM000001.dcm"]
    done = run_upload(tmp_path, peer.address, study)
    assert done.returncode == 5
    assert "rejected IM000001.dcm: The file is truncated." in done.stdout


def test_a_duplicate(peer: Peer, study: Path, tmp_path: Path) -> None:
    peer.duplicate_of = "0190-earlier"
    done = run_upload(tmp_path, peer.address, study)
    assert (done.returncode, "earlier upload: 0190-earlier" in done.stdout) == (7, True)
    assert run_upload(tmp_path, peer.address, study, "--force").returncode == 0


def test_not_waited_for(peer: Peer, study: Path, tmp_path: Path) -> None:
    assert run_upload(tmp_path, peer.address, study, "--no-wait").returncode == 3


def test_what_was_left_out_is_said(peer: Peer, study: Path, tmp_path: Path) -> None:
    (study / "notes.txt").write_text("call back")
    (study / "broken").write_bytes(bytes(128) + b"DICM")
    done = run_upload(tmp_path, peer.address, study)
    assert done.returncode == 5
    assert "notes.txt" in done.stderr
    assert "NOT sent" in done.stderr


def test_nothing_to_send(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("call back")
    assert run_upload(tmp_path, "http://127.0.0.1:1", tmp_path / "notes.txt").returncode == 4


def test_no_server(study: Path, tmp_path: Path) -> None:
    assert run_upload(tmp_path, f"http://127.0.0.1:{free_port()}", study).returncode == 9
    assert run_upload(tmp_path, "gateway", study).returncode == 9


def test_wrong_password(peer: Peer, study: Path, tmp_path: Path) -> None:
    done = run_upload(tmp_path, peer.address, study, RELAYPACS_PASSWORD="wrong")
    assert (done.returncode, peer.uploads) == (10, {})


def test_wrong_usage(tmp_path: Path) -> None:
    assert run_upload(tmp_path, "http://127.0.0.1:1", tmp_path / "absent").returncode == 2
    assert run_upload(tmp_path, "http://127.0.0.1:1", tmp_path, "--chunk-size", "1").returncode == 2


def test_the_password_and_the_patient_are_in_no_output(peer: Peer, study: Path, tmp_path: Path) -> None:
    peer.faults.append(Fault("PUT", "/chunk", 409, "upload-closed", times=9))
    done = run_upload(tmp_path, peer.address, study)
    assert done.returncode == 1
    assert "upload-closed" in done.stdout
    for secret in ("Landarzt-9-Praxis", "Muster", USERNAME):
        assert secret not in done.stdout + done.stderr
