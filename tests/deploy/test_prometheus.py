"""A real Prometheus with our configuration, beside a real gateway."""

import shutil
import time
from pathlib import Path

import yaml

from tests.deploy.test_monitoring import MONITORING
from tests.servers import prometheus, require
from tests.servers.gateway import running_gateway
from tests.servers.prometheus import asked, running_prometheus

TOKEN = "0c6b1e94d27f4a83b5e0f19a7d3c8265"


def test_prometheus_reads_the_gateway_with_the_token_and_judges_it_by_the_rules(tmp_path: Path) -> None:
    require(prometheus)
    configuration = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    shutil.copytree(MONITORING / "rules", tmp_path / "rules")
    (tmp_path / "token").write_text(TOKEN)
    (job,) = configuration["scrape_configs"]
    job |= {"authorization": {"credentials_file": "token"}}
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"}
    job.pop("scrape_timeout")
    with running_gateway(tmp_path / "data", METRICS_TOKEN=TOKEN) as gateway:
        job["static_configs"] = [{"targets": [gateway.address.removeprefix("http://")]}]
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        with running_prometheus(tmp_path, tmp_path / "prometheus.yml") as client:
            deadline = time.monotonic() + 60
            while not asked(client, "query", query="relaypacs:deliveries:max")["result"]:
                assert time.monotonic() < deadline, asked(client, "targets")["activeTargets"]
                time.sleep(0.2)
            (target,) = asked(client, "targets")["activeTargets"]
            groups = asked(client, "rules")["groups"]
            firing = asked(client, "query", query='ALERTS{alertstate="firing"}')["result"]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert {rule["lastError"] for group in groups for rule in group["rules"] if "lastError" in rule} <= {""}
    assert [alert["metric"]["alertname"] for alert in firing] == []
