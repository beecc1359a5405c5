"""Makes the people and the sites of a test, through the calls that an administrator has."""

from typing import Any

import httpx
import pyotp

from tests.builders.gateway import PASSWORD, GatewayClient

ROLES = ("clinician", "radiographer", "radiologist", "admin")


async def make_site(admin: GatewayClient, name: str) -> str:
    """Make a site, and return its id."""
    answer = await admin.http.post("/sites", json={"name": name})
    return str(answer.raise_for_status().json()["id"])


async def make_user(admin: GatewayClient, username: str, **facts: Any) -> str:
    """Make an account, and return its id; `facts` are members of `POST /users`."""
    answer = await admin.http.post("/users", json={"username": username, "password": PASSWORD, **facts})
    return str(answer.raise_for_status().json()["id"])


def nobody(gateway: GatewayClient, address: str = "127.0.0.1") -> GatewayClient:
    """Return a client at an address, with no credentials."""
    assert isinstance(gateway.transport, httpx.ASGITransport)
    transport = httpx.ASGITransport(gateway.transport.app, raise_app_exceptions=False, client=(address, 40000))
    return GatewayClient(transport, gateway.infrastructure)


async def signed_in(gateway: GatewayClient, username: str, address: str = "127.0.0.1") -> GatewayClient:
    """Return another client in a session of its own."""
    client = nobody(gateway, address)
    await client.sign_in(username)
    return client


async def with_second_factor(client: GatewayClient) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the client's second factor on. Returns its codes (the present one is used) and the recovery codes."""
    totp = pyotp.TOTP((await client.http.post("/auth/2fa/setup")).raise_for_status().json()["secret"])
    answer = await client.http.post("/auth/2fa/enable", json={"code": totp.now()})
    codes: list[str] = answer.raise_for_status().json()["recovery_codes"]
    return totp, codes
