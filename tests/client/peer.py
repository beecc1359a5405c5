"""A scripted gateway: speaks the upload API from memory, and fails where a test wants it to.

It shows how the client behaves when the server does not; the real gateway is tested with the real client in
`tests/cli`.
"""

import asyncio
import base64
import gzip
import hashlib
import io
import json
import threading
import time
import zipfile
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers.ports import free_port

USERNAME = "rosa"
PASSWORD = "Landarzt-9-Praxis"


@dataclass
class PeerUpload:
    names: list[str]
    sizes: list[int]
    metadata: dict[str, Any]
    chunk_size: int
    chunks: dict[tuple[int, int], bytes] = field(default_factory=dict)
    status: str = "pending"
    stage: str = "receiving"
    duplicate_of: str | None = None
    rejected: list[str] = field(default_factory=list)
    script: deque[tuple[str, str]] = field(default_factory=deque)
    expired: bool = False

    def chunk_count(self, ordinal: int) -> int:
        return -(-self.sizes[ordinal] // self.chunk_size)

    def missing(self, ordinal: int) -> list[list[int]]:
        absent = [i for i in range(self.chunk_count(ordinal)) if (ordinal, i) not in self.chunks]
        return [[index, index] for index in absent]

    def files(self) -> dict[str, bytes]:
        """Return name → bytes as received, members of ZIPs under their own names."""
        found: dict[str, bytes] = {}
        for ordinal, name in enumerate(self.names):
            content = b"".join(self.chunks[ordinal, i] for i in range(self.chunk_count(ordinal)))
            assert len(content) == self.sizes[ordinal]
            if name.endswith(".zip"):
                archive = zipfile.ZipFile(io.BytesIO(content))
                found |= {member: archive.read(member) for member in archive.namelist()}
            else:
                found[name] = content
        return found


@dataclass
class Fault:
    """Answers the next `times` requests of `method` whose path ends with `suffix` with this problem."""

    method: str
    suffix: str
    status: int
    code: str = "scripted"
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)


class Peer:
    """The server's memory and its script. Tests read and change it while it runs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.uploads: dict[str, PeerUpload] = {}
        self.acknowledged: list[tuple[str, int, int]] = []  # every chunk taken, repeated ones too
        self.encodings: list[str] = []
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.last_headers: Mapping[str, str] = {}
        self.outcome: list[tuple[str, str]] = [("processing", "delivering"), ("completed", "verified")]
        self.rejected: list[str] = []
        self.duplicate_of: str | None = None
        self.totp_code: str | None = None
        self.stream_held_back = threading.Event()  # set: as by a proxy that buffers
        self.refuses_chunks_after: int | None = None
        self.token_expires_after: int | None = None
        self.valid_access = ""
        self.valid_token: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def only(self) -> PeerUpload:
        (upload,) = self.uploads.values()
        return upload

    def app(self) -> Starlette:
        api = "/api/v1"
        return Starlette(
            routes=[
                Route("/health/live", self._guarded(self._health)),
                Route("/health/ready", self._guarded(self._health)),
                Route(f"{api}/auth/login", self._guarded(self._login), methods=["POST"]),
                Route(f"{api}/notifications/stream", self._guarded(self._stream)),
                Route(f"{api}/auth/refresh", self._guarded(self._refresh), methods=["POST"]),
                Route(f"{api}/upload/init", self._guarded(self._init), methods=["POST"]),
                Route(f"{api}/upload/{{id}}", self._guarded(self._status)),
                Route(f"{api}/upload/{{id}}/chunk", self._guarded(self._chunk), methods=["PUT"]),
                Route(f"{api}/upload/{{id}}/complete", self._guarded(self._complete), methods=["POST"]),
                Route(f"{api}/upload/{{id}}/token", self._guarded(self._token), methods=["POST"]),
                Route(f"{api}/upload/{{id}}/instances", self._guarded(self._instances)),
                Route(f"{api}/upload/{{id}}/receipt", self._guarded(self._receipt)),
            ]
        )

    def _guarded(self, handler: Any) -> Any:
        async def guard(request: Request) -> Response:
            self.last_headers = request.headers
            self.calls.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
            for fault in self.faults:
                if fault.times and request.method == fault.method and request.url.path.endswith(fault.suffix):
                    fault.times -= 1
                    return problem(fault.status, fault.code, headers=fault.headers)
            upload = self.uploads.get(request.path_params.get("id", ""))
            if "id" in request.path_params and upload is None:
                return problem(404, "upload-not-found")
            if upload is not None and upload.expired:
                return problem(410, "upload-expired")
            response: Response = await handler(request)
            return response

        return guard

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": request.url.path.rpartition("/")[2]})

    async def _login(self, request: Request) -> Response:
        form = await request.json()
        if (form["username"], form["password"]) != (USERNAME, PASSWORD):
            return problem(401, "invalid-credentials")
        if self.totp_code and form.get("totp_code") is None:
            return JSONResponse({"totp_required": True})
        return self._tokens()

    async def _stream(self, request: Request) -> Response:
        if not self._signed_in(request):
            return problem(401, "invalid-token")

        async def events() -> AsyncIterator[str]:
            while self.stream_held_back.is_set() and not await request.is_disconnected():  # noqa: ASYNC110 - set by a thread
                await asyncio.sleep(0.05)
            yield ": heartbeat\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _refresh(self, _request: Request) -> Response:
        return self._tokens()

    def _tokens(self) -> Response:
        self.valid_access = uuid4().hex
        return JSONResponse({"access_token": self.valid_access, "refresh_token": "r", "token_type": "bearer"})

    def _signed_in(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.valid_access}"

    def _holds_ticket(self, request: Request) -> bool:
        return request.headers.get("x-upload-token") == self.valid_token[request.path_params["id"]]

    async def _init(self, request: Request) -> Response:
        if not self._signed_in(request):
            return problem(401, "invalid-token")
        form = await request.json()
        upload = PeerUpload(form["file_names"], form["file_sizes"], form["metadata"], form["chunk_size"])
        upload.rejected = self.rejected
        upload_id = str(uuid4())
        self.uploads[upload_id] = upload
        return JSONResponse(self._new_token(upload_id) | self._view(upload_id, upload), 201)

    async def _token(self, request: Request) -> Response:
        if not self._signed_in(request):
            return problem(401, "invalid-token")
        if self.uploads[request.path_params["id"]].status in ("processing", "completed"):
            return problem(409, "upload-closed")
        return JSONResponse(self._new_token(request.path_params["id"]))

    def _new_token(self, upload_id: str) -> dict[str, str]:
        self.valid_token[upload_id] = uuid4().hex
        return {"session_token": self.valid_token[upload_id]}

    async def _chunk(self, request: Request) -> Response:
        upload_id = request.path_params["id"]
        upload = self.uploads[upload_id]
        if not self._holds_ticket(request):
            return problem(401, "invalid-upload-token")
        if self.refuses_chunks_after is not None and len(self.acknowledged) >= self.refuses_chunks_after:
            return problem(503, "storage-unavailable")
        body = await request.body()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert request.headers["content-digest"] == f"sha-256=:{digest}:"
        coding = request.headers.get("content-encoding", "identity")
        content = gzip.decompress(body) if coding == "gzip" else body
        ordinal, index = int(request.query_params["file_id"]), int(request.query_params["chunk_index"])
        if upload.chunks.get((ordinal, index), content) != content:
            return problem(409, "chunk-conflict")
        upload.chunks[ordinal, index] = content
        upload.status = "uploading"
        self.acknowledged.append((upload_id, ordinal, index))
        self.encodings.append(coding)
        if len(self.acknowledged) == self.token_expires_after:
            self.valid_token[upload_id] = "nobody has this one"
        return JSONResponse({"chunk_index": index, "checksum_verified": True})

    async def _complete(self, request: Request) -> Response:
        upload_id = request.path_params["id"]
        upload = self.uploads[upload_id]
        if not self._holds_ticket(request):
            return problem(401, "invalid-upload-token")
        if any(upload.missing(ordinal) for ordinal in range(len(upload.names))):
            return problem(409, "chunks-missing")
        if self.duplicate_of and "force" not in request.query_params:
            upload.status, upload.stage, upload.duplicate_of = "failed", "duplicate", self.duplicate_of
            return problem(409, "duplicate-study")
        if upload.stage in ("receiving", "duplicate"):
            upload.script = deque(self.outcome)
            upload.status, upload.stage = "processing", "received"
        return JSONResponse({"upload_id": upload_id, "status": upload.status}, 202, {"Retry-After": "0"})

    async def _status(self, request: Request) -> Response:
        if not self._signed_in(request):
            return problem(401, "invalid-token")
        upload = self.uploads[request.path_params["id"]]
        if upload.script:
            upload.status, upload.stage = upload.script.popleft()
        return JSONResponse(self._view(request.path_params["id"], upload), headers={"Retry-After": "0"})

    @staticmethod
    def _view(upload_id: str, upload: PeerUpload) -> dict[str, Any]:
        done = upload.status == "completed"
        count = len(upload.files()) if done else 0
        return {
            "upload_id": upload_id,
            "status": upload.status,
            "stage": upload.stage,
            "chunk_size": upload.chunk_size,
            "duplicate_of": upload.duplicate_of,
            "pacs_receipt_id": f"receipt-of-{upload_id}" if done else None,
            "counts": {
                "instances": count,
                "accepted": count - len(upload.rejected),
                "rejected": len(upload.rejected),
                "verified": count - len(upload.rejected),
            },
            "warnings": [],
            "files": [
                {
                    "file_id": str(ordinal),
                    "file_name": name,
                    "size": upload.sizes[ordinal],
                    "chunk_count": upload.chunk_count(ordinal),
                    "missing": upload.missing(ordinal),
                }
                for ordinal, name in enumerate(upload.names)
            ],
        }

    async def _instances(self, request: Request) -> Response:
        names = self.uploads[request.path_params["id"]].rejected
        start = int(request.query_params.get("cursor", 0))
        items = [
            {"file_name": name, "member": None, "verdict": "rejected", "reason": "The file is truncated."}
            for name in names[start : start + 1]
        ]
        following = str(start + 1) if start + 1 < len(names) else None
        return JSONResponse({"items": items, "next_cursor": following})

    async def _receipt(self, request: Request) -> Response:
        return JSONResponse({"receipt": {"upload_id": request.path_params["id"]}, "signature": {}})


def problem(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    body = {"type": f"/problems/{code}", "title": code, "status": status, "detail": f"Scripted: {code}."}
    return Response(json.dumps(body), status, headers=headers, media_type="application/problem+json")


@contextmanager
def serving(config: uvicorn.Config) -> Iterator[None]:
    """Run a uvicorn server in a thread of this process."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@contextmanager
def running_peer() -> Iterator[Peer]:
    """Serve a fresh peer on a free port."""
    peer = Peer()
    with serving(uvicorn.Config(peer.app(), port=peer.port, log_level="error", ws="none", lifespan="off")):
        yield peer
