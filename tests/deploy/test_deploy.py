"""What is under deploy/ fits the program: addresses, limits, settings, files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from relaypacs.app import MAX_BODY_BYTES
from relaypacs.cli.settings_report import EXIT_CONFIGURATION
from relaypacs.core.security_headers import HSTS
from relaypacs.core.settings import Settings
from tests.docs.pages import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = DEPLOY / "container/Dockerfile"
NGINX = DEPLOY / "proxy/nginx.conf"
CADDIES = [DEPLOY / "proxy/Caddyfile", DEPLOY / "kubernetes/components/caddy/Caddyfile"]
PROXIES = [NGINX, *CADDIES]
EVENTS = "/api/v1/notifications/stream"
LONGEST_WAIT = 300  # the upper bound of RELAYPACS_COMPLETE_WAIT, in seconds
HIDDEN = ("metrics", "docs", "openapi")
TRAEFIK, TRAEFIK_ROUTES = (DEPLOY / f"proxy/traefik/{name}.yaml" for name in ("traefik", "gateway"))
UNIT = DEPLOY / "systemd/relaypacs.service"
DRAIN_SECONDS = 20  # that SIGTERM takes, at most
COMMENT = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)


def without_comments(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose/embedded.yaml").read_text())


@pytest.mark.parametrize("path", [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()], ids=lambda p: p.name)
def test_settings_that_are_named_exist(path: Path):
    known = {f"RELAYPACS_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"RELAYPACS_[A-Z_]+\b", path.read_text())) <= known


@pytest.mark.parametrize("path", PROXIES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_proxy_lets_the_largest_chunk_through(path: Path):
    limit = re.search(r"(?:client_max_body_size|max_size) (\d+)M", without_comments(path), re.IGNORECASE)
    assert limit
    assert int(limit[1]) * 1_000_000 > MAX_BODY_BYTES


@pytest.mark.parametrize("path", PROXIES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_proxy_waits_longer_than_complete(path: Path):
    found = re.search(r"(?:proxy_read_timeout|response_header_timeout) (\d+)s", without_comments(path))
    assert found
    assert int(found[1]) > LONGEST_WAIT
    assert (
        max(
            bound.le
            for field in [Settings.model_fields["complete_wait"]]
            for bound in field.metadata
            if hasattr(bound, "le")
        )
        == LONGEST_WAIT
    )


@pytest.mark.parametrize("path", PROXIES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_proxy_hides_what_is_not_for_everybody(path: Path):
    rule = re.search(r"(?:location ~|@internal path) (.+)", without_comments(path))
    assert rule
    assert all(name in rule[1] for name in HIDDEN)


def test_a_proxy_says_once_that_it_will_stay_https():
    nginx = without_comments(NGINX)
    said = f'Strict-Transport-Security "{HSTS["Strict-Transport-Security"]}"'
    assert f"add_header {said} always;" in nginx
    assert "proxy_hide_header Strict-Transport-Security;" in nginx
    for caddy in map(without_comments, CADDIES):
        assert f"header {said}" in caddy
        assert "header_down -Strict-Transport-Security" in caddy


def test_events_are_not_buffered():
    stream = without_comments(NGINX).partition(f"location = {EVENTS} {{")[2].partition("}")[0]
    assert "proxy_buffering off;" in stream
    assert all("flush_interval -1" in without_comments(path) for path in CADDIES)


def test_braces_of_the_proxies_match():
    for path in PROXIES:
        text = without_comments(path)
        assert text.count("{") == text.count("}") > 0


def test_traefik_does_what_the_other_proxies_do():
    """No Traefik can be had from the distribution: so its files are read."""
    routes = yaml.safe_load(TRAEFIK_ROUTES.read_text())["http"]
    routers, middlewares = routes["routers"], routes["middlewares"]
    assert middlewares["bounded"]["buffering"]["maxRequestBodyBytes"] > MAX_BODY_BYTES
    assert "bounded" in routers["gateway"]["middlewares"]
    for through in ("dicom-web", "events"):  # what bounds a body holds its answer back
        assert "bounded" not in routers[through]["middlewares"]
        assert len(routers[through]["rule"]) > len(routers["gateway"]["rule"])  # longer rules come first
    assert f"Path(`{EVENTS}`)" in routers["events"]["rule"]
    assert all(name in routers["internal"]["rule"] for name in HIDDEN)
    assert "nobody" in routers["internal"]["middlewares"]
    said = middlewares["secure"]["headers"]["customResponseHeaders"]
    assert said == HSTS
    assert all("secure" in router["middlewares"] for router in routers.values())
    (transport,) = routes["serversTransports"].values()
    times = {name: int(value.removesuffix("s")) for name, value in transport["forwardingTimeouts"].items()}
    assert times["responseHeaderTimeout"] > LONGEST_WAIT
    assert times["idleConnTimeout"] < 5
    begins = yaml.safe_load(TRAEFIK.read_text())
    assert set(begins["entryPoints"]["websecure"]["transport"]["respondingTimeouts"].values()) == {"0s"}
    assert Path(begins["providers"]["file"]["filename"]).name == TRAEFIK_ROUTES.name
    resolvers = {router["tls"]["certResolver"] for router in routers.values()}
    assert resolvers == set(begins["certificatesResolvers"])


def test_the_unit_waits_for_the_gateway_to_drain_and_knows_its_exit_codes():
    entries = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if "=" in line and line[0] != "#")
    assert int(entries["TimeoutStopSec"]) > DRAIN_SECONDS
    assert str(EXIT_CONFIGURATION) in entries["RestartPreventExitStatus"].split()
    command = entries["ExecStart"].split()
    assert command[1] == "serve"
    assert command[0].startswith(entries["WorkingDirectory"])
    assert entries["Environment"] == f"RELAYPACS_DATA_DIR=/var/lib/{entries['StateDirectory']}"
    assert (ROOT / Path(entries["Documentation"].removeprefix("file:///opt/relaypacs/"))).exists()


def test_compose_builds_the_image_from_files_that_exist(compose: dict[str, Any]):
    build = compose["services"]["gateway"]["build"]
    context = (DEPLOY / "compose" / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).is_file()


def test_compose_keeps_the_data_and_lets_the_root_be_read_only(compose: dict[str, Any]):
    service = compose["services"]["gateway"]
    volumes = dict(volume.split(":") for volume in service["volumes"])
    assert set(volumes) == set(compose["volumes"])
    assert {"/data", "/tmp"} == set(volumes.values())  # noqa: S108 - a mount point in the container
    assert service["read_only"] is True
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_image_copies_what_exists_and_is_let_through():
    ignored = (DEPLOY / "container/Dockerfile.dockerignore").read_text().splitlines()
    admitted = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(), re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in admitted, source


def test_the_image_runs_without_rights_and_says_how_it_is():
    last = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "/health/ready" in last
    assert "VOLUME /data" in last
