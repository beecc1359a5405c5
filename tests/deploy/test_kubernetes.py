"""`deploy/kubernetes`: that pods are confined, who reaches whom, and that what is named is there.

`make check` holds every overlay against the schemas. What `relaypacs` is called with is tried in `test_commands.py`.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from deploy.check import VERSIONS, against_the_schemas, built, composed, overlays
from deploy.rules import MADE, text
from relaypacs.app import MAX_BODY_BYTES
from tests.deploy.test_compose import OURS, PRODUCTION, table
from tests.deploy.test_deploy import DEPLOY, DRAIN_SECONDS, EVENTS, HIDDEN, LONGEST_WAIT
from tests.docs.pages import ROOT

KUBERNETES = DEPLOY / "kubernetes"
COMPONENT = "app.kubernetes.io/component"
NAME = "app.kubernetes.io/name"
METADATA = "169.254.0.0/16"
# How long each load balancer keeps a connection: Google's is fixed, the others are told so in their overlays.
KEPT = {"eks": 330, "gke": 600, "aks": 330}

Json = dict[str, Any]
Flow = tuple[str, str, str]


@pytest.fixture(scope="module")
def clusters() -> dict[str, list[Json]]:
    return {folder.name: built(folder) for folder in overlays()}


@pytest.fixture(scope="module")
def plain(clusters: dict[str, list[Json]]) -> list[Json]:
    return clusters["plain"]


def of_kind(objects: list[Json], *kinds: str) -> dict[str, Json]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] in kinds}


def pods(objects: list[Json]) -> dict[str, Json]:
    found = of_kind(objects, "Deployment", "StatefulSet", "Job")
    return {name: one["spec"]["template"]["spec"] for name, one in found.items()}


def labels(objects: list[Json]) -> dict[str, dict[str, str]]:
    found = of_kind(objects, "Deployment", "StatefulSet", "Job")
    return {name: one["spec"]["template"]["metadata"]["labels"] for name, one in found.items()}


def containers(pod: Json) -> list[Json]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def is_ours(pod: Json) -> bool:
    return all(one["image"].endswith(f"/{OURS}") for one in pod["containers"])


def test_there_is_an_overlay_for_every_kind_of_cluster(clusters: dict[str, list[Json]]) -> None:
    assert set(clusters) == {"plain", "nginx", "eks", "gke", "aks"}
    for name, objects in clusters.items():
        inside = set(pods(objects)) - {"gateway", "worker", "migrate"}
        assert (
            inside
            == {
                "plain": {"postgres", "redis", "minio", "bucket", "caddy"},
                "nginx": {"postgres", "redis", "minio", "bucket"},
                "eks": set(),
                "gke": set(),
                "aks": {"minio", "bucket"},
            }[name]
        )


def test_the_schemas_see_what_is_wrong(plain: list[Json]) -> None:
    one = deepcopy(of_kind(plain, "Deployment")["gateway"])
    one["spec"]["template"]["spec"]["containers"][0]["redinessProbe"] = {}
    assert len(list(against_the_schemas([one]))) == len(VERSIONS)
    assert list(against_the_schemas([one | {"kind": "Deplyoment"}]))


def test_every_pod_is_confined(clusters: dict[str, list[Json]]) -> None:
    """As the namespace demands of it ("restricted"), and a root that is read-only besides."""
    for objects in clusters.values():
        demands = of_kind(objects, "Namespace")["relaypacs"]["metadata"]["labels"]
        assert demands["pod-security.kubernetes.io/enforce"] == "restricted"
        for name, pod in pods(objects).items():
            assert pod["securityContext"]["runAsNonRoot"] is True, name
            assert pod["securityContext"]["runAsUser"] > 0, name
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
            assert pod["automountServiceAccountToken"] is False, name
            assert all("sizeLimit" in volume["emptyDir"] for volume in pod["volumes"] if "emptyDir" in volume), name
            for one in containers(pod):
                rights = one["securityContext"]
                assert rights["readOnlyRootFilesystem"] is True, name
                assert rights["allowPrivilegeEscalation"] is False, name
                assert rights["capabilities"]["drop"] == ["ALL"], name
                assert name == "caddy" or "add" not in rights["capabilities"], name
                assert {"cpu", "memory"} <= one["resources"]["requests"].keys(), name
                assert {"cpu", "memory"} <= one["resources"]["limits"].keys(), name


def test_images_are_those_of_compose(clusters: dict[str, list[Json]]) -> None:
    known = {service["image"] for service in composed(PRODUCTION)["services"].values()}
    for objects in clusters.values():
        for pod in pods(objects).values():
            for one in containers(pod):
                assert one["image"] in known or one["image"].endswith(f"/{OURS}"), one["image"]


def test_what_serves_says_how_it_is_and_has_time_to_end(clusters: dict[str, list[Json]]) -> None:
    for objects in clusters.values():
        for name, pod in pods(objects).items():
            if name in of_kind(objects, "Job"):
                continue
            (one,) = pod["containers"]
            assert {"livenessProbe", "readinessProbe"} <= one.keys(), name
            if is_ours(pod):
                assert "startupProbe" in one, name
                waits = one.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                assert pod["terminationGracePeriodSeconds"] >= waits + DRAIN_SECONDS + 10, name


def test_nothing_of_ours_starts_before_the_database_is_up_to_date(clusters: dict[str, list[Json]]) -> None:
    for objects in clusters.values():
        all_pods = pods(objects)
        assert all_pods["migrate"]["containers"][0]["args"] == ["migrate"]
        for name in ("gateway", "worker"):
            (before,) = all_pods[name]["initContainers"]
            assert before["args"] == ["migrate", "--check"]


def test_there_is_always_one_and_the_database_has_connections_for_all(plain: list[Json]) -> None:
    scaled = of_kind(plain, "HorizontalPodAutoscaler")
    assert all(one["spec"]["minReplicas"] >= 2 for one in scaled.values())
    assert set(of_kind(plain, "PodDisruptionBudget")) >= set(scaled) == {"gateway", "worker"}
    for name in scaled:  # a fixed number would be put back by every change
        deployment = of_kind(plain, "Deployment")[name]["spec"]
        assert "replicas" not in deployment
        assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    most = sum(one["spec"]["maxReplicas"] + 1 for one in scaled.values()) + 1  # one more of each while it is replaced
    (settings,) = (one["data"] for name, one in of_kind(plain, "ConfigMap").items() if name.startswith("settings"))
    (allowed,) = re.findall(r"max_connections=(\d+)", " ".join(pods(plain)["postgres"]["containers"][0]["args"]))
    assert most * int(settings["RELAYPACS_DATABASE_POOL"]) < int(allowed) - 10


def test_secrets_are_files_which_the_script_makes_and_the_template_names(clusters: dict[str, list[Json]]) -> None:
    made = set(composed(PRODUCTION)["secrets"])
    template = yaml.safe_load_all((KUBERNETES / "external-secret.example.yaml").read_text())
    named = {one["metadata"]["name"]: {entry["secretKey"] for entry in one["spec"]["data"]} for one in template}
    assert named["relaypacs"] == {name for name in made if name.startswith("RELAYPACS_")}
    for cluster, objects in clusters.items():
        assert not of_kind(objects, "Secret")
        read = set()
        for pod in pods(objects).values():
            for volume in pod["volumes"]:
                if (secret := volume.get("secret", {})).get("secretName") == "stores":
                    read |= {item["key"] for item in secret["items"]}
            for one in containers(pod):
                assert "secretKeyRef" not in str(one), "it would stand in the environment"
        assert read <= named["stores"] & made, cluster
        if cluster == "plain":
            assert read == named["stores"]


def test_the_job_and_the_pods_find_their_secrets_where_they_are_told(plain: list[Json]) -> None:
    (settings,) = (one["data"] for name, one in of_kind(plain, "ConfigMap").items() if name.startswith("settings"))
    for pod in filter(is_ours, pods(plain).values()):
        for one in containers(pod):
            mounts = {mount["name"]: mount for mount in one["volumeMounts"]}
            assert mounts["secrets"]["mountPath"] == settings["RELAYPACS_SECRETS_DIR"]
            assert mounts["data"]["mountPath"] == "/data"
            assert mounts["scratch"]["mountPath"] == "/tmp"  # noqa: S108 - a mount point in the container
        (volume,) = (volume for volume in pod["volumes"] if volume["name"] == "secrets")
        assert volume["secret"] == {"secretName": "relaypacs", "defaultMode": 0o440}


def test_services_lead_to_pods(clusters: dict[str, list[Json]]) -> None:
    for objects in clusters.values():
        for name, service in of_kind(objects, "Service").items():
            chosen = [one for one in labels(objects).values() if service["spec"]["selector"].items() <= one.items()]
            assert len(chosen) == 1, name


def flows(objects: list[Json]) -> tuple[set[Flow], set[Flow]]:
    """Return who may call whom by which port: by the policies of those who call, and by those who are called."""
    outward: set[Flow] = set()
    inward: set[Flow] = set()
    for policy in of_kind(objects, "NetworkPolicy").values():
        here = chosen(policy["spec"]["podSelector"])
        for rule in policy["spec"].get("egress", []):
            outward |= {(one, other, port) for one in here for other in peers(rule["to"]) for port in ports(rule)}
        for rule in policy["spec"].get("ingress", []):
            there = list(peers(rule["from"])) if "from" in rule else ["everybody"]
            inward |= {(other, one, port) for one in here for other in there for port in ports(rule)}
    return outward, inward


def chosen(selector: Json) -> list[str]:
    if not selector:
        return ["all"]
    for expression in selector.get("matchExpressions", []):
        return list(expression["values"])
    return [selector["matchLabels"].get(COMPONENT) or selector["matchLabels"][NAME]]


def peers(places: list[Json]) -> Iterator[str]:
    for place in places:
        if "ipBlock" in place:
            yield place["ipBlock"]["cidr"]
        elif "namespaceSelector" in place:
            yield f"namespace {place['namespaceSelector']['matchLabels']['kubernetes.io/metadata.name']}"
        else:
            yield from chosen(place["podSelector"])


def ports(rule: Json) -> list[str]:
    return [str(port["port"]) for port in rule["ports"]]


def test_nobody_reaches_anybody_but_as_the_page_says(plain: list[Json]) -> None:
    nobody = of_kind(plain, "NetworkPolicy")["nobody"]["spec"]
    assert nobody == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    outward, inward = flows(plain)
    stated = {
        (one, other, port)
        for callers, called, allowed in table("Network policies")
        for one in callers.split(", ")
        for other in called.split(", ")
        for port in allowed.split(", ")
    }
    assert stated == outward | inward


def test_both_ends_allow_what_goes_on_between_pods(clusters: dict[str, list[Json]]) -> None:
    for objects in clusters.values():
        outward, inward = flows(objects)
        inside = {one.get(COMPONENT) or one[NAME] for one in labels(objects).values()}
        within = {flow for flow in outward | inward if {flow[0], flow[1]} <= inside}
        assert within <= outward
        assert within <= inward


def test_a_rule_for_everywhere_leaves_out_the_metadata_of_the_cloud(clusters: dict[str, list[Json]]) -> None:
    for objects in clusters.values():
        for policy in of_kind(objects, "NetworkPolicy").values():
            for rule in policy["spec"].get("egress", []):
                for place in rule["to"]:
                    if place.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                        assert place["ipBlock"]["except"] == [METADATA]


def test_a_load_balancer_lets_go_before_the_gateway_does(clusters: dict[str, list[Json]]) -> None:
    for name, objects in clusters.items():
        arguments = pods(objects)["gateway"]["containers"][0]["args"]
        if name in KEPT:
            assert int(arguments[arguments.index("--keep-alive") + 1]) > KEPT[name]
        else:  # the proxies in front let go after four seconds, as tests of theirs show
            assert "--keep-alive" not in arguments
    balancer = of_kind(clusters["eks"], "Ingress")["gateway"]["metadata"]["annotations"]
    assert f"idle_timeout.timeout_seconds={KEPT['eks']}," in str(balancer)
    application = of_kind(clusters["aks"], "Ingress")["gateway"]["metadata"]["annotations"]
    assert int(application["appgw.ingress.kubernetes.io/request-timeout"]) == KEPT["aks"] > LONGEST_WAIT
    nginx = of_kind(clusters["nginx"], "Ingress")["gateway"]["metadata"]["annotations"]
    assert int(nginx["nginx.ingress.kubernetes.io/upstream-keepalive-timeout"]) < 5


def test_the_ingress_does_what_the_other_proxies_do(clusters: dict[str, list[Json]]) -> None:
    found = of_kind(clusters["nginx"], "Ingress")
    told = {
        name: {key.partition("/")[2]: value for key, value in one["metadata"]["annotations"].items()}
        for name, one in found.items()
    }
    paths = {
        name: {path["path"] for rule in one["spec"]["rules"] for path in rule["http"]["paths"]}
        for name, one in found.items()
    }
    assert int(told["gateway"]["proxy-body-size"].removesuffix("m")) * 1_000_000 > MAX_BODY_BYTES
    assert int(told["gateway"]["proxy-read-timeout"]) > LONGEST_WAIT
    assert (told["dicom-web"]["proxy-body-size"], told["dicom-web"]["proxy-request-buffering"]) == ("0", "off")
    assert told["events"]["proxy-buffering"] == "off"
    assert paths["events"] == {EVENTS}
    assert told["inside"]["denylist-source-range"] == "0.0.0.0/0,::/0"
    for name in HIDDEN:
        assert any(name in path for path in paths["inside"])


def test_the_operators_rules_are_those_of_prometheus() -> None:
    assert MADE.read_text() == text(), "write them anew: .venv/bin/python deploy/rules.py"


def test_prometheus_asks_every_process_of_ours_with_the_token(plain: list[Json]) -> None:
    monitor = of_kind(plain, "PodMonitor")["relaypacs"]["spec"]
    assert chosen(monitor["selector"]) == ["gateway", "worker"]
    (endpoint,) = monitor["podMetricsEndpoints"]
    assert endpoint["authorization"]["credentials"] == {"name": "relaypacs", "key": "RELAYPACS_METRICS_TOKEN"}
    for name in ("gateway", "worker"):
        (one,) = pods(plain)[name]["containers"]
        (port,) = one["ports"]
        assert port["name"] == endpoint["port"]
        assert str(port["containerPort"]) in one["args"]


def test_caddy_has_a_certificate_and_knows_every_gateway(plain: list[Json]) -> None:
    assert of_kind(plain, "Service")["gateway"]["spec"]["clusterIP"] == "None"
    edge = of_kind(plain, "ConfigMap")["edge"]["data"]["own.caddy"]
    assert edge.split() == ["tls", "/certificates/tls.crt", "/certificates/tls.key"]
    mounts = {mount["name"]: mount["mountPath"] for mount in pods(plain)["caddy"]["containers"][0]["volumeMounts"]}
    caddyfile = (ROOT / "deploy/kubernetes/components/caddy/Caddyfile").read_text()
    assert f"import {mounts['edge']}/*.caddy" in caddyfile
    assert mounts["tls"] == "/certificates"
