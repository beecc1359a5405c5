"""Makes the bills of materials, in CycloneDX JSON (ECMA-424): `.venv/bin/python deploy/sbom.py [FOLDER]`.

Two files: what the server is made of, from `requirements.lock`, and what the web app is made of, from
`web/package-lock.json`. Licences and the way dependencies lead are taken from what is installed, for exactly the
versions of the lock file. No address of a package registry is in them: mirrors differ, package URLs do not.
"""
# ruff: noqa: INP001, S603, T201 - a command of this project, which runs other programs and says what it made

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[1]
TOOL = Path(sys.executable).with_name("cyclonedx-py")
VERSION = SchemaVersion.V1_6
KEPT = ("type", "group", "name", "version", "description", "purl", "licenses", "hashes", "scope", "properties")

Json = dict[str, Any]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in (("server", server_bill()), ("web", web_bill())):
        text = json.dumps(document, indent=2, sort_keys=True) + "\n"
        if (fault := JsonStrictValidator(VERSION).validate_str(text)) is not None:
            sys.exit(f"The bill of materials of {name} is not valid: {fault}")
        path = folder / f"relaypacs-{name}.cdx.json"
        path.write_text(text)
        print(f"{path}: {len(document['components'])} components")


def server_bill() -> Json:
    """Return what `requirements.lock` pins, all of which is installed in the container."""
    locked = _python("requirements", ROOT / "requirements.lock")
    installed = _python("environment", sys.executable)
    known = {_plain(component["name"]): component for component in installed["components"]}
    links = {link["ref"]: link.get("dependsOn", ()) for link in installed["dependencies"]}
    components, leads_to = [], {}
    for component in locked["components"]:
        found = known.get(_plain(component["name"]), {})
        if found.get("version") != component["version"]:  # for another platform or Python than this one
            found = {}
        described = {key: found[key] for key in ("description", "licenses") if key in found}
        components.append({**_kept(component), "description": "", **described, **_files(component)})
        leads_to[component["purl"]] = [other.partition("==")[0] for other in links.get(found.get("bom-ref"), ())]
    dependencies = {reference: _named(components, names) for reference, names in leads_to.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = _named(components, [re.split(r"[\[<>=!;~ ]", wanted)[0] for wanted in project["dependencies"]])
    return _document(_product("relaypacs", project["version"]), components, dependencies, direct)


def web_bill() -> Json:
    """Return what the web app's `dependencies` lead to: all that a browser gets. Tools that build it are left out."""
    command = ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    made: Json = json.loads(subprocess.run(command, cwd=ROOT / "web", check=True, capture_output=True).stdout)
    packages = {component["bom-ref"]: component["purl"] for component in made["components"]}
    links = {link["ref"]: [packages[other] for other in link["dependsOn"]] for link in made["dependencies"]}
    product = made["metadata"]["component"]
    direct = links.pop(product["bom-ref"])
    dependencies = {packages[reference]: others for reference, others in links.items()}
    components = [_kept(component) for component in made["components"]]
    return _document(_product("relaypacs-web", product["version"]), components, dependencies, direct)


def _python(source: str, *arguments: object) -> Json:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        output = ["--short-PURLs", "--output-reproducible", "--sv", VERSION.to_version(), "-o", file.name]
        subprocess.run([TOOL, source, *map(str, arguments), *output], check=True, capture_output=True)
        made: Json = json.loads(Path(file.name).read_text())
    return made


def _document(
    product: Json, components: Sequence[Json], dependencies: Mapping[str, Sequence[str]], direct: Sequence[str]
) -> Json:
    links = {product["bom-ref"]: direct, **dependencies}
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{VERSION.to_version()}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": VERSION.to_version(),
        "version": 1,
        "metadata": {"component": product},
        "components": sorted(components, key=lambda component: str(component["purl"])),
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(others))} for ref, others in sorted(links.items())],
    }


def _product(name: str, version: str) -> Json:
    licenses = [{"license": {"id": "Apache-2.0"}}]
    return {"type": "application", "bom-ref": name, "name": name, "version": version, "licenses": licenses}


def _kept(component: Json) -> Json:
    """Return what says what a component is; a package URL is its reference."""
    return {"bom-ref": component["purl"], **{key: component[key] for key in KEPT if component.get(key)}}


def _files(component: Json) -> Json:
    """Return the files that the lock file allows, by their digests: one for each platform and Python."""
    references = component.get("externalReferences", ())
    digests = [digest for reference in references for digest in reference.get("hashes", ())]
    distribution = {"type": "distribution", "url": component["purl"], "hashes": digests}
    return {"externalReferences": [distribution]} if digests else {}


def _named(components: Sequence[Json], names: Sequence[str]) -> list[str]:
    """Return the references of the components with these names: more than one where platforms differ."""
    wanted = set(map(_plain, names))
    return [str(component["bom-ref"]) for component in components if _plain(component["name"]) in wanted]


def _plain(name: str) -> str:
    """Return a project's name in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build")
