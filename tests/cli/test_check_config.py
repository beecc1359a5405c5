"""`relaypacs check-config`: what is wrong, and what is allowed but should not stay so."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from relaypacs.cli.main import app

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "bHk2Uc9-oVf3Zt1qXw7RjNs5Ge0YaMdP",
    "ADMIN_USERNAME": "first-admin",
    "DATABASE_URL": "postgresql://relay@db.example/relay",
}
NOT_ENCRYPTED = "the way to the PACS is not encrypted"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    return monkeypatch


def check(environment: pytest.MonkeyPatch, **settings: str) -> Result:
    for name, value in settings.items():
        environment.setenv(f"RELAYPACS_{name}", value)
    return CliRunner().invoke(app, ["check-config"])


def test_the_embedded_set_up_is_good_without_a_warning(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = check(environment)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "The settings are good." in result.stdout
    assert "new files: as they come" in result.stdout
    assert "new files: sealed" in check(environment, ENCRYPT_FILES="true").stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("pacs", "warns"),
    [
        ("dicomweb+http://relay:hunter2@pacs.example:8042/dicom-web", True),
        ("dicomweb+http://192.0.2.7/dicom-web", True),
        ("dicomweb+http://localhost.example/dicom-web", True),
        ("dicomweb+https://pacs.example/dicom-web", False),
        ("dicom://PACS@pacs.example:104", True),
        ("dicom+tls://PACS@pacs.example:2762", False),
        ("dicom://PACS@127.0.0.1:4242", False),
        ("dicomweb+http://localhost:8042/dicom-web", False),
        ("dicomweb+http://127.0.0.2:8042/dicom-web", False),
        ("dicomweb+http://[::1]:8042/dicom-web", False),
        ("folder:///srv/archive", False),
    ],
)
def test_production_is_warned_of_a_pacs_over_plain_http(
    environment: pytest.MonkeyPatch, pacs: str, *, warns: bool
) -> None:
    result = check(environment, **PRODUCTION, PACS=pacs)
    assert result.exit_code == 0, result.output
    assert (NOT_ENCRYPTED in result.stderr) is warns
    assert "hunter2" not in result.output


def test_elsewhere_plain_http_is_nobodys_business(environment: pytest.MonkeyPatch) -> None:
    assert check(environment, PACS="dicomweb+http://pacs.example/dicom-web").stderr == ""


def test_every_problem_is_printed_without_a_secret(environment: pytest.MonkeyPatch) -> None:
    result = check(
        environment, ENVIRONMENT="production", SECRET_KEY="hunter2", ADMIN_PASSWORD="hunter2", CORS_ORIGINS="*"
    )
    assert result.exit_code == 2
    named = {line.partition(":")[0] for line in result.stderr.splitlines()}
    assert named == {
        f"RELAYPACS_{name}"
        for name in ("SECRET_KEY", "ADMIN_USERNAME", "ADMIN_PASSWORD", "DATABASE_URL", "PACS", "CORS_ORIGINS")
    }
    assert "hunter2" not in result.output


def test_a_pacs_address_that_is_none_is_a_problem(environment: pytest.MonkeyPatch) -> None:
    result = check(environment, PACS="dicomweb+http://relay:hunter2/3@pacs.example/rs")
    assert result.exit_code == 2
    assert result.stderr.startswith("RELAYPACS_PACS: ")
    assert "hunter2" not in result.output


def test_production_is_warned_of_a_listener_without_tls(environment: pytest.MonkeyPatch) -> None:
    listening = {"DICOM_PORT": "11112", "DICOM_PEERS": "CT1=anna, MR1@10.0.0.5=bert", "PACS": "folder:///srv/archive"}
    result = check(environment, **PRODUCTION, **listening)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "RELAYPACS on 127.0.0.1:11112, without TLS; calls from CT1, MR1" in result.stdout
    result = check(environment, DICOM_HOST="0.0.0.0")  # noqa: S104 - the case that is warned of
    assert "the way from the modalities is not encrypted" in result.stderr


def test_half_a_listener_is_refused(environment: pytest.MonkeyPatch) -> None:
    wrong = {
        "DICOM_PORT": "11112",
        "DICOM_HOST": "localhost",
        "DICOM_AE_TITLE": "MUCH-TOO-LONG-A-TITLE",
        "DICOM_TLS_KEY": "key.pem",
    }
    result = check(environment, **wrong)
    assert result.exit_code == 2
    for name in ("DICOM_HOST", "DICOM_AE_TITLE", "DICOM_PEERS", "DICOM_TLS_KEY"):
        assert f"RELAYPACS_{name}" in result.stderr
