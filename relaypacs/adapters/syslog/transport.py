"""The ways to a syslog server: UDP (RFC 5426), TCP with octet counting (RFC 6587 3.4.1), TLS (RFC 5425)."""

import asyncio
import fcntl
import os
import socket
import ssl
import sys
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress

from relaypacs.adapters.syslog.base import AuditRecord, SyslogUnavailable

PATIENCE = 10.0  # seconds for connecting, and again for handing over
LARGEST_DATAGRAM = 65_000  # bytes; IPv4 has room for 65,507 (RFC 5426 3.2)
PACE = 0.001  # seconds between datagrams: a burst would overrun the receiver's buffer, and be lost
READ_SIZE = 65_536
POLL_INTERVAL = 0.005
FAREWELL = 2.0  # seconds for TLS to say goodbye (RFC 5425 4.4)

Encode = Callable[[AuditRecord], bytes]  # called off the loop: a thousand records take a while


class UdpSender:
    """Sends datagrams, one for each record. Nobody confirms them."""

    def __init__(self, host: str, port: int, encode: Encode, *, patience: float = PATIENCE) -> None:
        self._address = (host, port)
        self._encode = encode
        self._patience = patience

    async def send(self, records: Sequence[AuditRecord]) -> None:
        """Send all, or none when one is too long for a datagram; a name is resolved each time."""
        datagrams = await asyncio.to_thread(lambda: [self._datagram(record) for record in records])
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience):
                transport, socket_ = await loop.create_datagram_endpoint(_Datagrams, remote_addr=self._address)
            try:
                for datagram in datagrams:
                    transport.sendto(datagram)
                    await asyncio.sleep(PACE)
            finally:
                transport.close()  # what the kernel has not taken yet still leaves
            async with asyncio.timeout(self._patience):
                await socket_.closed.wait()
        except (OSError, UnicodeError) as fault:  # UnicodeError: a label is longer than DNS allows
            raise _unavailable(fault, self._patience) from fault
        if socket_.fault is not None:
            raise _unavailable(socket_.fault, self._patience) from socket_.fault

    async def close(self) -> None:
        """Do nothing: each `send` has a socket of its own."""

    def _datagram(self, record: AuditRecord) -> bytes:
        datagram = self._encode(record)
        if len(datagram) > LARGEST_DATAGRAM:
            problem = f"record {record.position} takes {len(datagram)} bytes, and a datagram holds {LARGEST_DATAGRAM}"
            raise SyslogUnavailable(f"{problem}; use tcp:// or tls://")
        return datagram


class StreamSender:
    """Sends over one connection, kept between calls; `tls` makes the context for each new one, off the loop."""

    def __init__(
        self,
        host: str,
        port: int,
        encode: Encode,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._host, self._port = host, port
        self._encode = encode
        self._tls = tls
        self._patience = patience
        self._connection: _Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def send(self, records: Sequence[AuditRecord]) -> None:
        content = await asyncio.to_thread(lambda: b"".join(_frame(self._encode(record)) for record in records))
        async with self._one_at_a_time:
            try:
                connection = await self._connected()
                async with asyncio.timeout(self._patience):
                    await connection.hand_over(content)
            except (OSError, UnicodeError) as fault:  # TimeoutError and every ssl.SSLError are an OSError
                self._drop()
                raise _unavailable(fault, self._patience) from fault
            except BaseException:
                self._drop()  # cancelled: half a message may have left
                raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> "_Connection":
        """Return the connection, a new one when there is none, or the server has ended the last one meanwhile."""
        if self._connection is not None and self._connection.ended:
            self._drop()
        if self._connection is None:
            tls = await asyncio.to_thread(self._tls) if self._tls else None
            async with asyncio.timeout(self._patience):
                self._connection = await _Connection.open(self._host, self._port, tls)
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()


class _Connection:
    """One TCP connection, perhaps with TLS over it. Whatever the server says is read and thrown away."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tcp: asyncio.WriteTransport) -> None:
        self._writer = writer
        self._tcp = tcp  # below TLS, whose own transport does not know what the kernel has taken
        self._reading = asyncio.create_task(_read_to_the_end(reader))

    @classmethod
    async def open(cls, host: str, port: int, tls: ssl.SSLContext | None) -> "_Connection":
        reader, writer = await asyncio.open_connection(host, port)
        tcp = writer.transport
        try:
            if tls is not None:
                await writer.start_tls(tls, server_hostname=host)
        except BaseException:
            tcp.abort()
            raise
        return cls(reader, writer, tcp)

    @property
    def ended(self) -> bool:
        """Whether the server has closed the connection, or it broke."""
        return self._reading.done() or self._writer.transport.is_closing()

    async def hand_over(self, content: bytes) -> None:
        """Write all, and wait until the peer's TCP has acknowledged it. Raises OSError when the connection ends.

        A write that only fills the kernel's buffer proves nothing: a peer that lost its power would be found
        out after minutes, and what was written by then be lost.
        """
        self._writer.write(content)
        await self._writer.drain()
        while self._tcp.get_write_buffer_size() or _unacknowledged(self._tcp):
            self._refuse_end()
            await asyncio.sleep(POLL_INTERVAL)
        self._refuse_end()

    def _refuse_end(self) -> None:
        if self.ended:
            raise ConnectionResetError("the server closed the connection")

    async def close(self) -> None:
        """End the connection as the protocol wants it; a peer that does not care is left."""
        self._reading.cancel()
        self._writer.close()
        with suppress(OSError):  # what could be lost now was acknowledged before
            async with asyncio.timeout(FAREWELL):
                await self._writer.wait_closed()
        self._tcp.abort()

    def abort(self) -> None:
        self._reading.cancel()
        self._tcp.abort()


class _Datagrams(asyncio.DatagramProtocol):
    """Keeps what the network says about datagrams that could not be delivered (ICMP)."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.closed = asyncio.Event()

    def error_received(self, exc: Exception) -> None:
        self.fault = exc

    def connection_lost(self, exc: Exception | None) -> None:
        self.fault = exc or self.fault
        self.closed.set()


async def _read_to_the_end(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):  # a broken connection is an ended one
        while await reader.read(READ_SIZE):
            pass


def _unacknowledged(tcp: asyncio.WriteTransport) -> int:
    """Return how many bytes the kernel has sent, or has still to send, without an acknowledgement by the peer.

    Known on Linux alone (tcp(7), SIOCOUTQ); elsewhere 0.
    """
    if sys.platform != "linux" or tcp.is_closing():
        return 0
    connection: socket.socket = tcp.get_extra_info("socket")
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


def _frame(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


def _unavailable(fault: Exception, patience: float) -> SyslogUnavailable:
    """Return the error for the administrator."""
    match fault:
        case ssl.SSLCertVerificationError():
            return SyslogUnavailable(f"the certificate is not trusted: {fault.verify_message}")
        case ssl.SSLError():
            return SyslogUnavailable(f"TLS failed: {fault.reason or 'the server closed the connection'}")
        case TimeoutError():
            return SyslogUnavailable(f"no answer within {patience:g} s")
        case socket.gaierror() | UnicodeError():
            return SyslogUnavailable("the host name cannot be resolved")
        case OSError(errno=int(number)):
            return SyslogUnavailable(os.strerror(number))
        case _:
            return SyslogUnavailable(str(fault) or type(fault).__name__)
