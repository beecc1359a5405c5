"""The commands of `production.yaml` and of the cluster's pods together: a study goes through all of them.

Each is run as its container would be, with the secrets that `secrets.sh` makes, on a real PostgreSQL, Redis and S3.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.check import built, composed, overlays
from tests.builders.dicom import make_study
from tests.deploy.image import Container, Image, Served, container
from tests.deploy.programs import program, running, succeeds
from tests.deploy.test_compose import COMPOSE, OURS, PRODUCTION
from tests.deploy.test_kubernetes import containers, is_ours, pods
from tests.docs.pages import ROOT
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres
from tests.servers.s3 import S3

SERVES = ("gateway", "worker")

Json = dict[str, Any]


def of_compose() -> dict[str, Json]:
    """Return the services of ours by their names."""
    found = {name: one for name, one in composed(PRODUCTION)["services"].items() if one["image"] == OURS}
    assert set(found) == {"migrate", *SERVES}
    return found


def of_clusters() -> list[tuple[str, Json]]:
    """Return every container of ours, with the name of its pod."""
    return [
        (name, one)
        for folder in overlays()
        for name, pod in pods(built(folder)).items()
        if is_ours(pod)
        for one in containers(pod)
    ]


@dataclass
class Region:
    """Everything that the containers need, and a place for them."""

    place: Container
    services: dict[str, Json]

    def migrate(self, *arguments: str) -> int:
        return self.place.run(self.place.image.command(arguments)).returncode


@pytest.fixture(scope="module")
def region(postgres: Postgres, s3_process: S3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """A region before its first start. All of it shares the two volumes, as with Compose."""
    made = tmp_path_factory.mktemp("made") / "secrets"
    subprocess.run([COMPOSE / "secrets.sh", made], check=True, capture_output=True)
    model = composed(PRODUCTION)
    services = of_compose()
    environment = {name: str(value) for name, value in services["gateway"]["environment"].items()}
    assert all(service["environment"] == services["gateway"]["environment"] for service in services.values())
    port = str(free_port())
    server = [word.replace("/run/secrets", str(made)) for word in model["services"]["redis"]["command"]]
    server = [program(server[0]), *server[1:], "--port", port, "--bind", "127.0.0.1"]
    asked = [program("redis-cli"), "-p", port, "ping"]
    url = postgres.create_database()
    with ExitStack() as stack:
        place = stack.enter_context(container(**environment))
        place.settings["RELAYPACS_SECRETS_DIR"] = str(place.folder / "secrets")
        shutil.copytree(made, place.folder / "secrets")
        (place.folder / "secrets").chmod(0o755)
        here = {
            "RELAYPACS_DATABASE_URL": url,
            "RELAYPACS_STORAGE_URL": s3_process.part().url(),
            "RELAYPACS_REDIS_URL": (made / "RELAYPACS_REDIS_URL")
            .read_text()
            .replace("redis:6379", f"127.0.0.1:{port}"),
            "RELAYPACS_PACS": f"folder://{place.folder}/data/archive",
        }
        for name, value in here.items():
            (place.folder / "secrets" / name).chmod(0o644)
            (place.folder / "secrets" / name).write_text(value)
        stack.enter_context(running(server, lambda: succeeds(*asked), tmp_path_factory.mktemp("redis")))
        yield Region(place, services)
    postgres.drop_database(url)


def test_what_the_script_makes_are_good_settings(region: Region, tmp_path: Path) -> None:
    """As they are: nothing that the tests of this file put in their places."""
    made = tmp_path / "secrets"
    subprocess.run([COMPOSE / "secrets.sh", made], check=True, capture_output=True)
    environment = {
        **region.place.settings,
        "PYTHONPATH": str(ROOT),
        "RELAYPACS_SECRETS_DIR": str(made),
        "RELAYPACS_DATA_DIR": str(tmp_path),
    }
    command = [Path(sys.executable).with_name("relaypacs"), "check-config"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for secret in {path for path in made.iterdir() if not path.name.endswith("_user")}:
        assert secret.read_text().strip() not in ran.stdout + ran.stderr, secret.name


def test_a_study_goes_through_all_of_them(region: Region, tmp_path: Path) -> None:
    clusters = of_clusters()
    assert {tuple(one["args"]) for name, one in clusters if name == "migrate"} == {("migrate",)}
    assert {tuple(one["args"]) for _, one in clusters if one["name"] == "wait-for-migration"} == {
        ("migrate", "--check")
    }
    assert region.migrate("migrate", "--check") == 1
    assert region.migrate(*region.services["migrate"]["command"]) == 0
    assert region.migrate("migrate", "--check") == 0
    ways = {
        name: [region.services[name]["command"], *(one["args"] for _, one in clusters if one["name"] == name)]
        for name in SERVES
    }
    with ExitStack() as stack:
        served = {
            name: [stack.enter_context(region.place.serving(arguments)) for arguments in unlike(ways[name])]
            for name in SERVES
        }
        for name in SERVES:
            for one in served[name]:
                assert one.is_healthy_by(region.services[name]["healthcheck"]["test"][1:])
                assert one.answers_the_probes_of(container for _, container in clusters if container["name"] == name)
        assert len(served["gateway"]) > len(served["worker"]) == 1
        for one in served["gateway"]:
            send(one, region, tmp_path)
    left = {path.relative_to(region.place.folder) for path in region.place.folder.glob("*/*")}
    assert {path.name for path in left if path.parts[0] in ("data", "tmp")} <= {"archive", "serving.lock", "spool"}
    assert not list((region.place.folder / "data/spool").glob("*"))


def unlike(commands: list[list[str]]) -> list[list[str]]:
    """Return one of those that differ in figures alone."""
    return list({tuple(word for word in command if not word.isdigit()): command for command in commands}.values())


def send(gateway: Served, region: Region, folder: Path) -> None:
    """Have a study proven to be where it was meant to go."""
    study = folder / gateway.port
    study.mkdir()
    for name, content in make_study(3, rows=64, columns=64, seed=int(gateway.port)):
        (study / name).write_bytes(content)
    command = [Path(sys.executable).with_name("relaypacs"), "upload", study, "--server", gateway.address, "--quiet"]
    username = region.place.settings["RELAYPACS_ADMIN_USERNAME"]
    password = (region.place.folder / "secrets/RELAYPACS_ADMIN_PASSWORD").read_text()
    environment = {
        "RELAYPACS_USERNAME": username,
        "RELAYPACS_PASSWORD": password,
        "XDG_STATE_HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_image_is_what_all_of_them_begin_with(region: Region) -> None:
    for _, one in of_clusters():
        assert "command" not in one
        assert one["args"][0] in ("serve", "worker", "migrate")
    for service in region.services.values():
        assert "entrypoint" not in service or service["entrypoint"] is None
    assert Image().command()[0] == "relaypacs"
