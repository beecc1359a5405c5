"""Accepts connections for associations, with bounds on what each may cost before anybody knows who it is."""

import socket
import ssl
from pathlib import Path
from typing import Any

import structlog
from pynetdicom import AE
from pynetdicom._globals import MODE_ACCEPTOR
from pynetdicom.association import Association
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from relaypacs.adapters.listener.spool import SpoolingProvider

MAX_PDU = 1024 * 1024  # of an A-ASSOCIATE-RQ with its 128 presentation contexts, and of any data
TOO_MANY = 10  # connections beyond the associations, which are told that there are too many
log = structlog.get_logger(__name__)


class BoundedSocket(AssociationSocket):
    """Reads what a PDU announces, unless that is more than any PDU may have: then the connection counts as lost."""

    def recv(self, nr_bytes: int) -> bytearray:
        received = bytearray(min(nr_bytes, MAX_PDU + 6))
        if nr_bytes > len(received) or self.socket is None:
            return bytearray()
        view, filled = memoryview(received), 0
        while filled < nr_bytes:
            size = self.socket.recv_into(view[filled:])
            if not size:
                return received[:filled]
            filled += size
        return received


class StoreRequestHandler(RequestHandler):
    """Makes the association of one connection, in a thread of its own."""

    server: "StoreServer"

    def setup(self) -> None:
        connection = self.request
        connection.settimeout(self.server.timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(connection, server_side=True)

    def _create_association(self) -> Association:
        assoc = Association(self.ae, MODE_ACCEPTOR)
        assoc._server = self.server  # noqa: SLF001 - pynetdicom's own handler sets it
        assoc.name = f"AcceptorThread@{self.remote.address}:{self.remote.port}"  # it counts threads of this name
        assoc.dimse = SpoolingProvider(assoc, self.server.spool_folder, self.server.max_instance)
        assoc.set_socket(BoundedSocket(assoc, client_socket=self.request))
        assoc.acceptor.maximum_length = self.ae.maximum_pdu_size
        assoc.acceptor.ae_title = self.server.ae_title
        assoc.acceptor.address_info = self.local
        assoc.acceptor.implementation_class_uid = self.ae.implementation_class_uid
        assoc.acceptor.implementation_version_name = self.ae.implementation_version_name
        assoc.requestor.address_info = self.remote
        for event, handler in self.server.handlers:
            assoc.bind(event, handler)
        return assoc


class StoreServer(ThreadedAssociationServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        ae: AE,
        address: tuple[str, int],
        *,
        handlers: list[tuple[Any, Any]],
        tls: ssl.SSLContext | None,
        timeout: float,
        spool_folder: Path,
        max_instance: int,
    ) -> None:
        """Bind the address. Raises OSError."""
        self.handlers = handlers
        self.tls = tls
        self.spool_folder = spool_folder
        self.max_instance = max_instance
        super().__init__(ae, address, ae.ae_title, [], request_handler=StoreRequestHandler)
        self.timeout = timeout
        ae._servers.append(self)  # noqa: SLF001 - `shutdown` takes it out

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return len(self.active_associations) < self.ae.maximum_associations + TOO_MANY

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Say that a connection came to nothing, such as one that does not speak TLS."""
        log.info("connection_refused", address=client_address[0])


def tls_context(certificate: str, key: str, authority: str) -> ssl.SSLContext:
    """Return a context that demands a client certificate when `authority` is given. Raises OSError, SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # PS3.15 B.12
    context.load_cert_chain(certificate, key)
    if authority:
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
