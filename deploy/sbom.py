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
from base64 import b64decode
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
    """Return what the web app's `dependencies` lead to: all that a browser gets. Tools that build it are left out.

    Read from the lock file itself: `npm sbom --omit dev` leaves out what tools need as well, React for instance.
    """
    packages: dict[str, Json] = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    product = packages.pop("")
    shipped = {path: entry for path, entry in packages.items() if not (entry.get("dev") or entry.get("devOptional"))}
    components = {path: _package(path, entry) for path, entry in shipped.items()}

    def led_to(path: str, entry: Json) -> list[str]:
        wanted = {**entry.get("dependencies", {}), **entry.get("peerDependencies", {})}
        found = (_resolved(path, name, shipped) for name in wanted)
        return [str(components[other]["bom-ref"]) for other in found if other is not None]

    dependencies = {str(components[path]["bom-ref"]): led_to(path, entry) for path, entry in shipped.items()}
    bill = _product("relaypacs-web", product["version"])
    return _document(bill, list(components.values()), dependencies, led_to("", product))


def _package(path: str, entry: Json) -> Json:
    group, _, name = path.rpartition("node_modules/")[2].rpartition("/")
    purl = f"pkg:npm/{group.replace('@', '%40') + '/' if group else ''}{name}@{entry['version']}"
    digest = b64decode(entry["integrity"].removeprefix("sha512-")).hex()
    component = {"type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl}
    license_ = entry["license"]
    said = {"expression": license_} if " " in license_ else {"license": {"id": license_}}
    hashes = [{"alg": "SHA-512", "content": digest}]
    return {**component, **({"group": group} if group else {}), "licenses": [said], "hashes": hashes}


def _resolved(path: str, name: str, packages: Mapping[str, Json]) -> str | None:
    """Return which package of this name is found from a folder, as Node.js looks for it: inside, then further up."""
    while True:
        found = f"{path}/node_modules/{name}" if path else f"node_modules/{name}"
        if found in packages:
            return found
        if not path:
            return None
        path = path.rpartition("node_modules/")[0].rstrip("/")


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
