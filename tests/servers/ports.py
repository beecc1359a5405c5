"""Ports that nobody listens on."""

import socket


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1. It is not reserved: use it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
