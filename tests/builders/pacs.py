"""Makes destinations through the calls that an administrator has."""

from pathlib import Path
from typing import Any

from tests.builders.gateway import GatewayClient


async def make_destination(admin: GatewayClient, name: str, address: str, **facts: Any) -> dict[str, Any]:
    """Make a destination; `facts` are members of `POST /pacs`."""
    answer = await admin.http.post("/pacs", json={"name": name, "address": address, **facts})
    made: dict[str, Any] = answer.raise_for_status().json()
    return made


async def first_destination(admin: GatewayClient) -> dict[str, Any]:
    """Return the destination that the first start made."""
    found: dict[str, Any] = (await admin.http.get("/pacs")).raise_for_status().json()["items"][0]
    return found


async def change_destination(admin: GatewayClient, destination: dict[str, Any], **facts: Any) -> dict[str, Any]:
    answer = await admin.http.patch(f"/pacs/{destination['id']}", json=facts)
    changed: dict[str, Any] = answer.raise_for_status().json()
    return changed


def files_in(folder: Path) -> set[str]:
    """Return the SOPInstanceUIDs that a folder destination holds."""
    return {path.stem for path in folder.rglob("*.dcm")}
