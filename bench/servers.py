"""Starts the servers that are measured, and says how much processor time they took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.servers.ports import free_port

PASSWORD = "Correct-Horse-9-Battery"  # noqa: S105 - of a gateway that lives for one run


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self.process = psutil.Process(process.pid)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time of the server and its children so far."""
        times = [p.cpu_times() for p in (self.process, *self.process.children(recursive=True))]
        return sum(t.user + t.system for t in times)


@contextmanager
def running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Server]:
    """Run a server of ours until the context is left."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**inherited, **environment}, stdout=log, stderr=log)
    try:
        _await_ready(f"http://127.0.0.1:{port}/health/ready", process)
        yield Server(process, port, folder)
    finally:
        process.terminate()
        process.wait(30)


def _await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it answered"
        try:
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def bare_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        command = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port), "--no-access-log"]
        with running(command, port, folder, BENCH_TARGET=str(folder / "target")) as server:
            yield server


@contextmanager
def gateway(**settings: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        command = [str(Path(sys.executable).parent / "relaypacs"), "serve", "--port", str(port)]
        environment = {f"RELAYPACS_{key}": value for key, value in settings.items()}
        environment |= {"RELAYPACS_DATA_DIR": str(folder / "data"), "RELAYPACS_ADMIN_PASSWORD": PASSWORD}
        with running(command, port, folder, **environment) as server:
            yield server


def sign_in(server: Server) -> httpx.Client:
    client = httpx.Client(base_url=f"{server.url}/api/v1", timeout=120)
    answer = client.post("/auth/login", json={"username": "admin", "password": PASSWORD}).raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client
