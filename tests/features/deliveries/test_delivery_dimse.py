"""Delivery to a DICOM node: proof where the node can give one, and plain words where it cannot."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import DeliveryState
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, GatewayClient
from tests.conftest import running_gateway
from tests.features.deliveries.test_delivery import by_uid, delivery_of, outcomes
from tests.servers.dimse_faults import Commitment
from tests.servers.flaky_dimse import COMMITMENT, FIND, GET, FlakyDimse

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def delivering(settings: Settings, flaky_dimse: FlakyDimse) -> AsyncIterator[GatewayClient]:
    changed = {"pacs": SecretStr(flaky_dimse.url), "wake_interval": 0.1, "complete_wait": 10.0}
    async with running_gateway(settings.model_copy(update=changed)) as client:
        await client.sign_in(ADMIN)
        yield client


@pytest.mark.parametrize("missing", [{COMMITMENT}, {COMMITMENT, GET}, {FIND}])
async def test_a_study_is_proven_by_what_the_node_offers(
    delivering: GatewayClient, flaky_dimse: FlakyDimse, missing: set[str]
) -> None:
    flaky_dimse.commitment = Commitment()
    flaky_dimse.refused_classes = missing
    files = make_study(4)
    upload, answer = await delivering.send(files)
    assert (answer.status_code, answer.json()["stage"]) == (200, "verified")
    assert flaky_dimse.stored.keys() == by_uid(files).keys()
    assert {outcome for outcome, _ in (await outcomes(delivering, upload)).values()} == {"verified"}


async def test_a_node_that_proves_nothing_is_never_called_verified(settings: Settings, flaky_dimse: FlakyDimse) -> None:
    flaky_dimse.refused_classes = {FIND}
    changed = {"pacs": SecretStr(flaky_dimse.url), "wake_interval": 0.1, "complete_wait": 0.5}
    async with running_gateway(settings.model_copy(update=changed)) as client:
        await client.sign_in(ADMIN)
        upload, answer = await client.send(make_study(2))
        assert answer.status_code == 202
        delivery = await delivery_of(client, upload)
        async with asyncio.timeout(10):
            while not delivery.attempts:
                await asyncio.sleep(0.02)
                delivery = await delivery_of(client, upload)
        assert delivery.state is DeliveryState.WAITING
        assert "cannot be proven" in delivery.last_reason
        assert "C-FIND" in delivery.last_reason
        assert {outcome for outcome, _ in (await outcomes(client, upload)).values()} == {"delivered"}
        flaky_dimse.heal()
        assert await delivery_of(client, upload, DeliveryState.VERIFIED)
        assert len(flaky_dimse.stored) == 2
