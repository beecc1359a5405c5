"""`relaypacs admin webhook`, on a database of each kind."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.admin import done, events, refused
from tests.conftest import SECRET
from tests.servers.receiver import Receiver, receiving

NOT_THERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", database_url)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_OUTBOUND_NETWORKS", "127.0.0.0/8")
    done("create-user", "root", "--role", "admin")
    return monkeypatch


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def listed() -> list[dict[str, object]]:
    return [json.loads(line) for line in done("webhook", "list", "--json").splitlines()]


def test_a_type_that_does_not_exist() -> None:
    said = refused("webhook", "create", "https://hook.example/", "--type", "everything", code=2)
    assert "There is no type 'everything'" in said.replace("\n", " ")


def test_a_webhook_from_its_beginning_to_its_end(hook: Receiver) -> None:
    said = done("webhook", "create", hook.address, "--type", "report_ready", "--type", "critical_result")
    identifier, secret = said.split()[0], said.splitlines()[-1]
    assert secret.startswith("whsec_")
    (row,) = listed()
    assert (row["id"], row["url"], row["types"]) == (identifier, hook.address, ["critical_result", "report_ready"])
    assert secret not in done("webhook", "list")
    assert "has taken the call" in done("webhook", "test", identifier)
    assert json.loads(hook.arrivals[0].body)["type"] == "test"
    hook.status = 500
    assert refused("webhook", "test", identifier) == "It answers with HTTP 500."
    assert done("webhook", "disable", identifier) == f"{identifier} is off now.\n"
    assert " off " in done("webhook", "list")
    assert done("webhook", "enable", identifier) == f"{identifier} is on now.\n"
    assert done("webhook", "remove", identifier) == f"{identifier} was removed.\n"
    assert listed() == []
    written = [event["action"] for event in events() if event["object_kind"] == "webhook"]
    assert sorted(written) == [
        "webhook.changed",
        "webhook.changed",
        "webhook.created",
        "webhook.removed",
        "webhook.tested",
        "webhook.tested",
    ]


@pytest.mark.parametrize("action", ["enable", "disable", "remove", "test"])
def test_one_that_does_not_exist(action: str) -> None:
    assert refused("webhook", action, NOT_THERE) == "There is no such webhook."
    assert "no id of a webhook" in refused("webhook", action, "seven", code=2)


def test_an_address_inside_and_a_site_that_is_not_there() -> None:
    assert "private network" in refused("webhook", "create", "https://10.0.0.1/")
    assert (
        refused("webhook", "create", "https://hook.example/", "--site", "Nowhere") == "There is no site of that name."
    )
