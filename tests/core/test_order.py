"""What a client reads is durable: the transaction is committed before the first byte of the answer leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.settings import Settings
from tests.builders.gateway import ADMIN, GatewayClient, OpenUpload
from tests.conftest import running_gateway


@dataclass
class Order:
    """An ASGI application around ours that writes down what happens when, and what others can see then."""

    app: ASGIApp
    look: Callable[[], Awaitable[int]]
    seen: list[str] = field(default_factory=list)
    visible: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.seen.append("answer")
                self.visible.append(await self.look())
            await send(message)

        await self.app(scope, receive, watched)


class Spied:
    """A gateway whose commits, wake-ups, signals and answers are written down in one list."""

    def __init__(self, gateway: GatewayClient, app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gateway = gateway
        self._database = gateway.infrastructure.database
        self._query = "SELECT 0"
        self.order = Order(app, self._look)
        event.listen(self._database.engine.sync_engine, "commit", lambda _: self.order.seen.append("commit"))
        wakeups = gateway.infrastructure.wakeups
        wake = wakeups.wake

        async def spied_wake(task: Task, key: Any) -> None:
            self.order.seen.append("wake-up")
            await wake(task, key)

        monkeypatch.setattr(wakeups, "wake", spied_wake)
        self.gateway.http._transport = httpx.ASGITransport(self.order)

    async def _look(self) -> int:
        async with self._database.read() as session:
            return int(await session.scalar(text(self._query)) or 0)

    async def ask(self, request: Awaitable[httpx.Response], query: str) -> list[str]:
        """Return what happened up to the answer; `query` must then find one row, on another connection."""
        await asyncio.sleep(0.1)  # lets background work of earlier requests end
        self._query = query
        self.order.seen.clear()
        self.order.visible.clear()
        answer = await request
        assert answer.is_success, answer.text
        assert self.order.visible == [1]
        return self.order.seen[: self.order.seen.index("answer") + 1]


@pytest.fixture
async def spied(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Spied]:
    quiet = settings.model_copy(update={"wake_interval": 60.0, "complete_wait": 0.0})
    running = running_gateway(quiet)
    async with running as gateway:
        await gateway.sign_in(ADMIN)
        yield Spied(gateway, running.app, monkeypatch)


async def test_every_change_is_committed_before_its_answer_leaves(spied: Spied) -> None:
    gateway = spied.gateway
    count = "SELECT count(*) FROM "
    done = await spied.ask(gateway.register("somebody"), f"{count}users WHERE username = 'somebody'")
    assert done == ["commit", "answer"]

    opened: list[httpx.Response] = []

    async def init() -> httpx.Response:
        opened.append(await gateway.init([("scan.dcm", b"body")]))
        return opened[0]

    assert await spied.ask(init(), f"{count}uploads") == ["commit", "answer"]
    upload = OpenUpload(**{key: opened[0].json()[key] for key in OpenUpload.__dataclass_fields__})
    chunk = await spied.ask(gateway.put(upload, "scan", 0, b"body"), f"{count}upload_chunks")
    assert chunk[0] == "commit"
    assert chunk[-1] == "answer"

    done = await spied.ask(gateway.http.post("/auth/logout"), f"{count}sessions WHERE revoked_at IS NOT NULL")
    assert done == ["commit", "answer"]


async def test_a_wake_up_follows_the_commit_that_made_the_work(spied: Spied) -> None:
    gateway = spied.gateway
    upload = await gateway.open([("scan.dcm", b"body")])
    await gateway.put(upload, "scan", 0, b"body")
    done = await spied.ask(gateway.complete(upload), "SELECT count(*) FROM uploads WHERE status <> 'uploading'")
    assert done[:3] == ["commit", "wake-up", "wake-up"]


async def test_a_refused_request_commits_and_wakes_nothing(spied: Spied) -> None:
    gateway = spied.gateway
    upload = await gateway.open([("scan.dcm", b"body")])
    await asyncio.sleep(0.1)
    spied.order.seen.clear()
    assert (await gateway.complete(upload)).status_code == 409
    assert spied.order.seen == ["answer"]
