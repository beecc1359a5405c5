"""What the commands say of an object store: whether it works, what to do if not, and what a backup leaves to it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaypacs.cli.main import app
from tests.cli.admin import done, refused
from tests.conftest import SECRET
from tests.servers.ports import free_port
from tests.servers.s3 import Part
from tests.servers.s3_faults import Refusal, S3Proxy, running_s3_proxy

SECRETS = ("relay/secret+key", "relay%2Fsecret%2Bkey", "hush-hush")


@pytest.fixture
def proxy(s3: Part) -> Iterator[S3Proxy]:
    with running_s3_proxy(s3.server) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_WEB_DIR", str(tmp_path))
    monkeypatch.setenv("RELAYPACS_MAX_UPLOAD_BYTES", "1048576")
    (tmp_path / "index.html").touch()
    return monkeypatch


def run(environment: pytest.MonkeyPatch, command: str, url: str) -> tuple[int, str]:
    """Return the exit code and what was printed, in which no secret may be."""
    environment.setenv("RELAYPACS_STORAGE_URL", url)
    result = CliRunner().invoke(app, [command])
    assert not any(secret in result.output for secret in SECRETS), result.output
    return result.exit_code, result.output


def test_a_store_that_works(environment: pytest.MonkeyPatch, s3: Part) -> None:
    code, said = run(environment, "doctor", s3.url())
    assert code == 0, said
    assert f"storage: s3://relaypacs/{s3.prefix} at http://127.0.0.1:{s3.server.port} is written, listed, read" in said
    assert "room for checks" in said
    assert s3.names() == []
    code, said = run(environment, "check-config", s3.url())
    assert (code, f"storage: s3://relaypacs/{s3.prefix} at" in said) == (0, True)


def test_what_is_wrong_with_a_store_and_what_to_do(environment: pytest.MonkeyPatch, s3: Part, proxy: S3Proxy) -> None:
    def say(url: str) -> str:
        code, said = run(environment, "doctor", url)
        assert code == 1
        (problem,) = (line for line in said.splitlines() if line.startswith("PROBLEM"))
        return problem + said.partition(problem)[2].splitlines()[1]

    assert "writing: it does not take the credentials" in say(s3.url(secret="hush-hush"))
    assert "writing: there is no such bucket" in say(s3.url(bucket="absent"))
    assert "writing: nothing answers there" in say(s3.url(port=free_port()))
    for method, refusal, expected in (
        ("PUT", Refusal(403, "AccessDenied"), "writing: it does not allow that         → Allow s3:PutObject"),
        ("PUT", Refusal(403, "RequestTimeTooSkewed"), "writing: its clock shows another time"),
        ("PUT", Refusal(507, "XMinioStorageFull"), "writing: it is full"),
        ("GET", Refusal(403, "AccessDenied"), "listing: it does not allow that"),
        ("POST", Refusal(403, "AccessDenied"), "removing: it does not allow that"),
    ):
        proxy.always = {method: refusal}
        assert expected in say(s3.url(port=proxy.port))


def test_too_little_room_for_files_that_are_checked(environment: pytest.MonkeyPatch, s3: Part) -> None:
    environment.setenv("RELAYPACS_MAX_UPLOAD_BYTES", str(2**60))
    code, said = run(environment, "doctor", s3.url())
    assert (code, "PROBLEM  room for checks" in said) == (1, True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://relay:hush-hush@Bucket", "must be s3://BUCKET"),
        ("s3://relay:hush-hush@bucket?ca=/absent.pem", "names a ca that can't be read: No such file"),
        ("s3://bucket?region=eu-west-3", "can't be used: "),
    ],
)
def test_an_address_that_is_wrong(environment: pytest.MonkeyPatch, url: str, said: str) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", "half of them")
    code, output = run(environment, "check-config", url)
    assert code == 2
    assert f"RELAYPACS_STORAGE_URL: {said}" in output


def test_production_is_warned_of_a_store_over_plain_http(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RELAYPACS_ENVIRONMENT", "production")
    environment.setenv("RELAYPACS_SECRET_KEY", "bHk2Uc9-oVf3Zt1qXw7RjNs5Ge0YaMdP")
    environment.setenv("RELAYPACS_ADMIN_USERNAME", "first-admin")
    environment.setenv("RELAYPACS_DATABASE_URL", "postgresql://relay@db.example/relay")
    environment.setenv("RELAYPACS_PACS", "folder:///srv/archive")
    for endpoint, warns in (
        ("http://minio.example:9000", True),
        ("https://minio.example", False),
        ("http://127.0.0.1:9000", False),
    ):
        code, said = run(environment, "check-config", f"s3://relay:hush@bucket?endpoint={endpoint}")
        assert (code, "the way to the object store is not encrypted" in said) == (0, warns)


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "relaypacs.db")
    (folder / "secret.key").write_text(SECRET)
    (folder / "secret.key").chmod(0o600)
    return folder


def test_a_backup_leaves_the_bucket_to_its_own_means(
    environment: pytest.MonkeyPatch, s3: Part, data: Path, tmp_path: Path
) -> None:
    environment.setenv("RELAYPACS_STORAGE_URL", s3.url())
    said = done("backup", tmp_path / "backup")
    assert f"The files are not in it, because they are in s3://relaypacs/{s3.prefix} at http://127.0.0.1" in said
    assert "relay/secret" not in said
    assert done("backup", tmp_path / "backup", "--verify").startswith("The backup is whole")
    shutil.rmtree(data)
    environment.delenv("RELAYPACS_STORAGE_URL")
    assert "give RELAYPACS_STORAGE_URL as it had it" in refused("restore", tmp_path / "backup")
    environment.setenv("RELAYPACS_STORAGE_URL", s3.url())
    done("restore", tmp_path / "backup")
    with closing(sqlite3.connect(data / "relaypacs.db")) as connection:
        assert connection.execute("SELECT count(*) FROM audit_events").fetchone() == (1,)


def test_files_of_a_folder_are_not_restored_beside_a_bucket(
    environment: pytest.MonkeyPatch, s3: Part, data: Path, tmp_path: Path
) -> None:
    done("backup", tmp_path / "backup")
    shutil.rmtree(data)
    environment.setenv("RELAYPACS_STORAGE_URL", s3.url())
    assert "RELAYPACS_STORAGE_URL names an object store" in refused("restore", tmp_path / "backup")
