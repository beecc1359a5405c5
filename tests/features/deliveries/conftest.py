"""A gateway whose destination is a DICOMweb peer, with retries and listings that do not make a test wait."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.service import health, transfer
from tests.builders.gateway import ADMIN, GatewayClient
from tests.conftest import running_gateway
from tests.servers.flaky_dicomweb import FlakyDicomweb


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MAX_BACKOFF_SECONDS", 0.05)
    monkeypatch.setattr(transfer, "LISTING_DELAYS", (0.0, 0.05))


@pytest.fixture
def peer(flaky_dicomweb: FlakyDicomweb) -> FlakyDicomweb:
    return flaky_dicomweb


@pytest.fixture
def to_peer(settings: Settings, peer: FlakyDicomweb) -> Settings:
    """Settings of a gateway that delivers to the peer."""
    return settings.model_copy(update={"pacs": SecretStr(peer.pacs_url), "wake_interval": 0.1, "complete_wait": 10.0})


@pytest.fixture
async def delivering(to_peer: Settings) -> AsyncIterator[GatewayClient]:
    async with running_gateway(to_peer) as client:
        await client.sign_in(ADMIN)
        yield client
