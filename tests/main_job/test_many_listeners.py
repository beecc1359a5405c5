"""A thousand people follow their notifications at one process; connections break, and nobody misses any."""

import asyncio
import random
import resource
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from taskiq import InMemoryBroker

from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.app import prepare
from relaypacs.core.origin import NOWHERE
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import Role, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.accounts import first_site
from relaypacs.features.identity.service.sessions import Sessions
from relaypacs.features.notifications.models import Notification
from relaypacs.infrastructure import Infrastructure, build_infrastructure
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import GatewayClient
from tests.main_job.large import MIB, Memory
from tests.main_job.process import PASSWORD, USERNAME, GatewayProcess, gateway_process

LISTENERS = 1000
DESCRIPTORS = 8 * LISTENERS
MEMORY_OF_ONE = 200 * 1024
SECONDS = 60


@pytest.fixture(autouse=True)
def many_descriptors() -> Iterator[None]:
    """Have this process, and the gateway that it starts, hold so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < DESCRIPTORS:
        pytest.skip(f"no more than {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, DESCRIPTORS), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@dataclass
class Listener:
    """One person's stream, spoken to without a library: its events in the order in which they came."""

    user_id: UUID
    token: str
    port: int
    received: list[str] = field(default_factory=list)
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open the stream, from the last event on that came."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        last = [f"Last-Event-ID: {self.received[-1]}"] if self.received else []
        head = ["GET /api/v1/notifications/stream HTTP/1.1", "Host: gateway", f"Authorization: Bearer {self.token}"]
        self._writer.write("\r\n".join([*head, *last, "", ""]).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.received.append(line.removeprefix(b"id: ").strip().decode())

    async def cut(self) -> None:
        """Break the connection, as a phone that loses its network does."""
        if self._writer and self._reading:
            self._writer.transport.abort()
            self._reading.cancel()
            await asyncio.wait([self._reading])


async def invite(infrastructure: Infrastructure) -> dict[UUID, str]:
    """Make radiologists, who are told of every urgent study; return each one's token."""
    await prepare(infrastructure)
    sessions, tokens = Sessions(infrastructure), {}
    async with infrastructure.database.write() as session:
        site = await first_site(IdentityRepository(session))
        for number in range(LISTENERS):
            user = User(site_id=site.id, username=f"reader{number}", password_hash="x", role=Role.RADIOLOGIST)
            session.add(user)
            await session.flush()
            tokens[user.id] = (await sessions.open(session, user, NOWHERE)).access_token
    return tokens


async def send_urgent(client: GatewayClient, number: int) -> None:
    file = make_dicom(study_uid=make_uid("urgent", number), rows=8, columns=8)
    _, answer = await client.send([("a.dcm", file)], metadata={"service_level": "stat"})
    assert answer.raise_for_status().json()["stage"] == "verified"


async def all_have(listeners: list[Listener], count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while min(len(listener.received) for listener in listeners) < count:  # noqa: ASYNC110 - of a thousand
            await asyncio.sleep(0.05)


async def told(infrastructure: Infrastructure) -> dict[UUID, list[str]]:
    """Return what each person was told, as the rows have it."""
    found: dict[UUID, list[str]] = {}
    async with infrastructure.database.read() as session:
        for row in await session.scalars(select(Notification).order_by(Notification.id)):
            found.setdefault(row.user_id, []).append(str(row.id))
    return found


async def listen(gateway: GatewayProcess, infrastructure: Infrastructure, tokens: dict[UUID, str]) -> None:
    client = GatewayClient(httpx.AsyncHTTPTransport(), infrastructure)
    client.http.base_url = httpx.URL(f"{gateway.address}/api/v1")
    await client.sign_in(USERNAME)
    memory = Memory(gateway)
    idle = memory.now()
    listeners = [Listener(user_id, token, gateway.port) for user_id, token in tokens.items()]
    unlucky = random.Random(1).sample(listeners, LISTENERS // 3)  # noqa: S311 - the same ones in every run
    await asyncio.gather(*(listener.connect() for listener in listeners))
    await send_urgent(client, 1)
    await all_have(listeners, 1)
    with memory.watched():
        for listener in unlucky:
            await listener.cut()
        await send_urgent(client, 2)
        await asyncio.gather(send_urgent(client, 3), *(listener.connect() for listener in unlucky))
        await all_have(listeners, 3)
    of_one = (memory.peak - idle) / LISTENERS
    await asyncio.sleep(1)  # something that comes twice would come now
    rows = await told(infrastructure)
    for listener in listeners:
        assert listener.received == rows[listener.user_id]
        assert len(listener.received) == 3
        await listener.cut()
    assert of_one < MEMORY_OF_ONE, f"{of_one / 1024:.0f} KiB for each, {memory.peak / MIB:.0f} MiB in all"
    await client.http.aclose()


async def test_a_thousand_listeners_get_what_is_theirs_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", admin_username=USERNAME, admin_password=SecretStr(PASSWORD))
    settings.data_dir.mkdir()
    infrastructure = build_infrastructure(settings, BrokerWakeups(InMemoryBroker()))
    try:
        tokens = await invite(infrastructure)
        with gateway_process(settings.data_dir) as gateway:
            await listen(gateway, infrastructure, tokens)
    finally:
        await infrastructure.close()
