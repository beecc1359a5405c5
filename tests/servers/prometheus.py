"""A real Prometheus, which scrapes what the test wants."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import NO_CERTIFICATES, free_port
from tests.servers.processes import stop, wait_until_ready


def available() -> str | None:
    if shutil.which("prometheus") is None:
        return "prometheus is not installed: apt-get install --no-install-recommends prometheus"
    return None


@contextmanager
def running_prometheus(folder: Path, configuration: Path) -> Iterator[httpx.Client]:
    """Run it until the context is left; yield a client of its API, which answers once it is ready."""
    log, port = folder / "prometheus.log", free_port()
    command = [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (
        log.open("wb") as output,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", verify=NO_CERTIFICATES, timeout=10) as client,
    ):
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            wait_until_ready(process, lambda: _is_ready(client), log)
            yield client
        finally:
            stop(process)


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/-/ready").is_success
    except httpx.TransportError:
        return False


def asked(client: httpx.Client, path: str, **parameters: str) -> dict[str, Any]:
    """Return what the API says."""
    data: dict[str, Any] = client.get(f"/api/v1/{path}", params=parameters).raise_for_status().json()["data"]
    return data
