"""Checks what is under `deploy/` by the tools of those who read it: `.venv/bin/python deploy/check.py`.

Compose itself reads the Compose files and kustomize builds every overlay, without a daemon and without a cluster. What
comes out is held against the schemas of the oldest and the newest Kubernetes that we support.
"""
# ruff: noqa: INP001, S603, T201 - a command of this project, which runs other programs and says what it found

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

DEPLOY = Path(__file__).parent
COMPOSE = sorted((DEPLOY / "compose").glob("*.yaml"))
KUBERNETES = DEPLOY / "kubernetes"
VERSIONS = ("1.31", "1.37")
# Of operators, whose schemas do not come with Kubernetes.
CUSTOM = frozenset({"BackendConfig", "PodMonitor", "PrometheusRule"})
DEMANDED = re.compile(r"\$\{(\w+):\?")

Json = dict[str, Any]


class NotAsItShouldBe(Exception):
    """What a tool said, or which tool is missing."""


def main() -> None:
    failed = False
    for name, check in CHECKS.items():
        try:
            check()
        except NotAsItShouldBe as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
    if failed:
        sys.exit(1)


def run(program: str, *words: str | Path, **variables: str) -> str:
    """Run a tool from beside Python, or else from the path; return what it prints."""
    beside = Path(sys.executable).with_name(program)
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        raise NotAsItShouldBe(f"{program} is not installed")
    environment = os.environ | variables
    ran = subprocess.run([found, *words], env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NotAsItShouldBe(f"{program} {' '.join(map(str, words))}\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def demanded(file: Path) -> list[str]:
    """Return the variables that a Compose file does without no value for."""
    return sorted(set(DEMANDED.findall(file.read_text())))


def composed(file: Path, **variables: str) -> Json:
    """Return what Compose makes of a file, every profile of it. Variables that it demands are given something."""
    given = dict.fromkeys(demanded(file), "example") | variables
    words = ("--file", file, "--profile", "*", "config", "--no-path-resolution")
    model: Json = yaml.safe_load(run("docker-compose", *words, **given))
    return model


def overlays() -> list[Path]:
    return sorted(path.parent for path in KUBERNETES.glob("overlays/*/kustomization.yaml"))


def built(folder: Path) -> list[Json]:
    """Return the objects that an overlay amounts to."""
    return list(yaml.safe_load_all(run("kubectl", "kustomize", folder)))


def against_the_schemas(objects: Sequence[Json]) -> Iterator[str]:
    """Yield what is wrong with the objects, by every version of Kubernetes that we support."""
    for one in objects:
        name = f"{one['kind']} {one['metadata']['name']}"
        for version in VERSIONS if one["kind"] not in CUSTOM else ():
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{name}, Kubernetes {version}: {error.message}"
            except kubernetes_validate.SchemaNotFoundError:
                yield f"{name}: Kubernetes {version} knows no {one['apiVersion']} {one['kind']}"


def yaml_files() -> None:
    run("yamllint", "--strict", "--config-file", DEPLOY / ".yamllint.yaml", DEPLOY)


def dockerfiles() -> None:
    run("hadolint", *sorted(DEPLOY.glob("**/Dockerfile")))


def scripts() -> None:
    if found := sorted(DEPLOY.glob("**/*.sh")):
        run("shellcheck", *found)


def compose_files() -> None:
    for file in COMPOSE:
        composed(file)


def kubernetes_objects() -> None:
    wrong = [f"{folder.name}: {fault}" for folder in overlays() for fault in against_the_schemas(built(folder))]
    if wrong:
        raise NotAsItShouldBe("\n".join(wrong))


CHECKS = {
    "YAML": yaml_files,
    "Dockerfiles": dockerfiles,
    "scripts": scripts,
    "Compose": compose_files,
    "Kubernetes": kubernetes_objects,
}

if __name__ == "__main__":
    main()
