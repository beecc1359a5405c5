"""A real gateway on a free port of this machine, with everything of it in one folder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers.ports import NO_CERTIFICATES, free_port
from tests.servers.processes import stop, wait_until_ready

USERNAME = "root-admin"
PASSWORD = "Correct-Horse-9-Battery"


@dataclass(frozen=True)
class Gateway:
    port: int
    data: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def archived(self) -> list[Path]:
        """The files that the folder destination holds."""
        return sorted((self.data / "archive").rglob("*.dcm"))


@contextmanager
def running_gateway(data: Path, **settings: str) -> Iterator[Gateway]:
    """Serve from `data`; `settings` are RELAYPACS_ variables without that prefix."""
    data.mkdir(parents=True, exist_ok=True)
    gateway = Gateway(free_port(), data)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
    given = {
        "DATA_DIR": str(data),
        "ADMIN_USERNAME": USERNAME,
        "ADMIN_PASSWORD": PASSWORD,
        "LOGIN_RATE_LIMIT": "1000/minute",
        **settings,
    }
    log = data / "server.log"
    command = [Path(sys.executable).with_name("relaypacs"), "serve", "--port", str(gateway.port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**inherited, **{f"RELAYPACS_{name}": value for name, value in given.items()}},
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_ready(process, lambda: _is_ready(gateway), log)
            yield gateway
        finally:
            stop(process)


def _is_ready(gateway: Gateway) -> bool:
    try:
        return (
            httpx.get(f"{gateway.address}/health/ready", timeout=5, verify=NO_CERTIFICATES).status_code
            == httpx.codes.OK
        )
    except httpx.TransportError:
        return False
