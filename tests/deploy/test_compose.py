"""`deploy/compose/production.yaml`: what it confines, what it hands over, and that the others' programs take it.

What `relaypacs` itself is called with is tried in `test_commands.py`. Neither MinIO nor Grafana nor the exporters can
be had here: of those the files are read.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.check import NotAsItShouldBe, composed, demanded
from relaypacs import __version__
from relaypacs.core.settings import Settings
from tests.deploy.programs import program, running, succeeds
from tests.docs.pages import ROOT, page
from tests.servers import orthanc, promtool, require
from tests.servers.ports import NO_CERTIFICATES, free_port

COMPOSE = ROOT / "deploy/compose"
PRODUCTION = COMPOSE / "production.yaml"
MINIO = ROOT / "deploy/kubernetes/components/minio"
EXAMPLE = COMPOSE / ".env.example"
ONCE = {"migrate", "bucket"}
OURS = f"relaypacs:{__version__}"
SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> Json:
    return composed(PRODUCTION)


@pytest.fixture(scope="module")
def services(model: Json) -> dict[str, Json]:
    return model["services"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    subprocess.run([COMPOSE / "secrets.sh", folder], check=True, capture_output=True)
    return folder


def names(service: Json) -> set[str]:
    return {secret["source"] for secret in service.get("secrets", [])}


def test_every_service_is_confined(services: dict[str, Json]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory", "pids"} == set(service["deploy"]["resources"]["limits"]), name
        assert "privileged" not in service, name
    assert {name for name, service in services.items() if "cap_add" in service} == {"caddy"}
    assert services["caddy"]["cap_add"] == ["NET_BIND_SERVICE"]


def test_every_service_says_how_it_is_and_comes_back(services: dict[str, Json]) -> None:
    for name, service in services.items():
        assert ("healthcheck" in service) is (name not in ONCE), name
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name


def test_every_image_has_a_version(services: dict[str, Json]) -> None:
    for name, service in services.items():
        tag = service["image"].rpartition(":")[2]
        assert re.search(r"\d", tag), name
        assert tag != "latest", name
    assert {name for name, service in services.items() if service["image"] == OURS} == {"migrate", "gateway", "worker"}
    assert services["postgres"]["image"] == "postgres:16-alpine"


def test_nothing_starts_before_what_it_needs(services: dict[str, Json]) -> None:
    for name in ("gateway", "worker"):
        waits = {other: how["condition"] for other, how in services[name]["depends_on"].items()}
        assert waits == {
            "migrate": "service_completed_successfully",
            "bucket": "service_completed_successfully",
            "redis": "service_healthy",
        }
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_only_caddy_is_reached_from_outside(services: dict[str, Json], model: Json) -> None:
    published = {
        name: {port.get("host_ip", "everywhere") for port in service["ports"]}
        for name, service in services.items()
        if "ports" in service
    }
    assert published == {"caddy": {"everywhere"}, "grafana": {"127.0.0.1"}}
    inside = {name for name, network in model["networks"].items() if network.get("internal")}
    assert inside == {"data", "pacs", "watch"}
    outside = {name for name, service in services.items() if set(service["networks"]) - inside}
    assert outside == {"caddy", "gateway", "worker", "grafana"}


def test_caddy_alone_is_believed(services: dict[str, Json], model: Json) -> None:
    address = services["caddy"]["networks"]["front"]["ipv4_address"]
    assert services["gateway"]["environment"]["RELAYPACS_TRUSTED_PROXIES"] == address
    (given_out,) = model["networks"]["front"]["ipam"]["config"]
    assert given_out == {"subnet": "172.30.80.0/24", "ip_range": "172.30.80.128/25"}
    assert address == "172.30.80.2"


def test_no_variable_holds_a_secret(services: dict[str, Json]) -> None:
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET.search(variable):
                assert variable.endswith("_FILE") or variable == "RELAYPACS_SECRETS_DIR", (name, variable)
                assert str(value).startswith("/run/secrets"), (name, variable)
            assert "@" not in str(value), (name, variable)


def test_every_secret_is_made_is_handed_over_and_is_used(services: dict[str, Json], model: Json, secrets: Path) -> None:
    made = {path.name for path in secrets.iterdir()}
    assert made == set(model["secrets"])
    assert made == {secret for service in services.values() for secret in names(service)}
    known = {f"RELAYPACS_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in made if name.startswith("RELAYPACS_")} <= known
    for name, service in services.items():
        if service["image"] == OURS:
            continue  # reads whatever lies in the folder that it is told
        told = json.dumps([service.get(part) for part in ("environment", "command", "entrypoint")])
        for mounted in service.get("volumes", []):
            if (path := COMPOSE / str(mounted.get("source"))).is_file():
                told += path.read_text()
        for secret in service.get("secrets", []):
            target = Path(secret["target"])
            in_a_folder = str(target.parent) in service.get("command", [""])[-1]
            assert str(target) in told or f"secret {target.name})" in told or in_a_folder, (name, secret)


def test_secrets_are_their_owners_alone_and_are_made_once(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o700
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o444}  # users in containers are others
    subprocess.run([COMPOSE / "secrets.sh", secrets], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == before
    assert before["postgres_password"] in before["RELAYPACS_DATABASE_URL"]
    assert before["minio_gateway_password"] in before["RELAYPACS_STORAGE_URL"]


def test_the_example_names_every_variable_and_gives_none_that_is_demanded(model: Json) -> None:
    lines = [line.split("=", 1) for line in EXAMPLE.read_text().splitlines() if line and line[0] != "#"]
    given: dict[str, str] = dict(lines)
    used = set(re.findall(r"\$\{(\w+)", PRODUCTION.read_text()))
    assert set(given) == used | {"COMPOSE_PROFILES"}
    assert [name for name, value in given.items() if not value] == [
        "GATEWAY_HOST",
        "ACME_EMAIL",
        "RELAYPACS_ADMIN_USERNAME",
    ]
    assert {name for name, value in given.items() if not value} == set(demanded(PRODUCTION))
    profiles = {profile for service in model["services"].values() for profile in service.get("profiles", [])}
    assert set(given["COMPOSE_PROFILES"].split(",")) == profiles
    for name in demanded(PRODUCTION):
        with pytest.raises(NotAsItShouldBe, match=name):
            composed(PRODUCTION, **{name: ""})


def test_the_database_has_connections_for_all(services: dict[str, Json]) -> None:
    pool = int(services["gateway"]["environment"]["RELAYPACS_DATABASE_POOL"])
    processes = sum(services[name]["deploy"]["replicas"] for name in ("gateway", "worker"))
    (allowed,) = re.findall(r"max_connections=(\d+)", " ".join(services["postgres"]["command"]))
    assert processes * pool * 4 <= int(allowed), "room for four times as many"


def table(heading: str) -> list[list[str]]:
    """Return the rows of a table of the page, without the marks of code."""
    rows = page("docs/deploying.md").text.partition(f"# {heading}\n")[2].partition("\n#")[0]
    found = re.findall(r"^\| (.+) \|$", rows, re.MULTILINE)
    return [row.replace("`", "").split(" | ") for row in found[1:]]


def test_the_page_says_who_reaches_whom(services: dict[str, Json], model: Json) -> None:
    reality = [
        [
            name,
            ", ".join(sorted(one for one, service in services.items() if name in service["networks"])),
            "no" if network.get("internal") else "yes",
        ]
        for name, network in model["networks"].items()
    ]
    assert sorted(table("Who reaches whom")) == sorted(reality)


def test_the_page_says_which_images(services: dict[str, Json]) -> None:
    used = {tuple(service["image"].rsplit(":", 1)) for service in services.values()}
    assert {tuple(row) for row in table("Images")} == used


def test_what_is_mounted_exists(services: dict[str, Json]) -> None:
    for name, service in services.items():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind":
                assert volume["read_only"], name
                assert (COMPOSE / volume["source"]).exists(), volume["source"]


def test_redis_runs_as_it_is_told(services: dict[str, Json], secrets: Path, tmp_path: Path) -> None:
    server, client = program("redis-server"), program("redis-cli")
    port = str(free_port())
    command = [word.replace("/run/secrets", str(secrets)) for word in services["redis"]["command"]]
    assert command[0] == "redis-server"
    check = services["redis"]["healthcheck"]["test"]
    assert check[0] == "CMD-SHELL"
    healthy = ["sh", "-c", check[1].replace("redis-cli", f"{client} -p {port}")]
    (password,) = json.loads((secrets / "redis_passwords.json").read_text()).values()
    assert password in (secrets / "RELAYPACS_REDIS_URL").read_text()
    assert not succeeds(*healthy)
    with running([server, *command[1:], "--port", port, "--bind", "127.0.0.1"], lambda: succeeds(*healthy), tmp_path):
        asked = [client, "-p", port, "--no-auth-warning", "-a", password, "CONFIG", "GET", "maxmemory-policy"]
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        refused = subprocess.run(
            [client, "-p", port, "SET", "a", "b"], check=True, capture_output=True, text=True
        ).stdout
    assert said.split() == ["maxmemory-policy", "noeviction"]
    assert refused.startswith("NOAUTH")
    assert [path.name for path in tmp_path.iterdir()] == ["redis-server.log"], "nothing is written down"


@pytest.fixture
def archive(services: dict[str, Json], secrets: Path, tmp_path: Path) -> Iterator[tuple[httpx.Client, list[str]]]:
    """Orthanc with the files of the service: a client of it, and the check of its health."""
    require(orthanc)
    (mounted,) = [secret["target"] for secret in services["orthanc"]["secrets"]]
    shutil.copy(secrets / "orthanc_users.json", tmp_path / Path(mounted).name)
    given = json.loads((COMPOSE / "orthanc/orthanc.json").read_text())
    port = free_port()
    here = {"HttpPort": port, "DicomPort": free_port(), "Plugins": [str(orthanc.PLUGIN)]}
    here |= dict.fromkeys(("StorageDirectory", "IndexDirectory"), str(tmp_path / "db"))
    (tmp_path / "orthanc.json").write_text(json.dumps(given | here))
    check = [word.replace("/8042", f"/{port}") for word in services["orthanc"]["healthcheck"]["test"][1:]]
    with running([program("Orthanc"), tmp_path], lambda: succeeds(*check), tmp_path):
        yield httpx.Client(base_url=f"http://127.0.0.1:{port}", verify=NO_CERTIFICATES), check


def test_orthanc_takes_its_configuration_and_lets_the_gateway_in(
    archive: tuple[httpx.Client, list[str]], secrets: Path
) -> None:
    client, _ = archive
    address = re.fullmatch(r"dicomweb\+http://(\w+):(\w+)@orthanc:8042(/.+)", (secrets / "RELAYPACS_PACS").read_text())
    assert address
    assert client.get(f"{address[3]}/studies").status_code == httpx.codes.UNAUTHORIZED
    assert client.get(f"{address[3]}/studies", auth=(address[1], address[2])).json() == []


def test_prometheus_takes_its_configuration() -> None:
    require(promtool)
    promtool.run("check", "config", "--syntax-only", COMPOSE / "prometheus/prometheus.yml")


def test_prometheus_asks_every_process_of_ours_by_its_port(services: dict[str, Json]) -> None:
    jobs = yaml.safe_load((COMPOSE / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    places = {
        name: str(found["port"]) for job in jobs for found in job.get("dns_sd_configs", []) for name in found["names"]
    }
    assert places == {name: services[name]["expose"][0] for name in ("gateway", "worker")}
    for name, port in places.items():
        assert port in services[name]["command"]
        assert "watch" in services[name]["networks"]
    others = [target for job in jobs for found in job.get("static_configs", []) for target in found["targets"]]
    for target in others:
        name, port = target.split(":")
        assert f":{port}/" in services[name]["healthcheck"]["test"][-1]


def test_grafana_has_the_source_that_the_dashboards_were_made_with(services: dict[str, Json]) -> None:
    ours, shipped = (
        yaml.safe_load(path.read_text())["datasources"][0]
        for path in (
            COMPOSE / "grafana/datasource.yml",
            ROOT / "deploy/monitoring/grafana/provisioning/datasources/prometheus.yml",
        )
    )
    assert ours.pop("url") == "http://prometheus:9090"
    assert shipped.pop("url") == "http://127.0.0.1:9090"
    assert ours == shipped
    provider = yaml.safe_load((ROOT / "deploy/monitoring/grafana/provisioning/dashboards/relaypacs.yml").read_text())
    targets = {volume["target"] for volume in services["grafana"]["volumes"]}
    assert provider["providers"][0]["options"]["path"] in targets


def test_the_gateways_account_at_the_store_may_use_its_bucket_and_nothing_else(secrets: Path) -> None:
    statements = json.loads((MINIO / "policy.json").read_text())["Statement"]
    (bucket,) = re.findall(r"@(\w+)\?", (secrets / "RELAYPACS_STORAGE_URL").read_text())
    resources = {resource for statement in statements for resource in statement["Resource"]}
    assert resources == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    assert f"store/{bucket}\n" in (MINIO / "bucket.sh").read_text()
