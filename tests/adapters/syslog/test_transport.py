"""What may go wrong on each way to the server: nothing is lost unnoticed, and nothing takes for ever."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from relaypacs.adapters.syslog.base import AuditRecord, SyslogUnavailable
from relaypacs.adapters.syslog.factory import trusting
from relaypacs.adapters.syslog.transport import StreamSender, UdpSender
from tests.builders.audit import make_record
from tests.servers.certificates import Authority
from tests.servers.ports import free_port
from tests.servers.syslog_receiver import (
    Receiver,
    break_off,
    receiving_tcp,
    receiving_udp,
    server_context,
    take_one,
)

HOST = "127.0.0.1"
IMPATIENT = 0.4  # seconds
LONG = 5.0  # more than anything here may take


def encode(record: AuditRecord) -> bytes:
    return f"{record.position} ".encode() + record.object_id.encode()


def records(*positions: int, size: int = 10) -> list[AuditRecord]:
    return [make_record(position=position, object_id="x" * size) for position in positions]


def sent(*positions: int) -> list[bytes]:
    return [encode(record) for record in records(*positions)]


@asynccontextmanager
async def stream(port: int, ca: Path | None = None, patience: float = LONG) -> AsyncIterator[StreamSender]:
    tls = partial(trusting, str(ca)) if ca else None
    sender = StreamSender(HOST, port, encode, tls=tls, patience=patience)
    try:
        yield sender
    finally:
        await sender.close()


async def until_noticed() -> None:
    """Give the loop time to read what the peer's end of the connection did."""
    await asyncio.sleep(0.05)


@pytest.fixture
def deaf() -> Iterator[int]:
    """A server that takes connections, and never reads."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


async def test_a_record_that_no_datagram_holds_is_refused_before_anything_is_sent():
    async with receiving_udp() as receiver:
        sender = UdpSender(HOST, receiver.port, encode)
        with pytest.raises(SyslogUnavailable, match=r"record 2 takes 65002 bytes, .* use tcp:// or tls://"):
            await sender.send([*records(1), *records(2, size=65_000)])
        await sender.send(records(3))
        assert await receiver.wait_for(1) == sent(3)


async def test_the_longest_datagram_arrives():
    async with receiving_udp() as receiver:
        await UdpSender(HOST, receiver.port, encode).send(records(1, size=64_998))
        assert [len(message) for message in await receiver.wait_for(1)] == [65_000]


async def test_a_port_that_answers_datagrams_with_a_refusal():
    with pytest.raises(SyslogUnavailable, match="Connection refused"):
        await UdpSender(HOST, free_port(), encode).send(records(1, 2, 3))


async def test_a_server_that_is_down_and_comes_back():
    port = free_port()
    async with stream(port) as sender:
        with pytest.raises(SyslogUnavailable, match="Connection refused"):
            await sender.send(records(1))
        async with receiving_tcp(port=port) as receiver:
            await sender.send(records(1))
            assert await receiver.wait_for(1) == sent(1)


async def test_one_connection_serves_all_and_is_ended_in_order():
    async with receiving_tcp() as receiver:
        async with stream(receiver.port) as sender:
            for position in range(5):
                await sender.send(records(position))
        await receiver.wait_for(5)
        await until_noticed()
        assert (receiver.connections, receiver.ended) == (1, 1)


async def test_a_connection_that_the_server_closed_meanwhile_is_not_written_to():
    async with receiving_tcp(behave=take_one) as receiver, stream(receiver.port) as sender:
        for position in (1, 2, 3):
            with suppress(SyslogUnavailable):  # the end may come before the acknowledgement is seen
                await sender.send(records(position))
            await until_noticed()
        assert receiver.messages == sent(1, 2, 3)
        assert receiver.connections == 3


async def test_a_connection_reset_in_the_middle_of_a_message():
    port = free_port()
    async with stream(port) as sender:
        async with receiving_tcp(behave=break_off, port=port):
            with pytest.raises(SyslogUnavailable, match=r"reset|closed|Broken pipe"):
                await sender.send(records(1, 2, size=3_000_000))
        async with receiving_tcp(port=port) as receiver:
            await sender.send(records(1, 2))
            assert await receiver.wait_for(2) == sent(1, 2)


async def test_what_a_server_says_is_read_and_ignored():
    async def chat(receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome " * 100_000)
        await writer.drain()
        await take_one(receiver, reader, writer)

    async with receiving_tcp(behave=chat) as receiver, stream(receiver.port) as sender:
        await sender.send([])
        await until_noticed()
        for position in (1, 2):
            with suppress(SyslogUnavailable):  # as above
                await sender.send(records(position))
            await until_noticed()
        assert await receiver.wait_for(2) == sent(1, 2)


@pytest.mark.parametrize("size", [60_000, 30_000_000], ids=["fits our buffers", "fits none"])
async def test_what_the_peer_has_not_acknowledged_is_not_sent(deaf: int, size: int):
    async with stream(deaf, patience=IMPATIENT) as sender:
        begun = time.monotonic()
        with pytest.raises(SyslogUnavailable, match=r"no answer within 0\.4 s"):
            await sender.send(records(1, size=size))
        assert time.monotonic() - begun < 2


async def test_a_server_that_never_shakes_hands(deaf: int, tmp_path: Path):
    async with stream(deaf, Authority(tmp_path).file, patience=IMPATIENT) as sender:
        with pytest.raises(SyslogUnavailable, match="no answer within"):
            await sender.send([])


async def test_a_cancelled_send_leaves_no_half_message_behind(deaf: int):
    async with receiving_tcp() as receiver, stream(deaf) as sender:
        half = asyncio.create_task(sender.send(records(1, size=30_000_000)))
        await until_noticed()
        half.cancel()
        with pytest.raises(asyncio.CancelledError):
            await half
        sender._port = receiver.port
        await sender.send(records(1))
        assert await receiver.wait_for(1) == sent(1)


async def test_a_certificate_by_another_authority_is_refused(tmp_path: Path):
    ours, foreign = Authority(tmp_path / "ours"), Authority(tmp_path / "foreign", "Somebody else")
    async with (
        receiving_tcp(tls=server_context(foreign.issue())) as receiver,
        stream(receiver.port, ours.file) as sender,
    ):
        with pytest.raises(SyslogUnavailable, match="certificate is not trusted: unable to get local issuer"):
            await sender.send(records(1))
        assert receiver.messages == []


async def test_a_certificate_for_another_server_is_refused(tmp_path: Path):
    authority = Authority(tmp_path)
    async with (
        receiving_tcp(tls=server_context(authority.issue("127.0.0.2"))) as receiver,
        stream(receiver.port, authority.file) as sender,
    ):
        with pytest.raises(SyslogUnavailable, match="certificate is not trusted: IP address mismatch"):
            await sender.send(records(1))


async def test_the_authorities_of_the_system_do_not_know_ours(tmp_path: Path):
    async with receiving_tcp(tls=server_context(Authority(tmp_path).issue())) as receiver:
        sender = StreamSender(HOST, receiver.port, encode, tls=partial(trusting, ""))
        with pytest.raises(SyslogUnavailable, match="not trusted"):
            await sender.send(records(1))


async def test_an_authority_that_is_put_there_later_is_trusted_at_once(tmp_path: Path):
    authority, file = Authority(tmp_path / "authority"), tmp_path / "ca.pem"
    async with receiving_tcp(tls=server_context(authority.issue())) as receiver, stream(receiver.port, file) as sender:
        for content in (None, "no certificate"):
            if content is not None:
                file.write_text(content)
            with pytest.raises(SyslogUnavailable, match="RELAYPACS_AUDIT_SYSLOG_CA"):
                await sender.send(records(1))
        file.write_bytes(authority.file.read_bytes())
        await sender.send(records(1))
        assert await receiver.wait_for(1) == sent(1)


async def test_a_server_that_speaks_no_tls(tmp_path: Path):
    async def greet(_receiver: Receiver, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 this is something else\r\n")
        await writer.drain()

    async with (
        receiving_tcp(behave=greet) as receiver,
        stream(receiver.port, Authority(tmp_path).file) as sender,
    ):
        with pytest.raises(SyslogUnavailable, match=r"^TLS failed: WRONG_VERSION_NUMBER"):
            await sender.send(records(1))
