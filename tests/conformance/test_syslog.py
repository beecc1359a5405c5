"""What every way to a syslog server guarantees (the docstring of `relaypacs.adapters.syslog.base.SyslogSender`)."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relaypacs.adapters.syslog.base import AuditRecord, SyslogSender, SyslogUnavailable
from relaypacs.adapters.syslog.factory import open_syslog
from relaypacs.core.settings import Settings
from tests.builders.audit import make_record
from tests.servers.certificates import Authority
from tests.servers.syslog_receiver import Receiver, receiving_tcp, receiving_udp, server_context

WAYS = ("udp", "tcp", "tls")
SOON = 0.05


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def receiver(way: str, tmp_path: Path) -> AsyncIterator[Receiver]:
    tls = server_context(Authority(tmp_path).issue()) if way == "tls" else None
    async with receiving_udp() if way == "udp" else receiving_tcp(tls=tls) as running:
        yield running


@pytest.fixture
async def sender(way: str, receiver: Receiver, tmp_path: Path) -> AsyncIterator[SyslogSender]:
    ca = str(tmp_path / "ca.pem") if way == "tls" else ""
    opened = open_syslog(Settings(audit_syslog=f"{way}://127.0.0.1:{receiver.port}", audit_syslog_ca=ca))
    assert opened is not None
    yield opened
    await opened.close()


def records(count: int, first: int = 0) -> list[AuditRecord]:
    return [make_record(position=first + number) for number in range(count)]


def positions(messages: list[bytes]) -> list[int]:
    """Return the position that each message ends with; a message that is not whole has none."""
    pattern = rb'<85>1 .*ParticipantObjectID="(\d+)"(?:(?!ParticipantObjectID=).)*</AuditMessage>'
    found = [re.fullmatch(pattern, message) for message in messages]
    assert all(found), messages
    return [int(match[1]) for match in found if match]


async def test_all_records_arrive_once_and_in_order(sender: SyslogSender, receiver: Receiver) -> None:
    await sender.send(records(25))
    await sender.send(records(25, first=25))
    assert positions(await receiver.wait_for(50)) == list(range(50))


async def test_a_long_message_with_odd_characters_arrives_whole(sender: SyslogSender, receiver: Receiver) -> None:
    await sender.send([make_record(object_id="ä\n<&\0" * 2000)])
    (message,) = await receiver.wait_for(1)
    assert len(message) > 20_000
    assert positions([message]) == [17]


async def test_no_records_are_no_message(sender: SyslogSender, receiver: Receiver) -> None:
    await sender.send([])
    await asyncio.sleep(SOON)
    assert receiver.messages == []


async def test_senders_at_the_same_time_do_not_mix(sender: SyslogSender, receiver: Receiver) -> None:
    await asyncio.gather(*(sender.send(records(5, first=5 * number)) for number in range(8)))
    assert sorted(positions(await receiver.wait_for(40))) == list(range(40))


async def test_closing_twice_and_sending_again(sender: SyslogSender, receiver: Receiver) -> None:
    await sender.send(records(1))
    await sender.close()
    await sender.close()
    await sender.send(records(1, first=1))
    assert positions(await receiver.wait_for(2)) == [0, 1]


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64], ids=["unknown", "too long"])
async def test_a_host_that_does_not_exist(way: str, host: str) -> None:
    sender = open_syslog(Settings(audit_syslog=f"{way}://{host}"))
    assert sender is not None
    with pytest.raises(SyslogUnavailable, match=r"name cannot be resolved|no answer"):
        await sender.send(records(1))
    await sender.close()


def test_without_an_address_nothing_is_sent() -> None:
    assert open_syslog(Settings()) is None
