"""`relaypacs doctor`: every problem has a remedy, and nothing is made by looking."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaypacs.cli.main import app
from relaypacs.core.database import Database
from relaypacs.migrations.run import migrate, newest_revision
from tests.client.peer import PASSWORD, USERNAME, Fault, Peer
from tests.servers.hostile_oidc import running_hostile_oidc
from tests.servers.ports import free_port


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_WEB_DIR", str(tmp_path))
    monkeypatch.setattr("relaypacs.cli.doctor_files.LITTLE_SPACE", 0)
    (tmp_path / "index.html").touch()
    return monkeypatch


def doctor(*arguments: str) -> tuple[int, dict[str, str]]:
    """Return the exit code and the problems, each with its line."""
    result = CliRunner().invoke(app, ["doctor", *arguments])
    lines = [line.removeprefix("PROBLEM").strip() for line in result.output.splitlines() if line.startswith("PROBLEM")]
    return result.exit_code, dict(line.split(": ", 1) for line in lines)


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    assert doctor() == (0, {})
    assert not (tmp_path / "data").exists()


def test_a_missing_web_app(tmp_path: Path) -> None:
    (tmp_path / "index.html").unlink()
    code, problems = doctor()
    assert (code, set(problems)) == (1, {"web app"})


@pytest.mark.parametrize("place", ["/proc/relaypacs", "index.html/data"])
def test_a_folder_that_can_not_be_written(settings: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    settings.setenv("RELAYPACS_DATA_DIR", str(tmp_path / place))
    code, problems = doctor()
    assert code == 1
    assert {"data folder", "storage", "PACS"} <= set(problems) <= {"data folder", "storage", "PACS", "free space"}


def test_little_space(settings: pytest.MonkeyPatch) -> None:
    settings.setattr("relaypacs.cli.doctor_files.LITTLE_SPACE", 2**62)
    assert set(doctor()[1]) == {"free space"}


def test_a_database_that_does_not_answer(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_DATABASE_URL", f"postgresql://relay@127.0.0.1:{free_port()}/relay")
    code, problems = doctor()
    assert (code, set(problems)) == (1, {"database"})


def test_an_empty_database_and_one_that_is_not_migrated(settings: pytest.MonkeyPatch, postgres_url: str) -> None:
    settings.setenv("RELAYPACS_DATABASE_URL", postgres_url)
    assert doctor() == (0, {})


def test_a_database_of_an_older_gateway_in_the_working_folder(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def make() -> None:
        database = Database(f"sqlite:///{tmp_path}/old.db")
        await migrate(database, "0001")
        await database.close()

    asyncio.run(make())
    settings.chdir(tmp_path)
    settings.setenv("RELAYPACS_DATABASE_URL", "sqlite:///old.db")
    code, problems = doctor()
    assert (code, set(problems)) == (1, {"database", "secret key"})
    assert problems["database"] == f"SQLite, at revision 0001, not {newest_revision()}"
    assert "there is none" in problems["secret key"]


def test_a_pacs_that_does_not_answer(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_PACS", f"dicomweb+http://relay:secret@127.0.0.1:{free_port()}/dicom-web")
    code, problems = doctor()
    assert (code, set(problems)) == (1, {"PACS"})
    assert "secret" not in str(problems)


def test_a_syslog_server_that_takes_connections(settings: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.setenv("RELAYPACS_AUDIT_SYSLOG", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        assert doctor() == (0, {})
        assert listener.accept()[0].recv(1) == b"", "nothing is sent"


def test_a_syslog_server_that_does_not(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_AUDIT_SYSLOG", f"tls://127.0.0.1:{free_port()}")
    assert doctor() == (1, {"syslog": "Connection refused"})


def test_a_syslog_server_that_can_not_be_asked(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_AUDIT_SYSLOG", f"udp://127.0.0.1:{free_port()}")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "UDP says nothing about what arrives" in result.output


def test_a_mail_server_that_does_not_answer(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_PUBLIC_URL", "https://gateway.example")
    settings.setenv("RELAYPACS_SMTP_URL", f"smtp://relay:secret@127.0.0.1:{free_port()}")
    settings.setenv("RELAYPACS_MAIL_FROM", "relay@gateway.example")
    assert doctor() == (1, {"e-mail": "the server cannot be reached, or breaks off"})


def name_provider(settings: pytest.MonkeyPatch, issuer: str) -> None:
    settings.setenv("RELAYPACS_OIDC_ISSUER", issuer)
    settings.setenv("RELAYPACS_OIDC_CLIENT_ID", "relaypacs")
    settings.setenv("RELAYPACS_OIDC_ROLE_MAP", "staff=clinician")
    settings.setenv("RELAYPACS_PUBLIC_URL", "https://gateway.example")


def test_an_identity_provider_that_answers(settings: pytest.MonkeyPatch) -> None:
    with running_hostile_oidc() as provider:
        name_provider(settings, provider.issuer)
        result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "ok       single sign-on: the provider answers\n" in result.output
    assert "https://gateway.example/sign-in/oidc" in result.output


def test_an_identity_provider_that_does_not(settings: pytest.MonkeyPatch) -> None:
    name_provider(settings, f"http://127.0.0.1:{free_port()}")
    code, problems = doctor()
    assert (code, set(problems)) == (1, {"single sign-on"})


def test_an_identity_provider_that_is_another(settings: pytest.MonkeyPatch) -> None:
    with running_hostile_oidc() as provider:
        provider.document["issuer"] = "https://idp.example"
        name_provider(settings, provider.issuer)
        assert "another issuer" in doctor()[1]["single sign-on"]


def test_settings_that_are_wrong_end_it(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_SECRET_KEY", "short")
    assert doctor()[0] == 2


def test_a_server_that_is_healthy(peer: Peer) -> None:
    assert doctor("--server", peer.address) == (0, {})


def test_a_server_that_is_not_ready(peer: Peer) -> None:
    peer.faults.append(Fault("GET", "/ready", 503))
    code, problems = doctor("--server", peer.address)
    assert (code, problems) == (1, {"ready": "it answered 503 Scripted: scripted."})


def test_a_server_that_is_something_else(peer: Peer) -> None:
    peer.faults.append(Fault("GET", "/live", 404))
    assert set(doctor("--server", peer.address)[1]) == {"live"}


def test_a_server_that_is_not_there() -> None:
    assert set(doctor("--server", f"http://127.0.0.1:{free_port()}")[1]) == {"connection"}
    assert set(doctor("--server", "gateway")[1]) == {"address"}


@pytest.mark.parametrize(("status", "code"), [(413, "body_limit"), (502, "body_failed")])
def test_a_proxy_that_lets_no_chunk_through(peer: Peer, status: int, code: str) -> None:
    peer.faults.append(Fault("PUT", "/chunk", status))
    result = CliRunner().invoke(app, ["doctor", "--server", peer.address, "--json"])
    found = {finding["what"]: finding for finding in map(json.loads, result.output.splitlines())}
    assert (result.exit_code, found["body limit"]["ok"], found["body limit"]["code"]) == (1, False, code)
    assert found["live"]["ok"]


def test_a_proxy_that_holds_the_live_stream_back(peer: Peer, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_PASSWORD", PASSWORD)
    assert doctor("--server", peer.address, "--username", USERNAME) == (0, {})
    settings.setattr("relaypacs.cli.doctor_server.STREAM_SECONDS", 0.3)
    peer.stream_held_back.set()
    code, problems = doctor("--server", peer.address, "--username", USERNAME)
    assert (code, set(problems)) == (1, {"live stream"})
    settings.setenv("RELAYPACS_PASSWORD", "wrong")
    assert "could not sign in" in doctor("--server", peer.address, "--username", USERNAME)[1]["live stream"]


def test_a_secret_key_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/secret.key").write_text("a secret key that only the tests know, long enough")
    (tmp_path / "data/secret.key").chmod(0o644)
    code, problems = doctor()
    assert (code, problems) == (1, {"secret key": "others can read it: mode 644"})


def test_less_than_the_reserve_is_free(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RELAYPACS_STORAGE_RESERVE", str(2**62))
    assert "nothing is taken" in doctor()[1]["free space"]


@pytest.fixture
def slow_clock() -> Iterator[str]:
    """A server that lives in 1994, and says so once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        listener.close()
        for word in (b"live", b"ready"):
            connection.recv(65536)
            body = b'{"status": "%s"}' % word
            head = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: %d\r\n\r\n" % len(body)
            connection.sendall(head + body)
        connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(5)
    listener.close()


def test_a_clock_that_is_wrong(slow_clock: str) -> None:
    assert set(doctor("--server", slow_clock)[1]) == {"clock", "body limit"}  # it answers twice, and is gone


def test_a_listener_that_could_not_begin(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("RELAYPACS_DICOM_PEERS", "CT1=anna")
    settings.setenv("RELAYPACS_DICOM_PORT", str(free_port()))
    assert doctor() == (0, {})
    settings.setenv("RELAYPACS_DICOM_HOST", "192.0.2.1")  # no address of this machine
    assert set(doctor()[1]) == {"DICOM listener"}
    settings.setenv("RELAYPACS_DICOM_HOST", "127.0.0.1")
    for name in ("CERTIFICATE", "KEY"):
        settings.setenv(f"RELAYPACS_DICOM_TLS_{name}", str(tmp_path / "index.html"))
    assert set(doctor()[1]) == {"DICOM listener"}
