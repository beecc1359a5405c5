"""A gateway process that can be killed and started again, and a client that remembers what was acknowledged."""

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.adapters.pacs.outgoing import outgoing
from tests.builders.gateway import METADATA, NamedBytes, md5, sha256_digest
from tests.servers.ports import NO_CERTIFICATES, free_port
from tests.servers.processes import stop, wait_until_ready

USERNAME, PASSWORD = "root-admin", "Correct-Horse-9-Battery"
SECRET = "kD8-vWq2Zr5tYb7nLx0cJm4sHe9aGu1f"  # of processes that share a database
CHUNK_SIZE = 524288


class GatewayProcess:
    """One gateway; its port and its data stay the same when it is stopped and started again."""

    command: tuple[str, ...] = ("serve", "--port")

    def __init__(self, data: Path, before: Sequence[str] = (), **settings: str) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data, self.port = data, free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
        given = {
            "DATA_DIR": str(data),
            "ADMIN_USERNAME": USERNAME,
            "ADMIN_PASSWORD": PASSWORD,
            "LOGIN_RATE_LIMIT": "1000/minute",
            "WAKE_INTERVAL": "0.5",
            "STORAGE_RESERVE": "0",
            **settings,
        }
        self._environment = inherited | {f"RELAYPACS_{name}": value for name, value in given.items()}
        program = str(Path(sys.executable).with_name("relaypacs"))
        self._command = [*before, program, *self.command, str(self.port)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def start(self) -> float:
        """Start, and return the seconds until it was ready."""
        began = time.monotonic()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=output, stderr=output)
        wait_until_ready(self._process, self._is_ready, self.log)
        return time.monotonic() - began

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def terminate(self) -> tuple[int, float]:
        """Ask the process to end; return its exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60), time.monotonic() - began

    def archived(self) -> dict[str, bytes]:
        """Return what the folder destination holds, by SOPInstanceUID."""
        return {path.stem: path.read_bytes() for path in (self.data / "archive").rglob("*.dcm")}

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=5, verify=NO_CERTIFICATES).is_success
        except httpx.TransportError:
            return False


class WorkerProcess(GatewayProcess):
    """One worker; its port is that on which it says how it is."""

    command = ("worker", "--health-port")


P = TypeVar("P", bound=GatewayProcess)


@contextmanager
def gateway_process(data: Path, before: Sequence[str] = (), **settings: str) -> Iterator[GatewayProcess]:
    """Run a gateway until the context is left; `settings` are RELAYPACS_ variables without that prefix."""
    with _running(GatewayProcess(data, before, **settings)) as gateway:
        yield gateway


@contextmanager
def worker_process(data: Path, **settings: str) -> Iterator[WorkerProcess]:
    """Run a worker until the context is left."""
    with _running(WorkerProcess(data, **settings)) as worker:
        yield worker


@contextmanager
def _running(process: P) -> Iterator[P]:
    process.start()
    try:
        yield process
    finally:
        stop(process.process)


def sign_in(gateway: GatewayProcess) -> dict[str, str]:
    """Return the header of a session of the administrator."""
    body = {"username": USERNAME, "password": PASSWORD}
    answer = httpx.post(f"{gateway.address}/api/v1/auth/login", json=body, timeout=30, verify=NO_CERTIFICATES)
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


@dataclass
class Sender:
    """Sends one upload over several connections, as it is with MD5, or as gzip, or with SHA-256 (RFC 9530)."""

    gateway: GatewayProcess
    files: NamedBytes
    is_zipped: bool = False
    is_sha256: bool = False
    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    upload: dict[str, Any] = field(default_factory=dict)

    def open(self, bearer: dict[str, str] | None = None) -> None:
        """Open the upload, signed in anew unless a `bearer` header is given."""
        self._bearer = bearer or sign_in(self.gateway)
        with self._client() as client:
            body = {
                "file_names": [name for name, _ in self.files],
                "file_sizes": [len(content) for _, content in self.files],
                "metadata": METADATA,
                "chunk_size": CHUNK_SIZE,
            }
            self.upload = client.post("/upload/init", json=body, headers=self._bearer).raise_for_status().json()

    def instances(self) -> dict[str, bytes]:
        """Return the files by SOPInstanceUID."""
        return {outgoing(content).key.sop_instance_uid: content for _, content in self.files}

    def keys(self) -> list[tuple[str, int]]:
        """Return (file, index) of every chunk."""
        return [(plan["file_id"], index) for plan in self.upload["files"] for index in range(plan["chunk_count"])]

    def chunk(self, file_id: str, index: int) -> bytes:
        ordinal = [plan["file_id"] for plan in self.upload["files"]].index(file_id)
        return self.files[ordinal][1][index * CHUNK_SIZE : (index + 1) * CHUNK_SIZE]

    def chunks(self) -> dict[tuple[str, int], bytes]:
        return {key: self.chunk(*key) for key in self.keys()}

    def missing(self) -> set[tuple[str, int]]:
        """Return what the gateway asks for."""
        files = self.status()["files"]
        return {(f["file_id"], i) for f in files for first, last in f["missing"] for i in range(first, last + 1)}

    def status(self) -> dict[str, Any]:
        with self._client() as client:
            body: dict[str, Any] = client.get(self._path).raise_for_status().json()
        return body

    def send(self, wanted: Sequence[tuple[str, int]], connections: int = 3) -> None:
        """Send chunks until all are acknowledged or the gateway is gone."""
        waiting = list(wanted)

        def work() -> None:
            with self._client() as client:
                while waiting:
                    key = waiting.pop()
                    try:
                        self._put(client, key, self.chunk(*key)).raise_for_status()
                    except httpx.TransportError:
                        return
                    self.acknowledged.add(key)

        threads = [threading.Thread(target=work) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def put(self, key: tuple[str, int]) -> httpx.Response:
        """Send one chunk on a connection of its own, and return whatever is answered."""
        return self.put_bytes(key, self.chunk(*key))

    def put_bytes(self, key: tuple[str, int], body: bytes) -> httpx.Response:
        """Send other bytes than the file's for a chunk, with the digest that they have."""
        with self._client() as client:
            return self._put(client, key, body)

    def _put(self, client: httpx.Client, key: tuple[str, int], body: bytes) -> httpx.Response:
        where = {"file_id": key[0], "chunk_index": key[1]}
        wire = gzip.compress(body, 1) if self.is_zipped else body
        headers = {"Content-Digest": sha256_digest(wire)} if self.is_sha256 else {"Content-MD5": md5(wire)}
        if self.is_zipped:
            headers["Content-Encoding"] = "gzip"
        return client.put(f"{self._path}/chunk", params=where, content=wire, headers=headers)

    def complete(self) -> httpx.Response:
        with self._client() as client:
            return client.post(f"{self._path}/complete")

    def receipt(self) -> dict[str, Any]:
        with self._client() as client:
            body: dict[str, Any] = client.get(f"{self._path}/receipt", headers=self._bearer).raise_for_status().json()
        return body

    def until_completed(self, seconds: float = 30, pause: float = 0.1) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while (status := self.status())["status"] != "completed":
            assert time.monotonic() < deadline, status
            time.sleep(pause)
        return status

    @property
    def _path(self) -> str:
        return f"/upload/{self.upload['upload_id']}"

    def _client(self) -> httpx.Client:
        headers = {"X-Upload-Token": self.upload["session_token"]} if self.upload else {}
        base_url = f"{self.gateway.address}/api/v1"
        return httpx.Client(base_url=base_url, headers=headers, timeout=30, verify=NO_CERTIFICATES)
