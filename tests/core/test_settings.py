"""Settings are validated together, and never say a secret."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from relaypacs.cli.settings_report import problems_of
from relaypacs.core.settings import Environment, Registration, Settings

CANARY = "hunter2-hunter2-hunter2"
GOOD_SECRET = "0123456789abcdef0123456789abcdef"


def problems(**settings: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Settings(**settings)
    return problems_of(caught.value)


def names(found: list[str]) -> set[str]:
    return {problem.split(":", maxsplit=1)[0] for problem in found}


def test_the_defaults_are_good() -> None:
    assert Settings().environment is Environment.EMBEDDED


def test_every_problem_is_reported_at_once() -> None:
    found = problems(
        environment="production",
        database_url="mysql://db/relay",
        storage_url="s3:bucket",
        redis_url="redis://cache",
        pacs="ftp://pacs",
        secret_key="short",
        registration="whoever",
        login_rate_limit="often",
        max_files=0,
        complete_wait=-1,
        log_level="loud",
        audit_syslog="relp://logs",
        audit_source="",
    )
    assert len(found) == 12
    assert names(found) == {
        "RELAYPACS_DATABASE_URL",
        "RELAYPACS_STORAGE_URL",
        "RELAYPACS_REDIS_URL",
        "RELAYPACS_PACS",
        "RELAYPACS_SECRET_KEY",
        "RELAYPACS_REGISTRATION",
        "RELAYPACS_LOGIN_RATE_LIMIT",
        "RELAYPACS_MAX_FILES",
        "RELAYPACS_COMPLETE_WAIT",
        "RELAYPACS_LOG_LEVEL",
        "RELAYPACS_AUDIT_SYSLOG",
        "RELAYPACS_AUDIT_SOURCE",
    }


def test_production_demands_what_the_embedded_set_up_makes_up() -> None:
    found = problems(environment="production")
    assert names(found) == {"RELAYPACS_SECRET_KEY", "RELAYPACS_DATABASE_URL", "RELAYPACS_PACS"}
    assert all(problem.endswith("is required in production") for problem in found)
    Settings(environment="production", secret_key=GOOD_SECRET, database_url="postgresql://db/r", pacs="folder:///a")


def test_registration_is_open_where_nothing_else_is_said_but_not_in_production() -> None:
    production: dict[str, Any] = {"secret_key": GOOD_SECRET, "database_url": "postgresql://db/r", "pacs": "folder:///a"}
    assert Settings().effective_registration is Registration.OPEN
    assert Settings(environment="production", **production).effective_registration is Registration.APPROVAL
    assert Settings(registration="closed").effective_registration is Registration.CLOSED


@pytest.mark.parametrize("address", ["", "udp://logs", "tcp://192.0.2.1:601", "tls://[2001:db8::1]:6514/"])
def test_an_address_of_a_syslog_server(address: str) -> None:
    assert Settings(audit_syslog=address).audit_syslog == address


@pytest.mark.parametrize(
    "address",
    [
        "tls:logs",
        "tls://",
        "tls://:6514",
        "tls://logs:0",
        "tls://logs:65536",
        "tls://logs:six",
        "tls://[logs",
        "tls://logs/path",
        "tls://logs?format=rfc5424",
        "tls://logs#top",
        f"tls://relay:{CANARY}@logs",
    ],
)
def test_what_is_no_address_of_a_syslog_server(address: str) -> None:
    (problem,) = problems(audit_syslog=address)
    assert problem == "RELAYPACS_AUDIT_SYSLOG: must be a host and perhaps a port, as in tls://logs.example:6514"


@pytest.mark.parametrize("show", [repr, str], ids=["repr", "str"])
def test_settings_never_show_a_secret(show: Callable[[object], str]) -> None:
    settings = Settings(
        secret_key=f"{CANARY}-{GOOD_SECRET}",
        admin_password=CANARY,
        pacs=f"dicomweb+http://relay:{CANARY}@pacs/dicom-web",
        database_url=f"postgresql://relay:{CANARY}@db/relay",
    )
    assert CANARY not in show(settings)


@pytest.mark.parametrize(
    "setting",
    [
        {"secret_key": CANARY},
        {"pacs": f"ftp://relay:{CANARY}@pacs"},
        {"database_url": f"mysql://relay:{CANARY}@db/relay"},
        {"secret_key": CANARY, "admin_password": CANARY, "max_files": 0},
    ],
)
def test_an_error_never_shows_a_secret(setting: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**setting)
    assert CANARY not in str(caught.value)
    assert CANARY not in "".join(problems_of(caught.value))


def test_every_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RELAYPACS_COMPLETE_WAIT", "1.5")
    monkeypatch.setenv("RELAYPACS_STORAGE_URL", "file:///srv/blobs")
    settings = Settings()
    assert (settings.complete_wait, settings.storage_dir) == (1.5, Path("/srv/blobs"))
    assert settings.effective_database_url == f"sqlite:///{tmp_path}/relaypacs.db"


def test_the_embedded_set_up_makes_a_secret_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path / "data").effective_secret_key
    assert len(made) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert Settings(data_dir=tmp_path / "data").effective_secret_key == made
    assert Settings(data_dir=tmp_path / "other").effective_secret_key != made


def test_what_a_crash_left_of_a_secret_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret.new").touch(mode=0o644)
    Settings(data_dir=tmp_path).effective_secret_key  # noqa: B018 - reading it makes it
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(ValueError, match="backup"):
        Settings(data_dir=tmp_path).effective_secret_key  # noqa: B018


def test_a_given_secret_key_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path, secret_key=SecretStr(GOOD_SECRET)).effective_secret_key == GOOD_SECRET
    assert list(tmp_path.iterdir()) == []
