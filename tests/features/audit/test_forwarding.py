"""The trail reaches the syslog server in order and whole, whenever that server is there."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from relaypacs.adapters.syslog.events import EVENTS
from relaypacs.core.settings import Settings
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.audit.tasks import forward_audit
from tests.builders.gateway import ADMIN, GatewayClient
from tests.conftest import running_gateway
from tests.servers.ports import free_port
from tests.servers.syslog_receiver import Receiver, receiving_tcp


def positions(receiver: Receiver) -> list[int]:
    """Return the numbers of the rows that have arrived."""
    return [int(found[1]) for m in receiver.messages if (found := re.search(rb'ParticipantObjectID="(\d+)"', m))]


async def end_of_trail(gateway: GatewayClient) -> tuple[int, int]:
    async with gateway.infrastructure.database.read() as session:
        head = await AuditRepository(session).head()
    return head.position, head.forwarded


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving_tcp() as server:
        yield server


async def test_every_row_arrives_once_and_in_order(settings: Settings, receiver: Receiver) -> None:
    forwarding = settings.model_copy(update={"audit_syslog": f"tcp://127.0.0.1:{receiver.port}", "wake_interval": 0.2})
    async with running_gateway(forwarding) as gateway:
        await gateway.sign_in(ADMIN)
        await gateway.http.get("/users")
        end, _ = await end_of_trail(gateway)
        await receiver.wait_for(end)
    assert positions(receiver) == list(range(1, len(receiver.messages) + 1))
    assert any(b"Login" in message for message in receiver.messages)


async def test_what_a_server_misses_comes_when_it_is_back(settings: Settings) -> None:
    port = free_port()
    forwarding = settings.model_copy(update={"audit_syslog": f"tcp://127.0.0.1:{port}", "wake_interval": 60})
    async with running_gateway(forwarding) as gateway:
        await gateway.sign_in(ADMIN)
        await forward_audit(gateway.infrastructure)
        assert (await end_of_trail(gateway))[1] == 0
        async with receiving_tcp(port=port) as receiver:
            await forward_audit(gateway.infrastructure)
            end, forwarded = await end_of_trail(gateway)
            await receiver.wait_for(end)
            assert forwarded == end
            assert positions(receiver) == list(range(1, end + 1))
            await forward_audit(gateway.infrastructure)
            assert len(receiver.messages) == end


async def test_a_row_that_cannot_be_read_does_not_keep_the_rest(settings: Settings, receiver: Receiver) -> None:
    forwarding = settings.model_copy(update={"audit_syslog": f"tcp://127.0.0.1:{receiver.port}", "wake_interval": 60})
    async with running_gateway(forwarding) as gateway:
        await gateway.sign_in(ADMIN)
        await gateway.http.get("/users")
        end, _ = await end_of_trail(gateway)
        async with gateway.infrastructure.database.engine.begin() as connection:
            await connection.execute(text("UPDATE audit_events SET action = 'nothing' WHERE position = 2"))
        await forward_audit(gateway.infrastructure)
        await receiver.wait_for(end - 1)
        assert await end_of_trail(gateway) == (end, end)
    assert positions(receiver) == [1, *range(3, end + 1)]


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_meaning_in_dicoms_terms(action: Action) -> None:
    assert any(action.value.startswith(beginning) for beginning, _ in EVENTS)
