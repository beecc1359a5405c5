"""docs/client.md: its examples run against a real gateway, and what it names is all that scripts may rely on."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import relaypacs.cli
from relaypacs import client
from tests.builders.dicom import make_study
from tests.docs.pages import ROOT, page
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway

CLIENT = page("docs/client.md")
# It looks at the connection itself, below everything that a script needs.
DIAGNOSIS = "doctor"
METHODS = {name for name, _ in inspect.getmembers(client.RelayClient, inspect.isfunction) if not name.startswith("_")}


def test_the_examples_run(tmp_path: Path):
    folder = tmp_path / "study"
    folder.mkdir()
    slices = make_study(8, rows=64, columns=64)
    for name, content in slices:
        (folder / name).write_bytes(content)
    (folder / "README.TXT").write_text("no image")
    with running_gateway(tmp_path / "data") as gateway:
        given = {
            "RELAYPACS_SERVER": gateway.address,
            "RELAYPACS_USERNAME": USERNAME,
            "RELAYPACS_PASSWORD": PASSWORD,
            "STUDY": str(folder),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "PYTHONPATH": str(ROOT),
        }
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", "\n".join(CLIENT.fenced("python"))],
            cwd=tmp_path,
            env=os.environ | given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert {path.read_bytes() for path in gateway.archived} == {content for _, content in slices}
    said = ran.stdout
    assert "not sent: " in said
    assert "README.TXT" in said
    assert re.search(r"^verified [0-9a-f-]{36}", said, re.MULTILINE)
    assert "is verified" in said
    assert "8 instances are in the PACS" in said
    assert said.count("accepted verified") == 8
    assert "admin with 2 unread notifications" in said
    assert "sign-in: " in said
    assert "404 upload-not-found" in said


def test_every_public_name_is_on_the_page_and_has_its_words():
    table = CLIENT.text.partition("\n## Names\n")[2]
    assert set(re.findall(r"`(\w+)`", table)) >= set(client.__all__) - errors()
    assert set(re.findall(r"^\| `(\w+)` \|", CLIENT.text, re.MULTILINE)) >= errors() - {"ClientError", "ReceiptInvalid"}
    for name in client.__all__:
        if name == "ServiceLevel":
            continue  # a Literal has none
        words = getattr(client, name).__doc__
        assert words, name
        assert not words.startswith(f"{name}("), f"{name} has only what dataclasses write"


def test_every_method_of_the_client_is_shown_and_has_its_words():
    shown = set(re.findall(r"(?:client\.|`)(\w+)\(", "".join([CLIENT.prose, *CLIENT.fenced("python")])))
    assert METHODS - {"close"} <= shown
    for name in METHODS:
        assert inspect.getdoc(getattr(client.RelayClient, name)), name


def test_every_outcome_is_explained():
    explained = re.findall(r"^\| `(\w+)` \| ", CLIENT.text.partition("\n## Follow it")[0], re.MULTILINE)
    assert set(explained) == set(client.Outcome)


def test_the_commands_use_the_public_names_alone():
    for path in sorted(Path(str(relaypacs.cli.__path__[0])).glob("*.py")):
        if path.name.startswith(DIAGNOSIS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("relaypacs.client"):
                assert node.module == "relaypacs.client", path.name
                assert {name.name for name in node.names} <= set(client.__all__), path.name


def errors() -> set[str]:
    named = {name: getattr(client, name) for name in client.__all__}
    return {name for name, found in named.items() if isinstance(found, type) and issubclass(found, Exception)}
