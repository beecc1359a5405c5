"""Speaks to a gateway the way a client does: sign in, open an upload, send chunks, complete."""

import asyncio
import gzip
import hashlib
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from relaypacs.infrastructure import Infrastructure

ADMIN = "root-admin"
PASSWORD = "Correct-Horse-9-Battery"
METADATA = {"patient_name": "MUSTER^ERIKA", "study_date": "20240229", "modality": "CT", "service_level": "routine"}
CHUNK_SIZE = 524288

NamedBytes = Sequence[tuple[str, bytes]]


def md5(body: bytes) -> str:
    return b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def sha256_digest(body: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


@dataclass
class OpenUpload:
    """What `POST /upload/init` answered."""

    upload_id: str
    session_token: str
    chunk_size: int
    files: list[dict[str, Any]]

    @property
    def token(self) -> dict[str, str]:
        return {"X-Upload-Token": self.session_token}


class GatewayClient:
    """One signed-in client of a gateway. Methods answer with the raw response, so that tests judge it."""

    def __init__(self, transport: httpx.AsyncBaseTransport, infrastructure: Infrastructure) -> None:
        self.http = httpx.AsyncClient(transport=transport, base_url="http://gateway/api/v1", timeout=60)
        self.transport = transport
        self.infrastructure = infrastructure

    async def sign_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = await self.http.post("/auth/login", json={"username": username, "password": password})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.json()

    async def register(self, username: str, **more: Any) -> httpx.Response:
        body = {"username": username, "email": f"{username}@example.org", "password": PASSWORD, "full_name": "A User"}
        return await self.http.post("/auth/register", json={**body, **more})

    async def another(self, username: str) -> "GatewayClient":
        """Return a client that is signed in as a new clinician."""
        (await self.register(username)).raise_for_status()
        client = GatewayClient(self.transport, self.infrastructure)
        await client.sign_in(username)
        return client

    async def init(self, files: NamedBytes, metadata: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        body = {
            "file_names": [name for name, _ in files],
            "file_sizes": [len(content) for _, content in files],
            "metadata": {**METADATA, **(metadata or {})},
            "chunk_size": CHUNK_SIZE,
        }
        return await self.http.post("/upload/init", json={**body, **more})

    async def open(self, files: NamedBytes, **more: Any) -> OpenUpload:
        answer = (await self.init(files, **more)).raise_for_status().json()
        return OpenUpload(answer["upload_id"], answer["session_token"], answer["chunk_size"], answer["files"])

    async def put(
        self, upload: OpenUpload, file_id: str, index: int, body: bytes, *, zipped: bool = False, **headers: str
    ) -> httpx.Response:
        """Send one chunk; a header given as `content_md5="…"` takes the place of the right one."""
        wire = gzip.compress(body, 1) if zipped else body
        sent = httpx.Headers({**upload.token, "Content-Type": "application/octet-stream", "Content-MD5": md5(wire)})
        if zipped:
            sent["Content-Encoding"] = "gzip"
        for name, value in headers.items():
            sent[name.replace("_", "-")] = value
            if not value:
                del sent[name.replace("_", "-")]
        return await self.http.put(
            f"/upload/{upload.upload_id}/chunk",
            params={"file_id": file_id, "chunk_index": index},
            content=wire,
            headers=sent,
        )

    async def send_chunks(self, upload: OpenUpload, files: NamedBytes) -> None:
        for plan, (_, content) in zip(upload.files, files, strict=True):
            for index in range(plan["chunk_count"]):
                body = content[index * upload.chunk_size : (index + 1) * upload.chunk_size]
                (await self.put(upload, plan["file_id"], index, body)).raise_for_status()

    async def complete(self, upload: OpenUpload, **parameters: Any) -> httpx.Response:
        return await self.http.post(f"/upload/{upload.upload_id}/complete", params=parameters, headers=upload.token)

    async def send(self, files: NamedBytes, **more: Any) -> tuple[OpenUpload, httpx.Response]:
        """Open an upload, send all of it, complete it."""
        upload = await self.open(files, **more)
        await self.send_chunks(upload, files)
        return upload, await self.complete(upload)

    async def status(self, upload: OpenUpload) -> dict[str, Any]:
        answer = await self.http.get(f"/upload/{upload.upload_id}", headers=upload.token)
        return answer.raise_for_status().json()

    async def until(self, upload: OpenUpload, *stages: str, seconds: float = 30) -> dict[str, Any]:
        """Return the status as soon as the upload has reached one of the stages."""
        deadline = time.monotonic() + seconds
        while True:
            status = await self.status(upload)
            if status["stage"] in stages:
                return status
            assert time.monotonic() < deadline, f"still {status['status']}/{status['stage']}: {status['warnings']}"
            await asyncio.sleep(0.05)
