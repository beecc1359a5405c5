"""The proxies of `deploy` before a real gateway: as they are, but for ports, names and certificates."""

import os
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx

from tests.servers.certificates import Authority
from tests.servers.ports import free_port
from tests.servers.processes import stop, wait_until_ready

DEPLOY = Path(__file__).parents[2] / "deploy"
PROXY = DEPLOY / "proxy"
NAME = "gateway.example"  # as the files call it
PROGRAMS = {"nginx": "nginx", "caddy": "caddy", "compose": "caddy"}
# nginx has children to end; Caddy would wait for connections that are idle.
ENDS = {"nginx": signal.SIGTERM, "caddy": signal.SIGKILL, "compose": signal.SIGKILL}
ALONE = "admin off\n\tauto_https disable_redirects\n"


def available(kind: str) -> str | None:
    if _program(kind) is None:
        return f"{kind} is not installed: apt-get install --no-install-recommends {kind}"
    return None


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and who vouches for its certificate."""

    port: int
    authority: Path

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What its certificate is judged by."""
        return ssl.create_default_context(cafile=self.authority)

    def client(self, transport: httpx.BaseTransport | None = None) -> httpx.Client:
        """Return a client that asks this machine for the name of the files, as a resolver would have it."""
        transport = transport or httpx.HTTPTransport(verify=self.context)
        http = httpx.Client(base_url=f"https://127.0.0.1:{self.port}", transport=transport, timeout=30)
        http.headers["Host"] = NAME
        http.event_hooks["request"] = [lambda request: request.extensions.update(sni_hostname=NAME)]
        return http


@contextmanager
def running_proxy(kind: str, folder: Path, *gateway_ports: int) -> Iterator[Proxy]:
    """Run nginx or Caddy before a gateway; before several, which it asks in turn, `kind` is nginx."""
    authority = Authority(folder / "certificates")
    certificate, key = authority.issue(NAME)
    proxy = Proxy(free_port(), authority.file)
    gateways = [f"127.0.0.1:{port}" for port in gateway_ports]
    command = _prepare(kind, folder, proxy.port, gateways, (certificate, key))
    log = folder / "log"
    environment = os.environ | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        wait_until_ready(process, lambda: _answers(proxy), log)
        yield proxy
    finally:
        stop(process, ENDS[kind])


def _prepare(kind: str, folder: Path, port: int, gateways: Sequence[str], files: Sequence[Path]) -> list[str | Path]:
    """Write the configuration of this machine, and return the command that runs it."""
    certificate, key = files
    program = _program(kind)
    assert program is not None
    path = folder / f"{kind}.conf"
    if kind != "nginx":
        (gateway,) = gateways
        site = f"https://{NAME}:{port} {{\n\ttls {certificate} {key}\n"
        path.write_text(_caddyfile(kind, gateway, site))
        return [program, "run", "--adapter", "caddyfile", "--config", path]
    text = (PROXY / "nginx.conf").read_text()
    assert text.count("server 127.0.0.1:8000;") == 1
    text = text.replace("server 127.0.0.1:8000;", " ".join(f"server {gateway};" for gateway in gateways))
    for name, here in {f"/etc/ssl/certs/{NAME}.pem": certificate, f"/etc/ssl/private/{NAME}.key": key}.items():
        assert name in text
        text = text.replace(name, str(here))
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "listen 80;", f"listen 127.0.0.1:{free_port()};"
    )
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    path.write_text(f"{user}pid {folder}/pid;events {{}}http {{access_log off;{places}\n{text}\n}}")
    return [program, "-p", folder, "-c", path, "-e", "stderr", "-g", "daemon off;"]


def _caddyfile(kind: str, gateway: str, site: str) -> str:
    if kind == "caddy":
        text = (PROXY / "Caddyfile").read_text().replace("127.0.0.1:8000", gateway)
        return f"{{\n\t{ALONE}}}\n" + re.sub(rf"^{NAME} {{\n", lambda _: site, text, flags=re.MULTILINE)
    text = (DEPLOY / "kubernetes/components/caddy/Caddyfile").read_text()
    address, port = gateway.split(":")
    here = {
        "email {$ACME_EMAIL:nobody@example.invalid}\n": ALONE,
        "{$GATEWAY_HOST} {\n": site,
        "name gateway\n": f"name {address}\n",
        "port 8000\n": f"port {port}\n",
    }
    for name, replacement in here.items():
        assert text.count(name) == 1, name
        text = text.replace(name, replacement)
    return text


def _answers(proxy: Proxy) -> bool:
    try:
        with proxy.client() as http:
            return http.get("/health/live").is_success
    except httpx.TransportError:
        return False


def _program(kind: str) -> str | None:
    return shutil.which(PROGRAMS[kind], path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
