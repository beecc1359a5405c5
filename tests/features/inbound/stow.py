"""A DICOMweb client in a few lines: bodies of STOW-RS, and what is read from the answers."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx

from tests.builders.gateway import GatewayClient

BOUNDARY = "a-line-between"
CONTENT_TYPE = f'multipart/related; type="application/dicom"; boundary="{BOUNDARY}"'


def multipart(parts: Sequence[bytes], kind: str = "application/dicom") -> bytes:
    body = b"".join(f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n".encode() + part + b"\r\n" for part in parts)
    return body + f"--{BOUNDARY}--\r\n".encode()


async def stow(gateway: GatewayClient, parts: Sequence[bytes], study: str = "", **headers: str) -> httpx.Response:
    """Send instances as one request."""
    return await post(gateway, multipart(parts), study, **headers)


async def post(gateway: GatewayClient, body: bytes, study: str = "", **headers: str) -> httpx.Response:
    sent = httpx.Headers({"Content-Type": CONTENT_TYPE})
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    address = "http://gateway/dicom-web/studies" + (f"/{study}" if study else "")
    return await gateway.http.post(address, content=body, headers=sent)


def reasons(answer: httpx.Response, sequence: str, reason: str) -> list[int | None]:
    """Return the reason of each item of a sequence of the answer, None where it has none."""
    items: list[dict[str, Any]] = answer.json().get(sequence, {}).get("Value", [])
    return [item[reason]["Value"][0] if reason in item else None for item in items]


def stored(answer: httpx.Response) -> list[int | None]:
    return reasons(answer, "00081199", "00081196")


def failed(answer: httpx.Response) -> list[int | None]:
    return reasons(answer, "00081198", "00081197")


def other_failures(answer: httpx.Response) -> list[int | None]:
    return reasons(answer, "0008119A", "00081197")


def upload_ids(answer: httpx.Response) -> list[str]:
    links = answer.headers.get_list("Link", split_commas=True)
    return [link.partition(">")[0].rpartition("/")[2] for link in links]


async def until_settled(gateway: GatewayClient, upload_id: str, stage: str) -> dict[str, Any]:
    """Return the upload once it is at `stage`."""
    deadline = time.monotonic() + 20
    while True:
        view: dict[str, Any] = (await gateway.http.get(f"/upload/{upload_id}")).raise_for_status().json()
        if view["stage"] == stage:
            return view
        assert time.monotonic() < deadline, view["stage"]
        await asyncio.sleep(0.05)
