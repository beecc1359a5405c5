"""The gateway of a region under load: API processes behind a proxy, workers, and the servers that they share.

Many clients send studies without a break, each through the proxy and therefore to every gateway in turn, while
processes and servers go away and come back. Clients do what all of ours do: they ask again what could not be answered.
"""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
import httpx

from tests.builders.dicom import make_study
from tests.campaign.destinations import RealPacs
from tests.campaign.phases import ONCE_PER_UPLOAD
from tests.main_job.process import SECRET, GatewayProcess, Sender, WorkerProcess, sign_in
from tests.servers.orthanc import Orthanc, running_orthanc
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.processes import stop
from tests.servers.proxies import Proxy, running_proxy
from tests.servers.redis import RedisServer, running_redis
from tests.servers.s3 import S3, running_s3

GATEWAYS, WORKERS = 3, 2
PATIENCE_SECONDS = 60  # how long a client asks again, and how long an upload may take to be verified
PAUSE_SECONDS = 0.5
AGAIN = (429, 502, 503, 504)
GOOD = (200, 202)


@dataclass
class Region:
    gateways: Sequence[GatewayProcess]
    workers: Sequence[GatewayProcess]
    proxy: Proxy
    postgres: Postgres
    database_url: str
    redis: RedisServer
    store: S3
    archive: Orthanc

    def more_than_once(self, uploads: int) -> dict[str, int]:
        """Return of which rows there are not as many as there are verified uploads, with their number."""
        counts = asyncio.run(self._counts())
        return {rows: found for rows, found in counts.items() if found != uploads}

    async def _counts(self) -> dict[str, int]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return {rows: await connection.fetchval(f"SELECT count(*) FROM {rows}") for rows in ONCE_PER_UPLOAD}  # noqa: S608
        finally:
            await connection.close()


@contextmanager
def running_region(folder: Path) -> Iterator[Region]:
    with ExitStack() as running:
        postgres = running.enter_context(running_postgres())
        redis = running.enter_context(running_redis())
        store = running.enter_context(running_s3())
        archive = running.enter_context(running_orthanc())
        database_url = postgres.create_database()
        settings = {
            "DATABASE_URL": database_url,
            "DATABASE_POOL": "5",
            "REDIS_URL": redis.fresh_url(),
            "STORAGE_URL": store.part().url(),
            "SECRET_KEY": SECRET,
            "PACS": archive.pacs_url,
            "COMPLETE_WAIT": "0.5",
            "WAKE_INTERVAL": "5",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        gateways = [GatewayProcess(folder / f"gateway{number}", **settings) for number in range(GATEWAYS)]
        workers = [WorkerProcess(folder / f"worker{number}", **settings) for number in range(WORKERS)]
        for process in (*gateways, *workers):
            process.start()
            running.callback(end, process)
        (folder / "proxy").mkdir()
        ports = [gateway.port for gateway in gateways]
        proxy = running.enter_context(running_proxy("nginx", folder / "proxy", *ports))
        yield Region(gateways, workers, proxy, postgres, database_url, redis, store, archive)


def end(process: GatewayProcess) -> None:
    stop(process.process)


class Patient(httpx.HTTPTransport):
    """Asks again what a gateway that is going, or a proxy without one, could not answer. Keeps its connections."""

    def __exit__(self, *_: object) -> None:
        """Stay open for the next client."""

    def close(self) -> None:
        """Stay open for the next client."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = super().handle_request(request)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if answer.status_code not in AGAIN or time.monotonic() > deadline:
                    return answer
                answer.close()
            time.sleep(PAUSE_SECONDS)


@dataclass
class ProxiedSender(Sender):
    """One upload that goes through the proxy."""

    proxy: Proxy = field(kw_only=True)
    transport: Patient = field(kw_only=True)

    def _client(self) -> httpx.Client:
        client = self.proxy.client(self.transport)
        client.base_url = client.base_url.join("/api/v1")
        if self.upload:
            client.headers["X-Upload-Token"] = self.upload["session_token"]
        return client


class Load:
    """Clients that send one study after the other until they are told that it is enough."""

    def __init__(self, region: Region, clients: int) -> None:
        self.verified = 0
        self.lost = 0  # chunks that were acknowledged, and asked for again
        self.failures: list[str] = []
        self.expected: dict[str, bytes] = {}
        self._region = region
        self._bearer = sign_in(region.gateways[0])
        self._seeds = count(1)
        self._is_enough = threading.Event()
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Have every client end what it has begun."""
        self._is_enough.set()
        for thread in self._threads:
            thread.join(4 * PATIENCE_SECONDS)
            if thread.is_alive():
                self.failures.append("a client is not through")

    def goes_on(self, uploads: int) -> None:
        """Return when as many more uploads are verified."""
        with self._changed:
            wanted = self.verified + uploads
            is_there = self._changed.wait_for(lambda: self.verified >= wanted or self.failures, 2 * PATIENCE_SECONDS)
        assert is_there, f"{self.verified} of {wanted}"
        assert not self.failures, self.failures

    def _work(self) -> None:
        transport = Patient(verify=self._region.proxy.context)
        try:
            while not self._is_enough.is_set():
                self._send(next(self._seeds), transport)
        except Exception as error:  # noqa: BLE001 - a thread's; the test reports it
            self.failures.append(repr(error))

    def _send(self, seed: int, transport: Patient) -> None:
        files = make_study(1, rows=600, columns=600, seed=seed)  # two chunks, to two gateways
        sender = ProxiedSender(self._region.gateways[0], files, proxy=self._region.proxy, transport=transport)
        sender.open(self._bearer)
        sender.send(sender.keys(), connections=1)
        missing = sender.missing()
        self.lost += len(missing & sender.acknowledged)
        assert not missing, "not all was sent"
        answer = sender.complete()
        assert answer.status_code in GOOD, answer.text
        sender.until_completed(2 * PATIENCE_SECONDS, pause=5)
        with self._changed:
            self.expected |= sender.instances()
            self.verified += 1
            self._changed.notify_all()

    def compare(self) -> tuple[int, int, int]:
        """Hold what the PACS has against what was sent. Returns how many are lost, differ, are there twice."""
        return RealPacs(self._region.archive).compare(self.expected)
