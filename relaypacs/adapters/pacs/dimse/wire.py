"""The connection below an association: whole PDUs (PS3.8 9.3), within a time, without delay."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum

from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.node import Node, Timeouts
from relaypacs.adapters.pacs.reach import resolve_allowed

# Nobody may send more than MAX_RECEIVED in a piece; answers to a request for an association have no limit of their own.
MAX_PDU = 1024 * 1024
HEADER = 6


class Kind(IntEnum):
    """PDU types."""

    ASSOCIATE_REQUEST = 1
    ASSOCIATE_ACCEPT = 2
    ASSOCIATE_REJECT = 3
    DATA = 4
    RELEASE_REQUEST = 5
    RELEASE_ANSWER = 6
    ABORT = 7


class WireBroken(Exception):
    """There is no connection, or no more. The message is for the administrator, `cause` is what it means."""

    def __init__(self, words: str, cause: Cause) -> None:
        super().__init__(words)
        self.cause = cause


class Wire:
    """A connection with TCP_NODELAY: a store is a small message, a large one, and a wait for the answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def write(self, pieces: Sequence[bytes | memoryview], seconds: float) -> None:
        """Hand the pieces to the network. Raises WireBroken when it takes none for so long."""
        try:
            async with asyncio.timeout(seconds):
                self._writer.writelines(pieces)
                await self._writer.drain()
        except TimeoutError as fault:
            raise WireBroken("the destination does not take what is sent", Cause.TIMED_OUT) from fault
        except OSError as fault:
            raise _broken(fault) from fault

    async def read(self, seconds: float) -> tuple[int, bytes]:
        """Return type and body of the next PDU. Raises WireBroken when it does not come in so long."""
        try:
            async with asyncio.timeout(seconds):
                kind, _, length = struct.unpack(">BBL", await self._reader.readexactly(HEADER))
                if length > MAX_PDU:
                    raise WireBroken("the answer is not one of DICOM, or too long", Cause.NOT_DICOM)
                return kind, await self._reader.readexactly(length)
        except TimeoutError as fault:
            raise WireBroken("no answer in time", Cause.TIMED_OUT) from fault
        except asyncio.IncompleteReadError as fault:
            raise WireBroken("the destination hung up", Cause.CONNECTION_LOST) from fault
        except OSError as fault:
            raise _broken(fault) from fault

    async def close(self) -> None:
        """Hang up, whatever is still under way. Raises nothing."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()


async def connect(node: Node, tls: ssl.SSLContext | None, timeouts: Timeouts) -> Wire:
    """Connect to the first of the node's addresses that answers, if none of them is forbidden. Raises WireBroken."""
    try:
        addresses = await resolve_allowed(node.host, node.port)
    except PacsUnavailable as fault:
        raise WireBroken(f"no connection: {fault}", fault.cause) from fault
    broken = WireBroken("no connection: the host has no address", Cause.UNKNOWN_HOST)
    for family, address in addresses:
        is_there = False
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(0)  # the loop waits, not the socket
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(timeouts.connect):
                await asyncio.get_running_loop().sock_connect(sock, address)
                is_there = True
                host = node.host if tls else None
                return Wire(*await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=host))
        except OSError as fault:  # TimeoutError and ssl.SSLError are such
            broken = _not_connected(fault, is_there=is_there)
        except BaseException:
            sock.close()
            raise
        sock.close()
    raise broken


def _not_connected(fault: OSError, *, is_there: bool) -> WireBroken:
    is_late = isinstance(fault, TimeoutError)
    cause = Cause.TIMED_OUT if is_late else Cause.CONNECTION_LOST
    if isinstance(fault, ssl.SSLError):
        cause = Cause.TLS
    elif not is_there:
        cause = Cause.UNREACHABLE
    return WireBroken(f"no connection: {'no answer in time' if is_late else describe(fault)}", cause)


def _broken(fault: OSError) -> WireBroken:
    cause = Cause.TLS if isinstance(fault, ssl.SSLError) else Cause.CONNECTION_LOST
    return WireBroken(f"the connection broke: {describe(fault)}", cause)


def describe(fault: OSError) -> str:
    """Return what the system, or TLS, says about a connection."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {fault.verify_message}"
    return fault.strerror or type(fault).__name__
