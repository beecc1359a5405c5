"""The real command against the real gateway."""

import hashlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.dicom import make_study, make_zip
from tests.cli.commands import RELAYPACS, environment, run_upload, upload_command
from tests.client.bad_link import running_bad_link
from tests.servers.gateway import PASSWORD, USERNAME, Gateway, running_gateway

SLICES = 40


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


def write_study(folder: Path, seed: int, slices: int = SLICES) -> set[str]:
    """Write a study that no other test has sent; return the digests of its files."""
    folder.mkdir()
    study = make_study(slices, rows=256, columns=256, seed=seed)
    for name, content in study:
        (folder / name).write_bytes(content)
    return {hashlib.sha256(content).hexdigest() for _, content in study}


def archived(gateway: Gateway) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in gateway.archived}


def as_admin(*arguments: str | Path) -> tuple[str | Path, ...]:
    return ("--username", USERNAME, *arguments)


def test_killed_in_the_middle_it_goes_on_and_delivers_byte_for_byte(gateway: Gateway, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    digests = write_study(folder, seed=1)
    total = sum(path.stat().st_size for path in folder.iterdir())
    arguments = as_admin(folder, "--chunk-size", "524288", "--connections", "2", "--compress", "never")
    with running_bad_link(gateway.port, cuts=[]) as link:
        link.hold_after = total // 2
        process = subprocess.Popen(
            upload_command(link.address, *arguments, "--quiet"),
            env=environment(tmp_path, RELAYPACS_PASSWORD=PASSWORD),
        )
        deadline = time.monotonic() + 30
        while link.sent <= link.hold_after:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
        process.wait()
        link.hold_after = None
        first = link.sent

        done = run_upload(tmp_path, link.address, *arguments, RELAYPACS_PASSWORD=PASSWORD)

        assert done.returncode == 0, done.stdout + done.stderr
        assert link.sent - first < 0.75 * total
    assert digests <= archived(gateway)
    assert f"{SLICES} accepted, 0 rejected, {SLICES} verified" in done.stdout


def test_a_second_run_sends_nothing_and_says_it_is_verified(gateway: Gateway, tmp_path: Path) -> None:
    write_study(tmp_path / "study", seed=2, slices=3)
    for _ in range(2):
        done = run_upload(tmp_path, gateway.address, *as_admin(tmp_path / "study"), RELAYPACS_PASSWORD=PASSWORD)
        assert (done.returncode, "VERIFIED" in done.stdout) == (0, True), done.stdout


def test_from_another_place_it_is_a_duplicate_until_forced(gateway: Gateway, tmp_path: Path) -> None:
    write_study(tmp_path / "study", seed=3, slices=3)
    codes = [
        run_upload(tmp_path / state, gateway.address, *as_admin(tmp_path / "study", *more), RELAYPACS_PASSWORD=PASSWORD)
        for state, more in (("here", []), ("there", []), ("there", ["--force"]))
    ]
    assert [done.returncode for done in codes] == [0, 7, 0]


def test_a_zip_with_a_bad_file_and_a_receipt(gateway: Gateway, tmp_path: Path) -> None:
    members = dict(make_study(4, seed=4))
    members["BROKEN"] = members["IM000001.dcm"][:-999]
    (tmp_path / "cd.zip").write_bytes(make_zip({f"CD/{name}": content for name, content in members.items()}))
    arguments = as_admin(tmp_path / "cd.zip", "--receipt", tmp_path / "receipts")
    done = run_upload(tmp_path, gateway.address, *arguments, RELAYPACS_PASSWORD=PASSWORD)
    assert done.returncode == 5, done.stdout
    assert "rejected CD/BROKEN: " in done.stdout

    (receipt,) = (tmp_path / "receipts").iterdir()
    verified = subprocess.run([RELAYPACS, "verify-receipt", receipt], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr
    assert "The receipt is whole" in verified.stdout


def test_doctor_finds_nothing_wrong_with_a_running_gateway(gateway: Gateway, tmp_path: Path) -> None:
    index = tmp_path / "index.html"
    index.touch()
    settings = {"RELAYPACS_DATA_DIR": str(gateway.data), "RELAYPACS_WEB_DIR": str(tmp_path)}
    for arguments in (["--server", gateway.address], []):
        done = subprocess.run(
            [RELAYPACS, "doctor", *arguments],
            env=environment(tmp_path, **settings),
            capture_output=True,
            text=True,
            check=False,
        )
        problems = [line for line in done.stdout.splitlines() if "PROBLEM" in line and "free space" not in line]
        assert problems == []
