"""A gateway's infrastructure without its server, on a database of each kind."""

from collections.abc import AsyncIterator

import pytest
from taskiq import InMemoryBroker

from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.settings import Settings
from relaypacs.infrastructure import Infrastructure, build_infrastructure


@pytest.fixture
async def infrastructure(settings: Settings) -> AsyncIterator[Infrastructure]:
    built = build_infrastructure(settings, BrokerWakeups(InMemoryBroker()))
    yield built
    await built.close()
