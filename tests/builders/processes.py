"""The processes of a gateway, which share nothing in memory, also where a test runs them in one loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from relaypacs.adapters.events.redis import RedisEvents
from relaypacs.infrastructure import Infrastructure
from relaypacs.worker_app import create_worker_app
from tests.builders.redis import until_connected

START_SECONDS = STOP_SECONDS = 30


def lifespan_of(app: FastAPI) -> LifespanManager:
    return LifespanManager(app, startup_timeout=START_SECONDS, shutdown_timeout=STOP_SECONDS)


@asynccontextmanager
async def worker_beside(api: FastAPI) -> AsyncIterator[None]:
    """Run what works for an API that has begun: with Redis another process, and without it the API itself."""
    infrastructure: Infrastructure = api.state.infrastructure
    if not isinstance(events := infrastructure.events, RedisEvents):
        yield
        return
    async with lifespan_of(create_worker_app(infrastructure.settings)):
        await until_connected(events)
        yield
