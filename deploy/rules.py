"""Makes the rules of `deploy/monitoring` what the Prometheus operator reads: `.venv/bin/python deploy/rules.py`."""
# ruff: noqa: INP001 - a command of this project

from pathlib import Path

import yaml

DEPLOY = Path(__file__).parent
RULES = sorted((DEPLOY / "monitoring/rules").glob("*.yml"))
MADE = DEPLOY / "kubernetes/components/monitoring/rules.yaml"


def text() -> str:
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "relaypacs"},
        "spec": {"groups": groups},
    }
    made = yaml.safe_dump(rule, sort_keys=False, width=150, allow_unicode=True)
    return f"# Made of deploy/monitoring/rules by deploy/rules.py.\n# yamllint disable rule:line-length\n{made}"


if __name__ == "__main__":
    MADE.write_text(text())
