"""The drill: a backup is made while the gateway works, the machine is lost, and everything goes on from the backup."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from relaypacs.core.signing import verify_receipt
from tests.builders.dicom import make_study
from tests.cli.admin import run_admin
from tests.conftest import SECRET
from tests.docs.pages import page
from tests.main_job.process import GatewayProcess, Sender, gateway_process, sign_in
from tests.servers.flaky_dicomweb import FlakyDicomweb, Respond
from tests.servers.postgres import Postgres


def command(data: Path, *arguments: str) -> str:
    """Return what a command that works prints."""
    ran = run_admin(data, *arguments)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout


def test_an_embedded_gateway_that_is_lost_goes_on_from_its_backup(
    flaky_dicomweb: FlakyDicomweb, tmp_path: Path
) -> None:
    data, backup = tmp_path / "data", str(tmp_path / "backup.tar")

    def lose() -> None:
        shutil.rmtree(data)
        assert command(data, "backup", backup, "--verify").startswith("The backup is whole")

    with gateway_process(data, PACS=flaky_dicomweb.pacs_url, COMPLETE_WAIT="0") as gateway:
        go_through(
            gateway,
            flaky_dicomweb,
            back_up=lambda: command(data, "backup", backup),
            lose=lose,
            restore=lambda: command(data, "restore", backup),
        )
        assert "The trail is whole." in command(data, "audit", "verify")


def test_a_gateway_with_postgresql_goes_on_from_a_dump_and_a_copy(
    flaky_dicomweb: FlakyDicomweb, postgres: Postgres, tmp_path: Path
) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    backup.mkdir()
    url = postgres.create_database()
    section = page("docs/operations.md").text.partition("### With PostgreSQL\n")[2].partition("\n## ")[0]
    to_save, to_restore = re.findall("```sh\n(.*?)```", section, re.DOTALL)

    def run(block: str) -> None:
        lines = block.replace("/backup", str(backup)).replace("/var/lib/relaypacs", str(data))
        environment = {**os.environ, "RELAYPACS_DATABASE_URL": url}
        subprocess.run(["bash", "-euc", lines], env=environment, check=True, capture_output=True)

    def lose() -> None:
        shutil.rmtree(data)
        data.mkdir()
        postgres.drop_database(url)
        postgres.execute(f"CREATE DATABASE {url.rpartition('/')[2]}")

    settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PACS": flaky_dicomweb.pacs_url, "COMPLETE_WAIT": "0"}
    with gateway_process(data, **settings) as gateway:
        go_through(gateway, flaky_dicomweb, back_up=lambda: run(to_save), lose=lose, restore=lambda: run(to_restore))
    postgres.drop_database(url)


def go_through(
    gateway: GatewayProcess,
    pacs: FlakyDicomweb,
    *,
    back_up: Callable[[], object],
    lose: Callable[[], object],
    restore: Callable[[], object],
) -> None:
    """One study is verified, one waits for the PACS, one is still being received; then everything is lost."""
    bearer = sign_in(gateway)
    verified, waiting, under_way = (
        Sender(gateway, make_study(3, rows=512, columns=512, patient_id=name)) for name in ("VER", "WAIT", "WAY")
    )
    verified.open(bearer)
    verified.send(verified.keys())
    verified.complete()
    verified.until_completed()
    for method in ("GET", "POST"):
        pacs.inject(Respond(503), method=method, for_ever=True)
    for sender in (waiting, under_way):
        sender.open(bearer)
    waiting.send(waiting.keys())
    assert waiting.complete().status_code == 202
    under_way.send(under_way.keys()[: len(under_way.keys()) // 2])
    kept = set(under_way.acknowledged)

    back_up()

    # What comes after the backup: an acknowledged chunk, and a whole study that reaches the PACS.
    under_way.send(sorted(set(under_way.keys()) - kept)[:1])
    pacs.heal()
    waiting.until_completed()
    gateway.kill()
    lose()
    posts = pacs.count("POST")
    restore()
    gateway.start()

    assert waiting.until_completed()["counts"]["verified"] == 3
    assert pacs.count("POST") == posts, "what the PACS had already was sent once more"
    assert under_way.missing() == set(under_way.keys()) - kept
    under_way.send(sorted(under_way.missing()))
    under_way.complete()
    for sender in (verified, waiting, under_way):
        assert sender.until_completed()["counts"]["verified"] == 3
        verify_receipt(sender.receipt())
    assert pacs.stored == {**verified.instances(), **waiting.instances(), **under_way.instances()}
