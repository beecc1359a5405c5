"""Ports that nobody listens on, and what plain HTTP to this machine needs."""

import socket
import ssl

# For httpx: a client otherwise loads the machine's certificates, which takes longer than a request to loopback.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1. It is not reserved: use it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
