"""Requests over httpx, each with a connection of its own to an address that was looked at before."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address

import httpx

from relaypacs.adapters.outbound.base import AddressNotAllowed, OutboundAnswer, OutboundUnavailable
from relaypacs.core.outbound import Network, is_open
from relaypacs.core.web_addresses import is_loopback, is_secure

SECONDS = 10.0  # for a whole request, however its bytes trickle
LONGEST_RETRY_AFTER = 3600.0
PORTS = {"http": 80, "https": 443}


class GuardedHttp:
    """`networks` are allowed though they are not of the internet; plain http goes to this machine alone, if at all."""

    def __init__(self, networks: Sequence[Network], *, seconds: float = SECONDS) -> None:
        self._networks = networks
        self._seconds = seconds

    def check(self, url: str) -> None:
        if not is_secure(url):
            raise AddressNotAllowed("It must be an https:// address without credentials.")
        host = httpx.URL(url).host
        if is_loopback(host) and not self._is_open("127.0.0.1" if host == "localhost" else host):
            raise AddressNotAllowed("It leads to this machine itself.")
        if _is_ip(host) and not self._is_open(host):
            raise AddressNotAllowed(
                "It leads into a private network, which RELAYPACS_OUTBOUND_NETWORKS does not allow."
            )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        self.check(url)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(httpx.URL(url), headers, body)
        except (TimeoutError, httpx.TimeoutException) as fault:
            raise OutboundUnavailable(f"no answer within {self._seconds:g} s") from fault
        except (httpx.HTTPError, ssl.SSLError) as fault:  # an alert after the handshake comes as it is
            raise OutboundUnavailable(_words(fault)) from fault

    async def _exchange(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        addresses = await self._resolve(url.host, url.port or PORTS[url.scheme])
        tls = await asyncio.to_thread(ssl.create_default_context) if url.scheme == "https" else False
        # No connection is kept: it was proven for one name, and two names may have one address.
        patience = httpx.Timeout(self._seconds, connect=self._seconds / len(addresses))
        client = httpx.AsyncClient(verify=tls, timeout=patience, trust_env=False, follow_redirects=False)
        async with client:
            for address in addresses[:-1]:
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await _post(client, url, address, headers, body)
            return await _post(client, url, addresses[-1], headers, body)

    async def _resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host`, all of which may be connected to."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:  # UnicodeError: a label is longer than DNS allows
            raise OutboundUnavailable("the host name cannot be resolved") from fault
        addresses = [str(address[0]) for *_, address in found]
        if not all(self._is_open(address) for address in addresses):
            raise AddressNotAllowed(
                "It leads into a private network, which RELAYPACS_OUTBOUND_NETWORKS does not allow."
            )
        return list(dict.fromkeys(addresses))

    def _is_open(self, address: str) -> bool:
        return is_open(address, self._networks)


async def _post(
    client: httpx.AsyncClient, url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes
) -> OutboundAnswer:
    request = client.build_request(
        "POST",
        url.copy_with(host=address),
        headers={"Accept-Encoding": "identity", "User-Agent": "RelayPACS", **headers, "Host": _authority(url)},
        content=body,
        extensions={"sni_hostname": url.host},
    )
    response = await client.send(request, stream=True)
    await response.aclose()
    return OutboundAnswer(response.status_code, _seconds(response.headers.get("retry-after")))


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _authority(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _seconds(retry_after: str | None) -> float | None:
    """Return a delay (RFC 9110 10.2.3); a date is not read, for clocks differ."""
    if not retry_after or not retry_after.isdecimal():
        return None
    return min(LONGEST_RETRY_AFTER, float(retry_after))


def _words(fault: Exception) -> str:
    cause: BaseException | None = fault
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return "TLS failed" if isinstance(fault, ssl.SSLError) else "it cannot be reached, or breaks off"
