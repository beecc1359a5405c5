"""What watches the gateway: rules that fire when they should, dashboards, and that what they name exists."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import REGISTRY

import relaypacs.app  # noqa: F401 - registers every metric
from relaypacs.core.metrics import LOOKED_UP
from tests.docs.pages import ROOT, page
from tests.docs.test_docs import metrics
from tests.servers import promtool, require

MONITORING = ROOT / "deploy/monitoring"
ALERT_TESTS = MONITORING / "tests/alerts.yml"
DASHBOARDS = sorted((MONITORING / "grafana/dashboards").glob("*.json"))
PANELS_WITHOUT_DATA = {"row"}
SUFFIXES = re.compile(r"_(?:bucket|count|sum)$")
# Of Prometheus, of the library for requests, of the Python process, and of the exporters of PostgreSQL and Redis.
OTHERS = {
    "up",
    "http_requests_total",
    "http_request_duration_seconds",
    "process_start_time_seconds",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_max_fds",
    "pg_settings_max_connections",
    "pg_stat_activity_count",
    "redis_memory_max_bytes",
    "redis_memory_used_bytes",
}
VARIABLES = {"$__rate_interval": "5m", "$__range": "6h"}


def rules() -> list[dict[str, Any]]:
    files = sorted((MONITORING / "rules").glob("*.yml"))
    return [rule for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


ALERTS = [rule for rule in rules() if "alert" in rule]
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def boards() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in DASHBOARDS}


def panels() -> list[tuple[str, dict[str, Any]]]:
    return [(name, panel) for name, board in boards().items() for panel in board["panels"]]


def expressions() -> list[str]:
    of_panels = [target["expr"] for _, panel in panels() for target in panel.get("targets", [])]
    of_boards = [note["expr"] for board in boards().values() for note in board["annotations"]["list"]]
    return [*(rule["expr"] for rule in rules()), *of_panels, *of_boards]


def named(expression: str) -> set[str]:
    """Return the series that an expression selects: names before a selector or a range, or alone in a call."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|(?:by|on|without|group_left) \([^)]*\)", " ", expression)
    return set(re.findall(r"(?<![\w:$])(?:relaypacs[\w:]+|http_\w+|process_\w+|pg_\w+|redis_\w+|up\b)", bare))


with_promtool = pytest.mark.usefixtures("installed")


@pytest.fixture
def installed() -> None:
    require(promtool)


@with_promtool
def test_prometheus_takes_the_configuration_and_the_rules() -> None:
    promtool.run("check", "config", MONITORING / "prometheus.yml")


@with_promtool
def test_every_alert_fires_when_it_should_and_not_before() -> None:
    promtool.run("test", "rules", ALERT_TESTS)


@with_promtool
def test_names_and_helps_of_the_metrics_are_as_prometheus_wants_them() -> None:
    for registry in (REGISTRY, LOOKED_UP):
        text = "".join(
            part
            for part in re.split(r"(?=^# HELP )", generate_latest(registry).decode(), flags=re.MULTILINE)
            if part.startswith("# HELP relaypacs_")
        )
        promtool.run("check", "metrics", given=text)


@with_promtool
def test_what_dashboards_ask_for_can_be_asked(tmp_path: Path) -> None:
    asked = []
    for number, expression in enumerate(expressions()):
        for variable, value in VARIABLES.items():
            expression = expression.replace(variable, value)  # noqa: PLW2901
        asked.append({"record": f"asked:{number}", "expr": expression})
    file = tmp_path / "asked.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": asked}]}))
    promtool.run("check", "rules", file)


def test_every_alert_has_a_test_in_which_it_alone_fires() -> None:
    samples = [
        sample["labels"]
        for test in yaml.safe_load(ALERT_TESTS.read_text())["tests"]
        for asked in test["promql_expr_test"]
        for sample in asked["exp_samples"]
    ]
    fired = {re.search(r'alertname="(\w+)"', labels)[1] for labels in samples}  # type: ignore[index]
    assert fired == {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    runbook = page("docs/alerts.md")
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["runbook"] == f"docs/alerts.md#{rule['alert'].lower()}"
    section = runbook.section(rule["alert"])
    assert section.startswith(f"Severity {rule['labels']['severity']}. ")
    assert "What to do: " in section


def test_the_page_has_no_other_alerts() -> None:
    assert page("docs/alerts.md").headings(3) == [rule["alert"] for rule in ALERTS]


def test_every_series_that_is_named_exists() -> None:
    known = set(metrics()) | OTHERS | RECORDED
    for expression in expressions():
        found = named(expression) - {"relaypacs"}
        assert found or "ALERTS" in expression or expression.startswith("vector("), expression
        assert {SUFFIXES.sub("", name) if name not in known else name for name in found} <= known, expression


def test_every_metric_is_looked_at() -> None:
    looked_at = {SUFFIXES.sub("", name) for expression in expressions() for name in named(expression)}
    assert set(metrics()) <= looked_at


@pytest.mark.parametrize("name", boards())
def test_a_dashboard_is_whole(name: str) -> None:
    board = boards()[name]
    assert (board["uid"], board["schemaVersion"]) == (name, 39)
    assert board["title"].startswith("RelayPACS: ")
    assert [variable["type"] for variable in board["templating"]["list"]] == ["datasource"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_five_dashboards_are_provided() -> None:
    assert set(boards()) == {f"relaypacs-{name}" for name in ("overview", "deliveries", "intake", "reading", "system")}


@pytest.mark.parametrize(
    ("name", "panel"), panels(), ids=lambda value: value if isinstance(value, str) else value["title"]
)
def test_a_panel_says_what_it_shows_and_asks_the_source_that_was_chosen(name: str, panel: dict[str, Any]) -> None:
    assert panel["title"], name
    assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    if panel["type"] in PANELS_WITHOUT_DATA:
        return
    assert panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    for asked in (panel, *panel["targets"]):
        assert asked["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_do_not_lie_on_each_other() -> None:
    for board in boards().values():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            grid = panel["gridPos"]
            cells = {(grid["x"] + right, grid["y"] + down) for right in range(grid["w"]) for down in range(grid["h"])}
            assert not cells & taken, panel["title"]
            taken |= cells


def test_nothing_is_recorded_that_nobody_looks_at() -> None:
    looked_at = {name for expression in expressions() for name in named(expression)}
    assert looked_at >= RECORDED
