"""A gateway behind a real server, and its event stream: an in-process transport would gather that whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from relaypacs.app import create_app
from relaypacs.core.settings import Settings
from relaypacs.infrastructure import Infrastructure
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.processes import worker_beside
from tests.servers.ports import free_port


@asynccontextmanager
async def served_gateway(settings: Settings) -> AsyncIterator[GatewayClient]:
    """Serve the gateway with uvicorn in this event loop, with Redis a worker beside it; its admin is signed in."""
    app, port = create_app(settings), free_port()
    config = uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    async with (
        worker_beside(app),
        served_client(app.state.infrastructure, f"http://127.0.0.1:{port}/api/v1", ADMIN) as client,
    ):
        yield client
    server.should_exit = True
    await serving


@asynccontextmanager
async def served_client(infrastructure: Infrastructure, address: str, username: str) -> AsyncIterator[GatewayClient]:
    """Sign somebody in at a gateway that is served."""
    transport = httpx.AsyncHTTPTransport()
    client = GatewayClient(transport, infrastructure)
    client.http.base_url = httpx.URL(address)
    async with client.http:
        await client.sign_in(username)
        yield client


class Frames:
    """The frames of an open stream (WHATWG HTML 9.2.6), one dictionary of fields for each."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> dict[str, str]:
        """Return the next frame, a comment under the name of "". Raises StopAsyncIteration at the end."""
        frame: dict[str, str] = {}
        async with asyncio.timeout(5):
            while line := await anext(self._lines):
                name, _, value = line.partition(":")
                frame[name] = value.strip()
        return frame or await self.next()

    async def until_the_end(self, allowed: AbstractSet[str] = frozenset({""})) -> None:
        """Return when the stream has ended; until then nothing but `allowed` fields may come."""
        while True:
            try:
                assert (await self.next()).keys() <= allowed
            except StopAsyncIteration:
                return

    async def notification(self) -> dict[str, Any]:
        frame = await self.next()
        while "" in frame:
            frame = await self.next()
        assert frame.keys() == {"event", "id", "data"}
        assert frame["event"] == "notification"
        data: dict[str, Any] = json.loads(frame["data"])
        assert data["id"] == frame["id"]
        return data


@asynccontextmanager
async def stream(gateway: GatewayClient, **headers: str) -> AsyncIterator[Frames]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with gateway.http.stream("GET", "/notifications/stream", headers=named) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield Frames(answer)
