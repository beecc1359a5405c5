"""HTTP as the adapter wants it: short, bounded, without redirects, and never decompressed."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from relaypacs.adapters.oidc.base import OidcUnavailable

MAX_ANSWER = 1024 * 1024
SECONDS = 10.0  # for a whole request, however its bytes trickle


class OidcHttp:
    """Connections to the provider; `https` ones go through the proxy that the environment names."""

    def __init__(self, *, secure: bool, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            # The system's authorities: a hospital's own is among them, and not in the library's list.
            verify=ssl.create_default_context() if secure else False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "RelayPACS"},
            timeout=seconds,
            trust_env=secure,  # without TLS the provider is on this machine, where no proxy leads to
            follow_redirects=False,
        )

    async def get(self, what: str, url: str) -> Mapping[str, Any]:
        """Return the JSON object at `url`; `what` names it in errors. Raises OidcUnavailable."""
        status, answer = await self._ask(what, "GET", url)
        if status != httpx.codes.OK:
            raise OidcUnavailable(f"{what}: it is answered with HTTP {status}")
        return answer

    async def post(self, what: str, url: str, headers: Mapping[str, str], form: str) -> tuple[int, Mapping[str, Any]]:
        """Return what the form is answered with: a status below 500 and a JSON object. Raises OidcUnavailable."""
        return await self._ask(what, "POST", url, headers, form)

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(
        self, what: str, method: str, url: str, headers: Mapping[str, str] | None = None, form: str | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(what, method, url, headers, form)
        except (TimeoutError, httpx.TimeoutException) as fault:
            raise OidcUnavailable(f"{what}: no answer within {self._seconds:g} s") from fault
        except (httpx.HTTPError, ssl.SSLError) as fault:  # an alert after the handshake comes as it is
            raise OidcUnavailable(f"{what}: {fault or type(fault).__name__}") from fault

    async def _exchange(
        self, what: str, method: str, url: str, headers: Mapping[str, str] | None, form: str | None
    ) -> tuple[int, Mapping[str, Any]]:
        async with self._client.stream(method, url, headers=headers, content=form) as response:
            if response.is_redirect:
                raise OidcUnavailable(f"{what}: it is answered with a redirect, which is not followed")
            if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise OidcUnavailable(f"{what}: it is answered with HTTP {response.status_code}")
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MAX_ANSWER:
                    raise OidcUnavailable(f"{what}: the answer is longer than {MAX_ANSWER} bytes")
        return response.status_code, _object(what, bytes(body), response.status_code)


def _object(what: str, body: bytes, status: int) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise OidcUnavailable(f"{what}: the answer, HTTP {status}, is not JSON") from fault
    if not isinstance(answer, dict):
        raise OidcUnavailable(f"{what}: the answer, HTTP {status}, is not a JSON object")
    return answer
