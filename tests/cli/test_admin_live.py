"""`relaypacs admin` as the real command, while a gateway serves from the same data folder."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyotp
import pytest

from tests.cli.admin import PASSWORD, admin_environment, run_admin
from tests.cli.commands import RELAYPACS
from tests.servers.gateway import PASSWORD as ADMIN_PASSWORD
from tests.servers.gateway import USERNAME, Gateway, running_gateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("live") / "data") as gateway:
        yield gateway


def command(gateway: Gateway, *arguments: str, given: str | None = None) -> str:
    """Return what a command that works prints; it prints nothing else."""
    ran = run_admin(gateway.data, *arguments, given=given)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def post(gateway: Gateway, path: str, body: dict[str, str], token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.post(f"{gateway.address}/api/v1/auth/{path}", json=body, headers=headers)


def sign_in(gateway: Gateway, username: str, password: str = PASSWORD) -> httpx.Response:
    return post(gateway, "login", {"username": username, "password": password})


def token_of(gateway: Gateway, username: str) -> str:
    return str(sign_in(gateway, username).raise_for_status().json()["access_token"])


def me(gateway: Gateway, token: str) -> httpx.Response:
    return httpx.get(f"{gateway.address}/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


def new_user(gateway: Gateway, username: str) -> str:
    """Make a clinician with a password; return an access token of his."""
    command(gateway, "create-user", username, "--role", "clinician", "--password-stdin", given=f"{PASSWORD}\n")
    return token_of(gateway, username)


def test_the_link_sets_a_password(gateway: Gateway) -> None:
    said = command(gateway, "create-user", "rosa", "--role", "clinician")
    link = json.loads(said.splitlines()[-1])
    assert post(gateway, "password/reset", link | {"password": PASSWORD}).status_code == 204
    assert sign_in(gateway, "rosa").status_code == 200
    earlier, later = (json.loads(command(gateway, "reset-password", "rosa").splitlines()[-1]) for _ in range(2))
    another = {"password": "Another-Staple-8-Battery"}
    assert post(gateway, "password/reset", earlier | another).status_code == 410
    assert post(gateway, "password/reset", later | another).status_code == 204
    assert sign_in(gateway, "rosa", another["password"]).status_code == 200


def test_a_change_holds_at_once(gateway: Gateway) -> None:
    token = new_user(gateway, "maria")
    command(gateway, "set-role", "maria", "radiologist")
    assert me(gateway, token).status_code == 401
    token = token_of(gateway, "maria")
    assert me(gateway, token).json()["role"] == "radiologist"
    assert command(gateway, "end-sessions", "maria") == "maria: 1 session was ended.\n"
    assert me(gateway, token).status_code == 401
    command(gateway, "disable-user", "maria")
    assert sign_in(gateway, "maria").status_code == 403
    command(gateway, "enable-user", "maria")
    assert sign_in(gateway, "maria").status_code == 200


def test_a_lost_second_factor(gateway: Gateway) -> None:
    token = new_user(gateway, "ida")
    secret = post(gateway, "2fa/setup", {}, token).json()["secret"]
    post(gateway, "2fa/enable", {"code": pyotp.TOTP(secret).now()}, token).raise_for_status()
    assert sign_in(gateway, "ida").json() == {"totp_required": True}
    command(gateway, "reset-2fa", "ida")
    assert me(gateway, token).status_code == 401
    assert "access_token" in sign_in(gateway, "ida").json()


def test_the_last_administrator_stays(gateway: Gateway) -> None:
    ran = run_admin(gateway.data, "disable-user", USERNAME)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "This is the last administrator. Make another one first.\n"
    assert sign_in(gateway, USERNAME, ADMIN_PASSWORD).status_code == 200


def test_the_trail_stays_whole_when_commands_and_the_gateway_write_at_once(gateway: Gateway) -> None:
    new_user(gateway, "eva")
    roles = ("radiologist", "clinician") * 2
    with ThreadPoolExecutor(2) as threads:
        commands = [threads.submit(command, gateway, "set-role", "eva", role) for role in roles]
        while not all(ran.done() for ran in commands):
            assert sign_in(gateway, "eva").status_code == 200
        for ran in commands:
            ran.result()
    assert "The trail is whole." in command(gateway, "audit", "verify")


def test_a_password_is_nowhere(gateway: Gateway) -> None:
    arguments = ("create-user", "pia", "--role", "clinician", "--password-stdin")
    process = subprocess.Popen(
        [str(RELAYPACS), "admin", *arguments],
        env=admin_environment(gateway.data),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
    output, _ = process.communicate(f"{PASSWORD}\n".encode(), 60)
    assert (process.returncode, output) == (0, b"pia was created, as clinician.\n")
    run_admin(gateway.data, "audit", "export", "--format", "jsonl", "--output", str(gateway.data / "trail.jsonl"))
    kept = [path.read_bytes() for path in gateway.data.iterdir() if path.is_file()]
    assert {"relaypacs.db", "server.log", "trail.jsonl"} <= {path.name for path in gateway.data.iterdir()}
    assert not any(PASSWORD.encode() in place for place in (seen, *kept))


def test_a_password_that_is_typed_is_not_shown(gateway: Gateway) -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [str(RELAYPACS), "admin", "create-user", "lea", "--role", "clinician", "--password-stdin"],
        env=admin_environment(gateway.data),
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    shown = b""
    for prompt, answer in ((b"Password: ", PASSWORD), (b"confirmation: ", PASSWORD), (b"was created", "")):
        while prompt not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, f"{answer}\n".encode())
    assert process.wait(30) == 0
    os.close(terminal)
    assert PASSWORD.encode() not in shown
    assert sign_in(gateway, "lea").status_code == 200
