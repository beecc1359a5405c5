"""A real OpenID provider, oidc-provider on Node, with its forms for signing in and for consent."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.servers.ports import free_port
from tests.servers.processes import stop, wait_until_ready

MODULES = Path(__file__).parents[2] / "web" / "node_modules"
SCRIPT = Path(__file__).with_name("oidc-provider.mjs")

PUBLIC_URL = "http://127.0.0.1:8000"
PUBLIC_CLIENT, CONFIDENTIAL_CLIENT = "relaypacs", "relaypacs with secret"
CLIENT_SECRET = "s3cret: with %, +, & and spaces"
STEPS = 10

ACCOUNTS: dict[str, dict[str, Any]] = {
    "erika": {
        "name": "Erika Muster",
        "preferred_username": "emuster",
        "email": "erika@hospital.example",
        "email_verified": True,
        "roles": ["staff", "radiology"],
        "realm_access": {"roles": ["pacs-admins"]},
    },
    "max": {"email": "max@hospital.example", "email_verified": False},
}


def available() -> str | None:
    if shutil.which("node") is None:
        return "Node is not installed: it needs version 20.19 or newer"
    if not (MODULES / "oidc-provider").is_dir():
        return "The web app's modules are not installed: run `npm ci` in web/"
    return None


@dataclass(frozen=True)
class Oidc:
    port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_oidc() -> Iterator[Oidc]:
    """Serve until the context is left."""
    server = Oidc(free_port())
    configuration = {"port": server.port, "clients": _clients(), "accounts": ACCOUNTS}
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        command = ["node", str(SCRIPT), json.dumps(configuration)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until_ready(process, lambda: _answers(server), Path(log.name))
            yield server
        finally:
            stop(process)


def sign_in(authorization_url: str, login: str) -> dict[str, str]:
    """Do what a person does in the browser; return what the provider's last redirect brings to the gateway."""
    with httpx.Client(follow_redirects=False, timeout=20) as browser:
        response = browser.get(authorization_url)
        for _ in range(STEPS):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["Location"])
                if target.startswith(f"{PUBLIC_URL}/"):
                    return dict(parse_qsl(urlsplit(target).query))
                response = browser.get(target)
            else:
                response = browser.post(_action(response), data=_filled(response, login))
    raise AssertionError(f"the provider did not come to an end; the last answer was {response.status_code}")


def _action(page: httpx.Response) -> str:
    found = re.search(r'action="([^"]+)"', page.text)
    assert found, page.text
    return urljoin(str(page.url), found[1])


def _filled(page: httpx.Response, login: str) -> dict[str, str]:
    """Fill in the form: of signing in, or of consent."""
    if 'value="login"' in page.text:
        return {"prompt": "login", "login": login, "password": "any"}
    return {"prompt": "consent"}


def _clients() -> list[dict[str, Any]]:
    common = {"redirect_uris": [f"{PUBLIC_URL}/sign-in/oidc"]}
    return [
        {"client_id": PUBLIC_CLIENT, "token_endpoint_auth_method": "none"} | common,
        {"client_id": CONFIDENTIAL_CLIENT, "client_secret": CLIENT_SECRET} | common,
    ]


def _answers(server: Oidc) -> bool:
    try:
        return httpx.get(f"{server.issuer}/.well-known/openid-configuration", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
