"""The bills of materials say all that is shipped, in exactly the locked versions, and nothing of where it came from."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.docs.pages import ROOT

Bill = Mapping[str, Any]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("sbom")
    subprocess.run([sys.executable, ROOT / "deploy/sbom.py", folder], check=True, capture_output=True)
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def server(texts: dict[str, str]) -> Bill:
    return json.loads(texts["relaypacs-server.cdx.json"])


@pytest.fixture(scope="module")
def web(texts: dict[str, str]) -> Bill:
    return json.loads(texts["relaypacs-web.cdx.json"])


def versions(bill: Bill) -> dict[str, str]:
    return {component["purl"]: component["version"] for component in bill["components"]}


def test_both_are_valid_and_name_no_registry_and_no_machine(texts: dict[str, str]) -> None:
    assert set(texts) == {"relaypacs-server.cdx.json", "relaypacs-web.cdx.json"}
    for text in texts.values():
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
        references = [each for part in json.loads(text)["components"] for each in part.get("externalReferences", ())]
        assert all(each["url"].startswith("pkg:") for each in references)
        assert str(ROOT) not in text
        assert sys.prefix not in text


def test_the_servers_is_the_lock_file(server: Bill) -> None:
    locked = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert versions(server) == {f"pkg:pypi/{name.lower()}@{version}": version for name, version in locked}
    digests = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", (ROOT / "requirements.lock").read_text()))
    named = {
        digest["content"]
        for component in server["components"]
        for reference in component["externalReferences"]
        for digest in reference["hashes"]
    }
    assert named == digests


def test_what_is_installed_has_its_licence_and_its_dependencies(server: Bill) -> None:
    without = [component["name"] for component in server["components"] if not component.get("licenses")]
    assert len(without) < len(server["components"]) / 10, without
    leads_to = {link["ref"]: link.get("dependsOn", []) for link in server["dependencies"]}
    by_name = {component["name"]: component["purl"] for component in server["components"]}
    assert by_name["starlette"] in leads_to[by_name["fastapi"]]
    assert by_name["fastapi"] in leads_to["relaypacs"]
    assert by_name["starlette"] not in leads_to["relaypacs"]


def test_the_web_apps_is_what_browsers_get(web: Bill) -> None:
    leads_to = {link["ref"]: set(link["dependsOn"]) for link in web["dependencies"]}
    assert {component["purl"] for component in web["components"]} == reachable("relaypacs-web", leads_to)
    names = {component["name"] for component in web["components"]}
    assert {"react", "react-dom", "scheduler", "workbox-core", "inter"} <= names
    assert names & {"vite", "vitest", "eslint", "lighthouse", "msw"} == set()
    direct = json.loads((ROOT / "web/package.json").read_text())["dependencies"]
    assert leads_to["relaypacs-web"] == {
        f"pkg:npm/{name.replace('@', '%40')}@{version}" for name, version in direct.items()
    }


def reachable(start: str, leads_to: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = {start}
    while waiting:
        waiting = set().union(*(leads_to[ref] for ref in waiting)) - found
        found |= waiting
    return found


def test_all_that_the_web_app_imports_is_shipped() -> None:
    """A package that only tools need may be left out of the bill; one that ends up in the bundle may not."""
    listed = json.loads((ROOT / "web/package.json").read_text())
    imported = set()
    for path in (ROOT / "web/src").rglob("*"):
        if path.suffix in {".ts", ".tsx", ".css"} and ".test." not in path.name and "test" not in path.parts:
            words = re.findall(r"(?:from |import\(?\s?|@import |url\()['\"]([^'\"./][^'\"]*)['\"]", path.read_text())
            imported |= {"/".join(word.split("/")[: 1 + word.startswith("@")]) for word in words}
    assert imported & listed["devDependencies"].keys() == set()
    assert len(imported & listed["dependencies"].keys()) > 10
