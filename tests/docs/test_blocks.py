"""Every shell block of the documentation runs, here or in the test that is named for it."""

import re
import shutil
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, all_pages, page
from tests.docs.sandbox import ADMIN, Sandbox, make_person, running_sandbox, signed_in, write_study
from tests.servers import orthanc
from tests.servers.certificates import Authority
from tests.servers.orthanc import running_orthanc
from tests.servers.smtp import mail_server

# Whole pages that have a test of their own, and one whose commands are those of the suite itself.
PAGES_ELSEWHERE = {"docs/api.md", "docs/pacs.md", "CONTRIBUTING.md"}
# Blocks that stop the gateway or need another server: their drills are tests of their own.
BLOCKS_ELSEWHERE = (
    "pgrep",
    "admin restore",
    "rotate-key",
    "pg_dump",
    "pg_restore",
    "relaypacs worker",
    "/etc/prometheus",
)
RECEIPT = "receipts/receipt-0199aaaa-0000-7000-8000-000000000000.json"
WEBHOOK_KEY = bytes(range(32))


def runnable(name: str) -> list[str]:
    blocks = page(name).blocks
    if name == "docs/deploying.md":  # its commands are given to a cluster, or to containers
        return blocks
    return [block for block in blocks if not any(words in block for words in BLOCKS_ELSEWHERE)]


def of_the_commands(sandbox: Sandbox) -> None:
    make_person(sandbox.gateway, "radiographer", "radiographer")
    sandbox.run(f"relaypacs upload ./image.dcm --server https://gateway.example --username {ADMIN} --receipt receipts")
    (receipt,) = (sandbox.folder / "receipts").iterdir()
    receipt.rename(sandbox.folder / RECEIPT)


def of_radiographers(sandbox: Sandbox) -> None:
    """Send another study than other pages do: the same one once more is a duplicate."""
    make_person(sandbox.gateway, "graf", "radiographer")
    sandbox.stand_ins |= {
        "--username radiographer": "--username graf",
        "./study": "./of-the-guide",
        "./receipts": "./kept",
    }
    write_study(sandbox.folder / "of-the-guide", seed=4)


def of_dicom(sandbox: Sandbox) -> None:
    sandbox.variables |= {"SERVER": sandbox.gateway.address, "RELAYPACS_USERNAME": ADMIN}


def of_accounts(sandbox: Sandbox) -> None:
    sandbox.stand_ins["dr.rosa"] = "dr.ana"  # another page makes the former
    make_person(sandbox.gateway, "dr.ana", "radiologist")
    make_person(sandbox.gateway, "root-admin", "admin")


def of_audit(sandbox: Sandbox) -> None:
    kept = sandbox.run("relaypacs admin audit verify")
    position, seal = re.search(r"events: (\d+)", kept), re.search(r"[0-9a-f]{64}", kept)
    assert position, kept
    assert seal, kept
    sandbox.stand_ins["--expect-position 1234"] = f"--expect-position {position[1]}"
    sandbox.variables["KEPT_SEAL"] = seal[0]


def of_telling(sandbox: Sandbox) -> None:
    with signed_in(sandbox.gateway) as http:  # another page makes one where nothing answers, and doctor would say so
        for place in http.get("/pacs").raise_for_status().json()["items"]:
            if place["kind"] != "folder":
                found = http.get(f"/pacs/{place['id']}")
                http.delete(f"/pacs/{place['id']}", headers={"If-Match": found.headers["ETag"]}).raise_for_status()
    sandbox.variables |= {
        "WEBHOOK_ID": "msg_1",
        "WEBHOOK_TIMESTAMP": "1700000000",
        "BODY": "{}",
        "KEY_IN_HEX": WEBHOOK_KEY.hex(),
    }


def of_operations(sandbox: Sandbox) -> None:
    """Give what docs/api.md has found out by then."""
    sandbox.stand_ins["https://pacs.example/dicom-web"] = "https://127.0.0.1/dicom-web"
    with signed_in(sandbox.gateway) as http:
        (destination,) = http.get("/pacs").raise_for_status().json()["items"]
        access = http.headers["Authorization"].removeprefix("Bearer ")
    sandbox.variables |= {"API": f"{sandbox.gateway.address}/api/v1", "ACCESS": access, "ID": destination["id"]}


def say_that_they_were_called(sandbox: Sandbox, *names: str) -> None:
    for name in names:
        command = sandbox.folder / "bin" / name
        command.write_text(f'#!/bin/sh\necho "{name} $*" >> {sandbox.folder}/called\n')
        command.chmod(0o755)


def of_deploying(sandbox: Sandbox) -> None:
    """Have neither Docker nor a cluster, and files that may be written beside."""
    say_that_they_were_called(sandbox, "docker", "kubectl")
    shutil.copytree(ROOT / "deploy", sandbox.folder / "deploy", ignore=shutil.ignore_patterns("secrets", ".env"))


def of_installing(sandbox: Sandbox) -> None:
    """Have the commands of an operating system say that they were called, and its folders be the sandbox's."""
    say_that_they_were_called(sandbox, "useradd", "systemctl", "journalctl", "docker")
    (sandbox.folder / "deploy").mkdir(exist_ok=True)
    shutil.copytree(ROOT / "deploy/systemd", sandbox.folder / "deploy/systemd", dirs_exist_ok=True)
    sandbox.stand_ins |= {"/opt/relaypacs": str(sandbox.folder), "/etc/": f"{sandbox.folder}/etc/"}


BEFORE: dict[str, Callable[[Sandbox], None]] = {
    "docs/accounts.md": of_accounts,
    "docs/audit.md": of_audit,
    "docs/cli.md": of_the_commands,
    "docs/configuration.md": lambda _: None,
    "docs/deploying.md": of_deploying,
    "docs/dicom.md": of_dicom,
    "docs/guide/radiographer.md": of_radiographers,
    "docs/hardening.md": lambda _: None,
    "docs/install.md": of_installing,
    "docs/operations.md": of_operations,
    "docs/proxies.md": lambda _: None,
    "docs/telling.md": of_telling,
}
FIRST_PAGE = "README.md"


def test_every_page_with_commands_is_run():
    with_blocks = {str(document) for document in all_pages() if document.blocks}
    assert with_blocks <= {*BEFORE, *PAGES_ELSEWHERE, FIRST_PAGE}
    assert all(runnable(name) for name in BEFORE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """What a page needs is seen by no other page."""
    return replace(shared, stand_ins=dict(shared.stand_ins), variables=dict(shared.variables))


@pytest.mark.parametrize("name", sorted(set(BEFORE) - {"docs/telling.md"}))
def test_the_commands_of_a_page_run(name: str, sandbox: Sandbox):
    BEFORE[name](sandbox)
    for block in runnable(name):
        sandbox.run(as_command(block))
    if name == "docs/install.md":
        called = (sandbox.folder / "called").read_text()
        assert "systemctl enable --now relaypacs" in called
        assert (sandbox.folder / "etc/systemd/system/relaypacs.service").is_file()
        assert (sandbox.folder / "etc/relaypacs/relaypacs.env").stat().st_mode & 0o777 == 0o600


async def test_people_are_told_as_the_page_says(sandbox: Sandbox, tmp_path: Path):
    authority = Authority(tmp_path / "authority")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("localhost"))
    of_telling(sandbox)
    sandbox.variables["SSL_CERT_FILE"] = str(authority.file)
    async with mail_server(starttls=context) as mail:
        sandbox.stand_ins["relaypacs:secret@mail.hospital.example:587"] = f"localhost:{mail.port}"
        letter, webhook, signature = runnable("docs/telling.md")
        assert "ok       e-mail: " in await sandbox.run_aside(letter)
        assert "ris.hospital.example" in await sandbox.run_aside(webhook)
        signed = await sandbox.run_aside(signature)
    assert re.fullmatch(r"v1,[\w+/]{43}=\n", signed)


def test_the_first_page_keeps_its_word(tmp_path: Path):
    if reason := orthanc.available():
        pytest.skip(reason)
    with running_orthanc() as archive, running_sandbox(tmp_path) as sandbox:
        sandbox.stand_ins["user:password@127.0.0.1:8042"] = f"relay:relay@127.0.0.1:{archive.http_port}"
        said = [sandbox.run(block) for block in runnable(FIRST_PAGE)]
        assert len(sandbox.gateway.archived) == 5
    assert "VERIFIED" in said[1]
    assert said[3].count("The receipt is whole") == 2
    assert "ok       PACS: " in said[4]


def as_command(block: str) -> str:
    """Return a block of settings alone as what tries them."""
    if re.fullmatch(r"(?:RELAYPACS_\w+=\S+\n)+", block):
        return f"set -a\n{block}relaypacs check-config"
    return block
