"""The limit for chunk intake: the least that a durable PUT handler can do with the same framework and server."""

import hashlib
import os
from base64 import b64decode

from fastapi import FastAPI, Request, Response

app = FastAPI()
TARGET = os.environ["BENCH_TARGET"]


@app.put("/chunk")
async def put_chunk(request: Request, name: int, offset: int) -> dict[str, int]:
    body = await request.body()
    expected = b64decode(request.headers["content-md5"])
    assert hashlib.md5(body, usedforsecurity=False).digest() == expected
    descriptor = os.open(f"{TARGET}-{name}", os.O_WRONLY | os.O_CREAT)
    os.pwrite(descriptor, body, offset)
    os.fdatasync(descriptor)
    os.close(descriptor)
    return {"size": len(body)}


@app.get("/health/ready")
async def ready() -> Response:
    return Response()
