"""Syslog servers in the test's own event loop: UDP, and TCP with octet counting, perhaps under TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Behaviour = Callable[["Receiver", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LATE = 10.0


@dataclass
class Receiver:
    """What a server has received, message by message, and over how many connections."""

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: int = 0  # connections that the client has ended in an orderly way
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, message: bytes) -> None:
        self.messages.append(message)
        self._arrived.set()

    async def wait_for(self, count: int) -> list[bytes]:
        """Return all messages as soon as there are `count`."""
        async with asyncio.timeout(LATE):
            while len(self.messages) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.messages


async def take_all(receiver: Receiver, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take messages (RFC 6587 3.4.1) until the client ends the connection."""
    while True:
        try:
            length = await reader.readuntil(b" ")
        except asyncio.IncompleteReadError as end:
            receiver.ended += end.partial == b""
            return
        receiver.take(await reader.readexactly(int(length)))


async def take_one(receiver: Receiver, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take one message, and end the connection."""
    receiver.take(await reader.readexactly(int(await reader.readuntil(b" "))))


async def break_off(_receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a few bytes of the first message, and reset the connection."""
    await reader.readexactly(10)
    writer.transport.abort()


@asynccontextmanager
async def receiving_udp() -> AsyncIterator[Receiver]:
    receiver = Receiver()

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            del addr
            receiver.take(data)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", 0))
    receiver.port = transport.get_extra_info("sockname")[1]
    try:
        yield receiver
    finally:
        transport.close()


@asynccontextmanager
async def receiving_tcp(
    *, behave: Behaviour = take_all, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Receiver]:
    """Listen; `behave` is what happens to each connection, which is closed when it returns."""
    receiver = Receiver()
    writers = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        writers.add(writer)
        try:
            await behave(receiver, reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


def server_context(certificate: tuple[object, object]) -> ssl.SSLContext:
    """Return a context for a server with this certificate and key."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*map(str, certificate))
    return context
